import Foundation
import Primitives
import Testing

@testable import renkei

/// Whoever was told "yes" was told the truth: processes killed at random moments, started again.
@Suite struct CrashTests {
    private static let kills = 20

    @Test(.timeLimit(.minutes(5)))
    func `twenty kills lose no sheet and show nobody a duplicate`() async throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        try await CrashTown.live { crash in
            let sent = try await sentUnderKills(crash, SplitMix(state: seed))
            #expect(sent.count == Self.kills, "seed \(seed)")
            let states = try await crash.states(of: sent)
            #expect(states.allSatisfy { $0 == "delivered" }, "seed \(seed): \(states)")
            let shown = try await crash.inbox()
            #expect(shown.count == Self.kills, "seed \(seed)")
            #expect(Set(shown) == sent, "seed \(seed)")
            try await crash.verifyLogs()
        }
    }

    /// - Returns: the messages that somebody was told are on their way.
    private func sentUnderKills(
        _ crash: CrashTown,
        _ generator: SplitMix
    ) async throws -> Set<String> {
        var random = generator
        var sent: Set<String> = []
        for round in 0..<Self.kills {
            let key = "round-\(round)"
            let victim = CrashTown.Name.allCases[Int(random.next() % 3)]
            let delay = Int(random.next() % 120)
            async let killed: Void = crash.kill(victim, afterMilliseconds: delay)
            var message = try await crash.send(key)
            await killed
            try await crash.restart(victim)
            // An answer that was lost with the process is asked for again, under the same key.
            if message == nil {
                message = try await crash.until("\(key) is sent") { try await crash.send(key) }
            }
            sent.insert(try #require(message))
        }
        return sent
    }
}

/// A generator with a known state, so that a failing run can be told.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
