import ExchangeAPI
import Primitives
import Testing

/// The frames of `exchange-api.md` 3.
struct FrameTests {
    private let frames = [
        Frame(.message, ["released": "x"], parts: [[1, 2, 3], [], [0x0A, 0x7B]]),
        Frame(.result, ["index": 0]),
    ]

    private func refusal(of body: [UInt8]) -> Refusal.Reason? {
        do throws(Refusal) {
            _ = try Frame.decode(body)
            return nil
        } catch { return error.reason }
    }

    @Test func `a body is lines of canonical JSON and the bytes they announce`() {
        var expected = #"{"kind":"message","lengths":[3,0,2],"released":"x"}"#.bytes
        expected += [0x0A, 1, 2, 3, 0x0A, 0x7B]
        expected += #"{"index":0,"kind":"result","lengths":[]}"#.bytes + [0x0A]
        expected += #"{"count":2,"kind":"end","lengths":[],"revision":7}"#.bytes + [0x0A]
        #expect(Frame.encode(frames, closing: ["revision": 7]) == expected)
    }

    @Test func `what was written is read again`() throws {
        let batch = try Frame.decode(Frame.encode(frames, closing: ["revision": 7]))
        #expect(batch.frames.map(\.kind) == [.message, .result])
        #expect(batch.frames.map(\.parts) == frames.map(\.parts))
        #expect(batch.frames[0].members["released"]?.string == "x")
        #expect(batch.closing["revision"]?.integer == 7)
    }

    @Test func `a body cut anywhere is not acted on`() {
        let body = Frame.encode(frames)
        for count in 0..<body.count {
            #expect(refusal(of: Array(body[..<count])) == .framesCut, "\(count) bytes")
        }
    }

    @Test(arguments: [
        #"{"count":1,"kind":"end","lengths":[]}"#,
        #"{"count":0,"kind":"end","lengths":[0]}"#,
        #"{"kind":"end","count":0,"lengths":[]}"#,
        #"{"count":0,"kind":"stranger","lengths":[]}"#,
        #"{"count":0,"kind":"end","lengths":[-1]}"#,
        #"{"count":0,"kind":"end","lengths":["1"]}"#,
        #"{"count":0,"kind":"end"}"#,
        #"{"kind":"proof","lengths":[0,0,0,0,0]}"#,
        "[]",
    ])
    func `a line of another form is malformed`(_ line: String) {
        #expect(refusal(of: line.bytes + [0x0A]) == .malformed)
    }

    @Test func `bytes after the end are malformed`() {
        #expect(refusal(of: Frame.encode([]) + [0x0A]) == .malformed)
    }

    @Test func `a line above its limit is malformed, however it goes on`() {
        let long = [UInt8](repeating: 0x20, count: Limits.frameLineBytes + 1)
        #expect(refusal(of: long) == .malformed)
    }

    @Test func `a batch has a hundred items`() {
        for (count, expected) in [(99, nil), (100, nil), (101, Refusal.Reason.tooLarge)] {
            let items = (0..<count).map { Frame(.result, ["index": .integer(Int64($0))]) }
            #expect(refusal(of: Frame.encode(items)) == expected, "\(count) items")
        }
    }
}
