import Primitives
import Testing

@testable import HTTP

@Suite struct ByteQueueTests {
    @Test func `bytes come out as they went in, however they are cut`() {
        var queue = ByteQueue()
        var taken: [UInt8] = []
        for number in 0..<200 {
            queue.append(Array(repeating: UInt8(number), count: number)[...])
            taken.append(contentsOf: queue.take(min(queue.count, number / 2 + 3)))
        }
        taken.append(contentsOf: queue.takeAll())
        #expect(taken == (0..<200).flatMap { [UInt8](repeating: UInt8($0), count: $0) })
        #expect(queue.isEmpty)
    }

    @Test func `C11, C12: a queue that never runs empty does not grow`() {
        var queue = ByteQueue()
        let piece = [UInt8](repeating: 1, count: 64 * 1024)
        queue.append(piece[...])
        for _ in 0..<1000 {
            queue.append(piece[...])
            _ = queue.take(piece.count)
            #expect(
                queue.withStore { bytes, _ in bytes.count } <= ByteQueue.slack + 3 * piece.count
            )
        }
        #expect(queue.count == piece.count)
    }
}
