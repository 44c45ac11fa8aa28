import Primitives
import TestKit
import Testing

/// The clock and the randomness that the tests of all modules stand on.
struct DrivenTimeTests {
    @Test func `nothing passes until the clock is moved, then both clocks move alike`() {
        let time = SimulatedTime()
        #expect(time.now.description == "2026-11-21T02:03:04.567Z")
        #expect(time.uptime == .zero)
        time.advance(by: .hours(1))
        #expect(time.now.since(SimulatedTime.start) == .hours(1))
        time.jump(to: SimulatedTime.start)
        #expect(time.uptime == .hours(1))
    }

    @Test func `a sleeper wakes at its deadline and not before`() async throws {
        let time = SimulatedTime()
        let woken = Lock(false)
        let sleeper = Task {
            try await time.sleep(for: .seconds(10))
            woken.withLock { $0 = true }
        }
        await time.waitForSleeper()
        time.advance(by: .seconds(9))
        #expect(!woken.withLock { $0 })
        time.advance(by: .seconds(1))
        try await sleeper.value
        #expect(woken.withLock { $0 })
        try await time.sleep(until: .seconds(5))
    }

    @Test func `a cancelled sleeper ends`() async {
        let time = SimulatedTime()
        let sleeper = Task { try await time.sleep(for: .seconds(10)) }
        await time.waitForSleeper()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        let born = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await time.sleep(for: .seconds(10))
        }
        await #expect(throws: CancellationError.self) { try await born.value }
    }

    @Test func `a seed repeats its bytes, another seed gives others`() {
        let bytes = SeededRandom(seed: 1).bytes(40)
        #expect(SeededRandom(seed: 1).bytes(40) == bytes)
        #expect(SeededRandom(seed: 2).bytes(40) != bytes)
        let random = SeededRandom(seed: 1)
        #expect(random.bytes(8) != random.bytes(8))
    }
}
