import Foundation
import Primitives
import Testing

/// `renkei demo --check`, run once for all tests that look at what it leaves.
struct DemoRun: Sendable {
    let room: Room
    let outcome: Terminal.Outcome

    private static let once = Task {
        let room = try Room(besideProgram: "demo-check")
        let outcome = try await Terminal.renkei("demo", "--check", "--out", room.path("out"))
        return DemoRun(room: room, outcome: outcome)
    }

    /// - Throws: when the demonstration itself failed.
    static func left() async throws -> DemoRun {
        let run = try await once.value
        try #require(run.outcome.exitCode == 0, "\(run.outcome.talk)\n\(run.outcome.output)")
        return run
    }

    var folder: URL { room.url.appendingPathComponent("out") }
    var root: String { room.path("out/trust/root.pem") }

    func deliveries() throws -> [JSON] {
        let summary = try JSON(reading: try room.bytes("out/summary.json"), .general)
        return try #require(summary["deliveries"]?.array)
    }
}
