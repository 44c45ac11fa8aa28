import Primitives
import Testing

@testable import renkei

/// The control socket of an office, called as no command of ours calls it.
@Suite struct ControlDoorTests {
    /// `MESSAGE` is one that was sent.
    private static let calls: [(name: String, json: JSON, code: String)] = [
        ("inbox.list", ["limit": -1], "malformed"), ("inbox.list", ["limit": 0], "malformed"),
        ("inbox.list", ["limit": 10_001], "malformed"),
        ("audit.verify", ["from": -1], "malformed"),
        ("inbox.piece", ["reading": "../passwd", "attachment": 0, "piece": 0], "transferEnded"),
        ("attach", ["upload": "../x", "isLast": true], "transferEnded"),
        ("withdraw", ["message": "../x", "reason": "other"], "malformed"),
        ("withdraw", ["message": "MESSAGE", "reason": "regret"], "malformed"),
        ("desk.add", ["desk": "../x", "name": "x"], "malformed"),
        ("desk.add", ["desk": "x", "name": "\u{1B}[2J"], "malformed"),
        ("desk.add", ["desk": "x", "name": ""], "malformed"),
        ("desk.change", ["desk": "main"], "malformed"),
        ("desk.change", ["desk": "main", "change": 5], "malformed"),
        ("desk.change", ["desk": "main", "change": ["deskId": "other"]], "malformed"),
        ("desk.change", ["desk": "main", "change": ["name": "x"]], "malformed"),
        ("desk.change", ["desk": "main", "change": ["absence": ["text": "x"]]], "malformed"),
        ("desk.change", ["desk": "nosuch", "change": ["absence": false]], "deskUnknown"),
        ("directory.accept", ["reason": ""], "malformed"),
        ("directory.show", ["member": "\u{0}"], "notFound"),
        ("cert.renew", ["usage": "root"], "malformed"),
        ("cert.review", ["message": "MESSAGE", "decision": "maybe"], "malformed"),
        ("nosuch", [:], "notFound"),
    ]

    @Test(.timeLimit(.minutes(5)))
    func `what no command says is refused, and nothing is changed by it`() async throws {
        try await CrashTown.live { town in
            let message = try #require(try await town.send("door-1"))
            let before = try #require(try await town.ask(.care, "desk.list")).canonicalText
            for call in Self.calls {
                var members = call.json.object ?? JSONObject()
                if members["message"]?.string == "MESSAGE" { members["message"] = .string(message) }
                members["as"] = "辻"
                members["role"] = "careManager"
                let asked = ControlCall(call.name, .object(members), files: [[0x78]])
                let refusal = await #expect(throws: RelayedError.self, "\(call)") {
                    _ = try await ControlSocket.ask(town.data(.care), asked)
                }
                #expect(refusal?.code == call.code, "\(call)")
            }
            let after = try #require(try await town.ask(.care, "desk.list")).canonicalText
            #expect(after == before)
            // What a command does say: an absence, and its end.
            let away: JSON = ["from": "2026-12-29", "to": "2027-01-03", "text": "年末年始"]
            for (absence, isAway) in [(away, true), (JSON.bool(false), false)] {
                let change: JSON = [
                    "desk": "main", "change": ["absence": absence], "as": "辻",
                    "role": "careManager",
                ]
                let desk = try #require(try await town.ask(.care, "desk.change", change))
                #expect(desk["deskId"]?.string == "main" && (desk["absence"] != nil) == isAway)
            }
        }
    }
}
