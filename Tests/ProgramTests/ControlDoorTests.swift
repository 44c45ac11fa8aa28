import Primitives
import Testing

@testable import renkei

/// The control socket of an office, called as no command of ours calls it.
@Suite struct ControlDoorTests {
    private static let message = "01a1fea6-bc36-7fa9-9b27-169d0a60b6ef"

    private static let calls: [(String, JSON)] = [
        ("inbox.list", ["limit": -1]), ("inbox.list", ["limit": 0]),
        ("inbox.list", ["limit": 10_001]), ("audit.verify", ["from": -1]),
        ("inbox.piece", ["reading": "../../etc/passwd", "attachment": -1, "piece": 0]),
        ("inbox.piece", ["reading": "x", "attachment": 0, "piece": 9_007_199_254_740_991]),
        ("attach", ["transfer": "../x"]), ("withdraw", ["message": "../x"]),
        ("withdraw", ["message": .string(message), "reason": "regret"]),
        ("withdraw", ["message": .string(message), "reason": "other"]),
        ("desk.add", ["desk": "../x", "name": "x"]),
        ("desk.change", ["desk": "main", "change": ["deskId": "other"]]),
        ("desk.change", ["desk": "main", "change": ["name": "\u{1B}[2J"]]),
        ("desk.change", ["desk": "main", "change": ["absence": ["text": "x"]]]),
        ("desk.change", ["desk": "nosuch", "change": [:]]),
        ("directory.accept", ["reason": ""]), ("directory.show", ["member": "\u{0}"]),
        ("cert.renew", ["usage": "root"]),
        ("cert.review", ["message": .string(message), "decision": "maybe"]),
        ("nosuch", [:]),
    ]

    @Test(.timeLimit(.minutes(5)))
    func `what no command says is refused, and nothing is changed by it`() async throws {
        try await CrashTown.live { town in
            let before = try await town.ask(.care, "desk.list")?.canonicalText
            for (name, json) in Self.calls {
                var members = json.object ?? JSONObject()
                members["as"] = "辻"
                members["role"] = "careManager"
                let call = ControlCall(name, .object(members))
                await #expect(throws: RelayedError.self, "\(name) \(json)") {
                    _ = try await ControlSocket.ask(town.data(.care), call)
                }
            }
            #expect(try await town.ask(.care, "desk.list")?.canonicalText == before)
            // What a command does say: an absence, and its end.
            let away: JSON = ["from": "2026-12-29", "to": "2027-01-03", "text": "年末年始"]
            for (absence, isAway) in [(away, true), (JSON.bool(false), false)] {
                let change: JSON = [
                    "desk": "main", "change": ["absence": absence], "as": "辻",
                    "role": "careManager",
                ]
                let desk = try await town.ask(.care, "desk.change", change)
                #expect((desk?["absence"] != nil) == isAway)
            }
        }
    }
}
