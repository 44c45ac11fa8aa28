import Primitives
import TestKit
import Testing

@testable import HTTP

@Suite struct LongPollHubTests {
    private let time = SimulatedTime()

    private func hub(waitersPerKey: Int = 8) -> LongPollHub<Int> {
        LongPollHub(time: time, random: SeededRandom(seed: 1), waitersPerKey: waitersPerKey)
    }

    private func parked(_ hub: LongPollHub<Int>, _ count: Int) async throws {
        try await until { hub.count >= count }
    }

    @Test func `news that is there already is told at once`() async throws {
        let hub = hub()
        #expect(await hub.wait(1, until: .seconds(30)) { true } == .news)
        #expect(hub.count == 0)
    }

    @Test func `a commit between the first look and the registration is not missed`() async throws {
        let hub = hub()
        let looks = Lock(0)
        let wake = await hub.wait(1, until: .seconds(30)) {
            looks.withLock { looks in
                looks += 1
                return looks == 2
            }
        }
        #expect(wake == .news)
        #expect(hub.count == 0)
    }

    @Test func `a notice wakes all waiters of its key and no others`() async throws {
        let hub = hub()
        async let first = hub.wait(1, until: .seconds(30)) { false }
        async let second = hub.wait(1, until: .seconds(30)) { false }
        async let other = hub.wait(2, until: .seconds(30)) { false }
        try await parked(hub, 3)
        hub.notify(1)
        #expect(await [first, second] == [.news, .news])
        #expect(hub.count == 1)
        hub.notify(2)
        #expect(await other == .news)
    }

    @Test func `a wait ends at its deadline, or up to a tenth before`() async throws {
        let hub = hub()
        async let wake = hub.wait(1, until: .seconds(30)) { false }
        try await parked(hub, 1)
        await time.waitForSleeper()
        time.advance(by: .milliseconds(26_999))
        #expect(hub.count == 1)
        time.advance(by: .milliseconds(3001))
        #expect(await wake == .deadline)
        #expect(hub.count == 0)
    }

    @Test func `the oldest waiter makes room`() async throws {
        let hub = hub(waitersPerKey: 1)
        async let oldest = hub.wait(1, until: .seconds(30)) { false }
        try await parked(hub, 1)
        async let newest = hub.wait(1, until: .seconds(30)) { false }
        #expect(await oldest == .deadline)
        try await until { hub.count == 1 }
        hub.notify(1)
        #expect(await newest == .news)
    }

    @Test func `a cancelled waiter is gone`() async throws {
        let hub = hub()
        let wakes = try await withThrowingTaskGroup(of: LongPollHub<Int>.Wake.self) { group in
            for _ in 0..<3 { group.addTask { await hub.wait(1, until: .seconds(30)) { false } } }
            try await parked(hub, 3)
            group.cancelAll()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(wakes == [.gone, .gone, .gone])
        #expect(hub.count == 0)
    }

    @Test func `a drain wakes everybody within two seconds, and nobody waits after it`()
        async throws
    {
        let hub = hub()
        async let first = hub.wait(1, until: .seconds(30)) { false }
        async let second = hub.wait(2, until: .seconds(30)) { false }
        try await parked(hub, 2)
        async let drained: Void = hub.drain()
        let began = time.uptime
        while hub.count > 0 {
            time.advance(by: .milliseconds(100))
            await Task.yield()
        }
        #expect(await [first, second] == [.drain, .drain])
        #expect(await hub.wait(1, until: .seconds(99)) { false } == .drain)
        #expect(time.uptime > began)
        await drained
    }
}
