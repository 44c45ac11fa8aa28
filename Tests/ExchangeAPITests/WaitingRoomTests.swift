import Primitives
import TestKit
import Testing

@testable import ExchangeAPI

/// Long polls, on a driven clock.
struct WaitingRoomTests {
    private let time = SimulatedTime()

    private func room(_ waitersPerKey: Int = 8) -> WaitingRoom<Int> {
        WaitingRoom(
            time: time,
            random: SeededRandom(seed: 1),
            waitersPerKey: waitersPerKey
        )
    }

    @Test func `an answer that is there is given at once`() async throws {
        #expect(try await room().answer(about: 1, within: 30) { "mail" } == "mail")
    }

    @Test func `without patience there is no waiting`() async throws {
        #expect(try await room().answer(about: 1, within: 0) { nil as String? } == nil)
    }

    @Test func `news of the key is answered, of another not`() async throws {
        let room = room()
        let mail = Lock<String?>(nil)
        async let answer = room.answer(about: 1, within: 30) { mail.withLock { $0 } }
        try await until { room.count > 0 }
        room.notify(2)
        // Without anything to read a wake is harmless.
        room.notify(1)
        try await until { room.count > 0 }
        mail.withLock { $0 = "mail" }
        room.notify(1)
        #expect(try await answer == "mail")
    }

    @Test func `nothing comes within the time`() async throws {
        let room = room()
        async let answer = room.answer(about: 1, within: 30) { nil as String? }
        await time.waitForSleeper()
        time.advance(by: .seconds(30))
        #expect(try await answer == nil)
        #expect(room.count == 0)
    }

    @Test func `nobody waits longer than half a minute`() async throws {
        let room = room()
        async let answer = room.answer(about: 1, within: 3600) { nil as String? }
        await time.waitForSleeper()
        time.advance(by: .seconds(30))
        #expect(try await answer == nil)
    }

    @Test func `a refusal ends the wait`() async throws {
        let room = room()
        let isGone = Lock(false)
        async let answer = room.answer(about: 1, within: 30) { () throws(Refusal) -> String? in
            if isGone.withLock({ $0 }) { throw Refusal(.cursorGone) }
            return nil
        }
        try await until { room.count > 0 }
        isGone.withLock { $0 = true }
        room.notify(1)
        do {
            Issue.record("answered \(try await answer ?? "nothing")")
        } catch {
            #expect(error as? Refusal == Refusal(.cursorGone))
        }
    }

    @Test func `the oldest of too many is answered`() async throws {
        let room = room(1)
        async let first = room.answer(about: 1, within: 30) { nil as String? }
        try await until { room.count > 0 }
        async let second = room.answer(about: 1, within: 30) { nil as String? }
        #expect(try await first == nil)
        #expect(room.count == 1)
        time.advance(by: .seconds(30))
        #expect(try await second == nil)
    }
}
