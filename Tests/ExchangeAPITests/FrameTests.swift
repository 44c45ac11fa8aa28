import Delivery
import Primitives
import Testing

@testable import ExchangeAPI

/// The form in which signed bytes travel (`exchange-api.md` 3).
struct FrameTests {
    private static let body = Frame.encode(
        [
            Frame(.message, parts: [[1, 2, 3], [], "\n{".bytes]),
            Frame(.result, ["index": 1, "status": 201], parts: [[9]]),
        ],
        closing: ["revision": 7]
    )

    @Test func `a body is lines of canonical JSON, each with its bytes after it`() {
        let text = """
            {"kind":"message","lengths":[3,0,2]}
            \u{01}\u{02}\u{03}
            {{"index":1,"kind":"result","lengths":[1],"status":201}
            \t{"count":2,"kind":"end","lengths":[],"revision":7}

            """
        #expect(Self.body == text.bytes)
    }

    @Test func `what is written is read again`() throws {
        let batch = try Frame.decode(Self.body)
        #expect(batch.frames.map(\.kind) == [.message, .result])
        #expect(batch.frames[0].parts == [[1, 2, 3], [], "\n{".bytes])
        #expect(batch.frames[1].members["status"]?.integer == 201)
        #expect(batch.closing["revision"]?.integer == 7)
        #expect(Frame.encode(batch.frames, closing: batch.closing) == Self.body)
    }

    @Test func `an empty batch is the end alone`() throws {
        let body = Frame.encode([])
        #expect(body == "{\"count\":0,\"kind\":\"end\",\"lengths\":[]}\n".bytes)
        #expect(try Frame.decode(body).frames.isEmpty)
    }

    @Test(arguments: 0..<FrameTests.body.count)
    func `no part of a cut body is acted on`(length: Int) {
        let refusal = refusal(Array(Self.body.prefix(length)))
        #expect(refusal?.reason == .framesCut)
        #expect(refusal?.resend == .sameMessage)
    }

    static let malformed: [(fault: String, body: String)] = [
        ("bytes after the end", "{\"count\":0,\"kind\":\"end\",\"lengths\":[]}\nx"),
        ("another count", "{\"count\":1,\"kind\":\"end\",\"lengths\":[]}\n"),
        ("no count", "{\"kind\":\"end\",\"lengths\":[]}\n"),
        ("a part after the end", "{\"count\":0,\"kind\":\"end\",\"lengths\":[1]}\nx"),
        ("an unknown kind", "{\"kind\":\"letter\",\"lengths\":[]}\n"),
        ("no kind", "{\"lengths\":[]}\n"),
        ("no lengths", "{\"kind\":\"message\"}\n"),
        ("blanks", "{\"kind\": \"message\",\"lengths\":[]}\n"),
        ("another order", "{\"lengths\":[],\"kind\":\"message\"}\n"),
        ("a name twice", "{\"kind\":\"end\",\"kind\":\"end\",\"lengths\":[]}\n"),
        ("a length below zero", "{\"kind\":\"message\",\"lengths\":[-1]}\n"),
        ("a length that is none", "{\"kind\":\"message\",\"lengths\":[\"1\"]}\n"),
        ("five parts", "{\"kind\":\"message\",\"lengths\":[0,0,0,0,0]}\n"),
        ("no object", "[]\n"),
        ("an empty line", "\n"),
    ]

    @Test(arguments: malformed)
    func `a body in any other form is malformed`(body: (fault: String, body: String)) {
        #expect(refusal(body.body.bytes)?.reason == .malformed)
    }

    @Test func `a line has at most 16 KiB`() {
        func line(_ bytes: Int) -> [UInt8] {
            let empty = Frame(.notice, ["text": ""])
            let overhead = Frame.encode([empty]).count - Frame.encode([]).count - 1
            let text = String(repeating: "a", count: bytes - overhead)
            return Frame.encode([Frame(.notice, ["text": .string(text)])])
        }
        #expect(refusal(line(Limits.frameLineBytes - 1)) == nil)
        #expect(refusal(line(Limits.frameLineBytes)) == nil)
        #expect(refusal(line(Limits.frameLineBytes + 1))?.reason == .malformed)
    }

    @Test(arguments: [(1, nil), (99, nil), (100, nil), (101, Refusal.Reason.tooLarge)])
    func `a batch has at most a hundred items`(count: Int, reason: Refusal.Reason?) {
        let body = Frame.encode(Array(repeating: Frame(.item), count: count))
        #expect(refusal(body)?.reason == reason)
    }

    private func refusal(_ body: [UInt8]) -> Refusal? {
        do {
            _ = try Frame.decode(body)
            return nil
        } catch {
            return error
        }
    }
}
