import Foundation
import Primitives
import TestKit
import Testing

@testable import HTTP

/// Hostile bytes against the whole machine of a connection, without sockets. A failure names its
/// seed.
@Suite struct MangledInputTests {
    private struct Run {
        var requests = 0
        var refusals = 0
        var requestsAfterRefusal = 0
        var body = 0
        var output: [UInt8] = []

        var answers: Int {
            String(decoding: output, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").count - 1
        }
    }

    /// Some rows of the table one after the other, with up to `faults` bytes changed.
    private func bytes(_ random: SeededRandom, faults: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...random.number(below: 4) {
            let row = Acceptance.rows[Int(random.number(below: UInt64(Acceptance.rows.count)))]
            bytes.append(contentsOf: row.request.utf8)
        }
        for _ in 0..<faults {
            let position = Int(random.number(below: UInt64(bytes.count)))
            bytes[position] = UInt8(truncatingIfNeeded: random.number(below: 256))
        }
        return bytes
    }

    /// Feeds the pieces, answers each request at once and lets the socket take a little at a time.
    private func run(_ bytes: [UInt8], cutBy cut: (Int) -> Int) -> Run {
        var connection = Connection(limits: ServerLimits(), now: .zero)
        var run = Run()
        var position = 0
        var isMoving = true
        while isMoving, connection.phase != .closed, connection.phase != .lingering {
            isMoving = connection.hasWork
            if connection.wantsBytes, position < bytes.count {
                let end = min(bytes.count, position + 1 + cut(64))
                connection.receive(bytes[position..<end], at: .zero)
                position = end
                isMoving = true
            }
            work(&connection, &run)
            if !connection.output.isEmpty {
                let count = min(connection.output.count, 1 + cut(4000))
                connection.output.withStore { bytes, start in
                    run.output.append(contentsOf: bytes[start..<(start + count)])
                }
                connection.wrote(count, at: .zero)
                isMoving = true
            }
        }
        return run
    }

    private func work(_ connection: inout Connection, _ run: inout Run) {
        while let event = connection.next(at: .zero) {
            switch event {
            case .request:
                run.requests += 1
                if run.refusals > 0 { run.requestsAfterRefusal += 1 }
                if connection.limitBody(to: 20) != nil { answer(&connection, closes: true) }
            case .refuse:
                run.refusals += 1
                if !connection.isAnswered { answer(&connection, closes: true) }
            }
        }
        run.body += connection.takeBody(at: .zero).count
        if connection.isRequestWhole, !connection.isAnswered {
            answer(&connection, closes: false)
        }
    }

    private func answer(_ connection: inout Connection, closes: Bool) {
        let reply = Reply(
            response: Response(status: 200),
            trace: "t",
            isHead: false,
            now: Timestamp(milliseconds: 0)
        )
        _ = connection.begin(reply, closes: closes, at: .zero)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `mangled requests are taken alike however they are cut`(_ seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let bytes = bytes(random, faults: Int(seed % 4))
        let whole = run(bytes) { $0 * 1000 }
        let pieces = run(bytes) { Int(random.number(below: UInt64($0))) }
        #expect(whole.requests == pieces.requests)
        #expect(whole.refusals == pieces.refusals)
        #expect(whole.body == pieces.body)
        for run in [whole, pieces] {
            #expect(run.requestsAfterRefusal == 0)
            #expect(run.refusals <= 1)
            #expect(run.answers <= run.requests + run.refusals)
        }
    }
}
