import Primitives
import Testing

@testable import HTTP

@Suite struct RequestDecoderTests {
    private static let request = """
        POST /a/%E9%80%A3?x=1&y=%20 HTTP/1.1\r
        Host: Care.Example:8443\r
        X-One: 1\r
        x-one: \t2 \r
        Connection: keep-alive, Close\r
        Transfer-Encoding: chunked\r
        \r
        4\r
        abcd\r
        00a\r
        0123456789\r
        0\r
        \r

        """.bytes

    /// Everything a decoder says about bytes that come in these pieces.
    private func transcript(_ bytes: [UInt8], cutAt cuts: [Int]) -> [String] {
        var decoder = RequestDecoder(limits: ServerLimits())
        var words: [String] = []
        var body: [UInt8] = []
        var start = 0
        for end in cuts + [bytes.count] {
            var position = start
            while position < end || start == end {
                let piece = Array(bytes[position..<end])
                let step = decoder.feed(piece.span)
                position += decoder.consumed
                switch step {
                case .needMore: break
                case .head(let head):
                    words.append("\(head)")
                    _ = decoder.limitBody(to: 100)
                case .body(let range): body.append(contentsOf: piece[range])
                case .end: words.append("end")
                case .reject(let failure): return words + ["\(failure)"]
                }
                if case .needMore = step { break }
            }
            start = end
        }
        return words + [String(decoding: body, as: UTF8.self)]
    }

    @Test func `a request cut at any position gives the same head and body`() {
        let whole = transcript(Self.request, cutAt: [])
        #expect(whole.count == 3)
        #expect(whole.last == "abcd0123456789")
        for cut in 1..<Self.request.count {
            #expect(transcript(Self.request, cutAt: [cut]) == whole)
        }
        #expect(transcript(Self.request, cutAt: Array(1..<Self.request.count)) == whole)
    }

    @Test func `a head is decoded once and compared in lower case`() throws {
        var decoder = RequestDecoder(limits: ServerLimits())
        guard case .head(let head) = decoder.feed(Self.request.span) else {
            Issue.record("no head")
            return
        }
        #expect(head.method == .post)
        #expect(head.target.path == ["a", "連"])
        #expect(head.target.query.map(\.value) == ["1", " "])
        #expect(head.host == "care.example")
        #expect(head.framing == .chunked)
        #expect(head.wantsClose)
        #expect(head.fields.values("X-ONE") == ["1", "2"])
        #expect(throws: HTTPFailure.malformed) { try head.fields.single("x-one") }
        #expect(try head.fields.single("x-two") == nil)
    }

    @Test func `nothing is taken after a refusal`() {
        var decoder = RequestDecoder(limits: ServerLimits())
        let wrong = "GET / HTTP/9.9\r\n".bytes
        let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".bytes
        for bytes in [wrong, good, []] {
            guard case .reject(.protocolVersionUnsupported) = decoder.feed(bytes.span) else {
                Issue.record("taken")
                return
            }
            #expect(decoder.consumed == 0)
        }
    }

    @Test func `the next request begins where the body ended`() {
        let two = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /".bytes
        var decoder = RequestDecoder(limits: ServerLimits())
        guard case .head = decoder.feed(two.span) else {
            Issue.record("no head")
            return
        }
        var position = decoder.consumed
        let body = decoder.feed(two.span.extracting(position...))
        guard case .body(0..<3) = body else {
            Issue.record("no body")
            return
        }
        position += decoder.consumed
        guard case .end = decoder.feed(two.span.extracting(position...)) else {
            Issue.record("no end")
            return
        }
        #expect(decoder.consumed == 0)
        guard case .needMore = decoder.feed(two.span.extracting(position...)) else {
            Issue.record("no second head")
            return
        }
        #expect(decoder.isInsideHead)
    }

    @Test(arguments: [(8192, nil), (8193, HTTPFailure.targetTooLong)])
    func `a request line has its limit`(_ length: Int, _ failure: HTTPFailure?) {
        let path = String(repeating: "a", count: length - "GET / HTTP/1.1".utf8.count)
        let words = transcript("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n".bytes, cutAt: [])
        #expect((words.last == "\(HTTPFailure.targetTooLong)") == (failure != nil))
    }

    @Test(arguments: [(8192, false), (8193, true)])
    func `a field line has its limit`(_ length: Int, _ isRefused: Bool) {
        let value = String(repeating: "a", count: length - 3)
        let request = "GET / HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n"
        let words = transcript(request.bytes, cutAt: [])
        #expect((words.last == "\(HTTPFailure.headTooLarge)") == isRefused)
    }

    @Test(arguments: [(16_384, false), (16_385, true)])
    func `a head has its limit`(_ length: Int, _ isRefused: Bool) {
        let long = String(repeating: "a", count: 6000)
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\nX: \(long)\r\nY: "
        let rest = length - start.utf8.count
        let request = start + String(repeating: "b", count: rest) + "\r\n\r\n"
        let words = transcript(request.bytes, cutAt: [])
        #expect((words.last == "\(HTTPFailure.headTooLarge)") == isRefused)
    }

    @Test(arguments: [("a", 10, false), ("b", 11, true)])
    func `a chunked body has its limit`(_ size: String, _ count: Int, _ isRefused: Bool) throws {
        var decoder = ChunkedDecoder(limit: 10)
        let bytes = "\(size)\r\n\(String(repeating: "x", count: count))\r\n0\r\n\r\n".bytes
        if isRefused {
            #expect(throws: HTTPFailure.tooLarge) { _ = try decoder.feed(bytes.span) }
        } else {
            guard case .data(3..<13) = try decoder.feed(bytes.span) else {
                Issue.record("no data")
                return
            }
        }
    }
}
