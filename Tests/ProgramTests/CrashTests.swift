import Foundation
import Primitives
import Testing

@testable import renkei

/// Whoever was told "yes" was told the truth: processes killed at random moments, started again.
@Suite struct CrashTests {
    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] != nil
    private static let kills = isLong ? 200 : 20
    /// Sheets that are sent at once while a process dies.
    private static let load = 3

    @Test(.timeLimit(.minutes(isLong ? 20 : 5)))
    func `kills lose no sheet and show nobody a duplicate`() async throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        try await CrashTown.live { crash in
            let sent = try await sentUnderKills(crash, SplitMix(state: seed))
            #expect(sent.count == Self.kills * Self.load, "seed \(seed)")
            try await crash.settle(sent)
            let shown = try await crash.inbox()
            #expect(shown.count == sent.count, "seed \(seed)")
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
            let keys = (0..<Self.load).map { "round-\(round)-\($0)" }
            let victim = CrashTown.Name.allCases[Int(random.next() % 3)]
            let delay = Int(random.next() % 200)
            async let killed: Void = crash.kill(victim, afterMilliseconds: delay)
            var answers = try await told(keys, crash)
            await killed
            try await crash.restart(victim)
            // An answer that was lost with the process is asked for again, under the same key.
            for key in keys where answers[key] == nil {
                answers[key] = try await crash.until("\(key) is sent") {
                    try await crash.send(key)
                }
            }
            sent.formUnion(answers.values)
        }
        return sent
    }

    /// What came back of sheets that were sent at once.
    private func told(_ keys: [String], _ crash: CrashTown) async throws -> [String: String] {
        try await withThrowingTaskGroup(of: (String, String?).self) { group in
            for key in keys { group.addTask { (key, try await crash.send(key)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
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
