import Primitives
import Testing

struct AsyncLockTests {
    private struct Failed: Error {}
    private struct Count {
        var inside = 0
        var most = 0
        var all = 0
    }

    private let lock = AsyncLock()
    private let count = Lock(Count())

    @Test func `one is in at a time, none is forgotten, and a failure lets the next one in`()
        async
    {
        await withTaskGroup { group in
            for number in 0..<50 { group.addTask { await pass(failing: number % 7 == 0) } }
        }
        let counted = count.withLock { $0 }
        #expect(counted.inside == 0 && counted.most == 1 && counted.all == 50)
    }

    private func pass(failing: Bool) async {
        do {
            try await lock.alone {
                count.withLock { count in
                    count.inside += 1
                    count.most = max(count.most, count.inside)
                }
                for _ in 0..<5 { await Task.yield() }
                count.withLock { $0.inside -= 1 }
                if failing { throw Failed() }
            }
        } catch { #expect(error is Failed) }
        count.withLock { $0.all += 1 }
    }
}
