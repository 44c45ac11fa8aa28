import Primitives
import Testing

@testable import HTTP

@Suite struct ResponseEncoderTests {
    private let now = Timestamp(milliseconds: 784_111_777_500)

    private func text(_ response: Response, isHead: Bool = false, closes: Bool = false) -> String {
        let reply = Reply(response: response, trace: "t", isHead: isHead, now: now)
        return String(decoding: reply.encoded(closes: closes).bytes, as: UTF8.self)
    }

    private let always = "Renkei-Trace: t\r\nRenkei-Time: 784111777500\r\n"
    private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    @Test func `an answer names its length and date and no product`() {
        let expected =
            "HTTP/1.1 200 \r\nETag: x\r\nContent-Type: text/plain\r\n\(always)\(date)"
            + "Content-Length: 2\r\n\r\nok"
        let body = Response.Body.bytes("ok".bytes, type: "text/plain")
        #expect(text(Response(status: 200, fields: [("ETag", "x")], body: body)) == expected)
    }

    @Test func `an answer to HEAD has the length and no body`() {
        let answer = text(.text("ok"), isHead: true)
        #expect(answer.hasSuffix("Content-Length: 2\r\n\r\n"))
    }

    @Test(arguments: [204, 304])
    func `an answer that never has a body has no length either`(_ status: Int) {
        let answer = text(Response(status: status))
        #expect(answer == "HTTP/1.1 \(status) \r\n\(always)\(date)\r\n")
        #expect(text(.text("ok", status: status)).hasSuffix("\r\n\r\n"))
    }

    @Test func `a stream is sent in chunks, and to HEAD not at all`() {
        let stream = Response(
            status: 200,
            body: .stream(type: "text/plain") { () async throws(HTTPFailure) in nil }
        )
        #expect(
            text(stream, closes: true).hasSuffix(
                "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            )
        )
        let reply = Reply(response: stream, trace: "t", isHead: true, now: now)
        #expect(!reply.encoded(closes: false).isStream)
        #expect(ResponseEncoder.chunk([1, 2]) == "2\r\n\u{1}\u{2}\r\n".bytes)
        #expect(ResponseEncoder.chunk([]) == [])
    }

    @Test(arguments: [
        ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\u{0}"), ("X", "連携"),
        ("X Y", "a"), ("", "a"), ("X:", "a"),
        ("Content-Length", "5"), ("transfer-encoding", "chunked"), ("Connection", "close"),
    ])
    func `a field that could forge the head becomes 500`(_ field: (String, String)) {
        let answer = text(Response(status: 200, fields: [field], body: .none))
        #expect(answer.hasPrefix("HTTP/1.1 500 \r\n"))
        #expect(answer.contains("application/problem+json"))
    }

    @Test func `a refusal is a problem without a word of the request`() {
        let answer = text(HTTPFailure.methodNotAllowed([.get, .put]).response(trace: "t"))
        #expect(answer.hasPrefix("HTTP/1.1 405 \r\nAllow: GET, PUT\r\n"))
        #expect(answer.contains(#""type":"/problems/methodNotAllowed""#))
        #expect(answer.contains(#""traceId":"t""#))
        let busy = text(HTTPFailure.busy(retryAfterSeconds: 3).response(trace: "t"))
        #expect(busy.contains("Retry-After: 3\r\n"))
    }

    @Test(arguments: [
        HTTPFailure.malformed, .certificateMissing, .certificateUnknown, .notFound,
        .methodNotAllowed([]), .requestTimeout, .lengthRequired, .tooLarge, .targetTooLong,
        .unsupportedType, .expectationFailed, .wrongHost, .headTooLarge, .rateLimited,
        .internalFailure, .notImplemented, .busy(retryAfterSeconds: 1),
        .protocolVersionUnsupported, .aborted,
    ])
    func `each refusal has a code, a title and advice`(_ failure: HTTPFailure) {
        #expect((400..<600).contains(failure.status))
        #expect(!failure.title.isEmpty && !failure.advice.isEmpty && !failure.summary.isEmpty)
        let again: Set = [400, 408, 429, 500, 503]
        #expect(!failure.isTemporary || again.contains(failure.status))
    }
}
