import Primitives
import Testing

@testable import Storage

/// The queue between callers and threads that block.
@Suite struct WorkQueueTests {
    @Test func `jobs come out in their order, as many as are asked for`() throws {
        let queue = WorkQueue<Int>(capacity: 9)
        for job in 1...5 { try queue.push(job) }
        #expect(queue.take() == [1])
        #expect(queue.take(amount: { _ in 3 }) == [2, 3, 4])
        #expect(queue.take(amount: { _ in 0 }) == [5], "one at least")
    }

    @Test func `a full queue refuses and a closed one gives what it has`() throws {
        let queue = WorkQueue<Int>(capacity: 2)
        try queue.push(1)
        try queue.push(2)
        #expect(throws: StoreError.busy) { try queue.push(3) }
        #expect(StoreError.busy.isTemporary)
        queue.close()
        #expect(throws: StoreError.closed) { try queue.push(3) }
        #expect(queue.take(amount: \.count) == [1, 2])
        #expect(queue.take() == [])
    }

    @Test func `a taker waits for those it expects, and not for more`() throws {
        let queue = WorkQueue<Int>(capacity: 9)
        try queue.push(1)
        let pusher = StorageThread {
            for job in [2, 3] {
                do throws(StoreError) { try queue.push(job) } catch {
                    preconditionFailure("the queue has room")
                }
            }
        }
        // An hour would be the time to wait if three were not enough.
        #expect(queue.take(expected: 3, window: .hours(1), amount: \.count) == [1, 2, 3])
        pusher.join()
    }

    @Test func `a taker stops waiting when the window is over`() throws {
        let queue = WorkQueue<Int>(capacity: 9)
        try queue.push(1)
        let taken = queue.take(expected: 5, window: .milliseconds(1), amount: \.count)
        #expect(taken == [1])
    }
}
