import Primitives

@testable import HTTP

/// One row of the acceptance table: what is sent, and the status of the answer.
struct AcceptanceRow: Sendable, CustomStringConvertible {
    let id: String
    let request: String
    let status: Int

    var description: String { "\(id) \(status) \(request.prefix(60).debugDescription)" }
}

/// The table A01 to A36 against the routes of `acceptanceRoutes`. A row whose request has no end
/// is answered without one: the refusal comes at the first wrong byte.
enum Acceptance {
    static let hosts = ["localhost", "care.example"]

    static func routes() -> Router {
        var router = Router()
        router.on(.get, "/", RouteOptions(requiresIdentity: false)) {
            (_, _) async throws(HTTPFailure) in .text("root")
        }
        router.on(.get, "/a/{x}", RouteOptions(requiresIdentity: false)) {
            (_, _) async throws(HTTPFailure) in .text("a")
        }
        router.on(.post, "/b", RouteOptions(bodyLimit: 10, requiresIdentity: false)) {
            (request, _) async throws(HTTPFailure) in
            .text("\(try await request.body(limit: 10).count)")
        }
        let json = RouteOptions(
            bodyLimit: 10,
            mediaTypes: ["application/json"],
            requiresIdentity: false
        )
        router.on(.put, "/j", json) { (request, _) async throws(HTTPFailure) in
            .text("\(try await request.body(limit: 10).count)")
        }
        return router
    }

    /// The first row of each id.
    static let firstRows = rows.indices.filter { index in
        index == 0 || rows[index - 1].id != rows[index].id
    }.map { rows[$0] }

    static let rows = requestLines + targets + fields + framing + bodies

    private static func row(_ id: String, _ status: Int, _ requests: String...) -> [AcceptanceRow] {
        requests.map { AcceptanceRow(id: id, request: $0, status: status) }
    }

    /// A GET of `/` with these lines after Host.
    private static func get(_ id: String, _ status: Int, _ lines: String...) -> [AcceptanceRow] {
        lines.map { line in
            let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\(line)\r\n\r\n"
            return AcceptanceRow(id: id, request: request, status: status)
        }
    }

    /// A GET of these targets.
    private static func target(_ id: String, _ status: Int, _ targets: String...) -> [AcceptanceRow]
    {
        targets.map { target in
            let request = "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            return AcceptanceRow(id: id, request: request, status: status)
        }
    }

    /// A POST to `/b` with these lines after Host, and what follows them.
    private static func post(_ id: String, _ status: Int, _ lines: String...) -> [AcceptanceRow] {
        lines.map { line in
            let request = "POST /b HTTP/1.1\r\nHost: localhost\r\n\(line)"
            return AcceptanceRow(id: id, request: request, status: status)
        }
    }

    private static func chunked(_ id: String, _ status: Int, _ bodies: String...) -> [AcceptanceRow]
    {
        bodies.flatMap { post(id, status, "Transfer-Encoding: chunked\r\n\r\n\($0)") }
    }

    private static let end = " HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private static let requestLines: [AcceptanceRow] =
        row(
            "A01",
            400,
            "G(T /" + end,
            "GET  /" + end,
            "GET\t/" + end,
            " GET /" + end,
            "\r\nGET /" + end
        )
        + row("A01", 400, "GET /  HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n")
        + row("A02", 501, "BREW /" + end, "get /" + end, "CONNECT /" + end, "TRACE /" + end)
        + row("A03", 405, "DELETE /" + end, "OPTIONS /a/1" + end)
        + row("A04", 414, "GET /" + String(repeating: "a", count: 8188))
        + row("A05", 505, "GET / HTTP/1.0\r\n", "GET / HTTP/1.2\r\n", "GET / HTTP/2.0\r\n")
        + row("A05", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        + row(
            "A06",
            400,
            "GET / http/1.1\r\n",
            "GET / HTTP/1.1x\r\n",
            "GET /\r\n",
            "GET / HTTP/1\r\n"
        )

    private static let targets: [AcceptanceRow] =
        target("A07", 400, "/a\u{1}", "/a b", "/\u{E9}", "/a#b", "/a\\b", "/a\"b", "/a<b", "/a>b")
        + target("A07", 400, "", "*")
        + target("A08", 400, "/%", "/%4", "/%4g", "/%00", "/a?%00=1", "/%FF", "/?a=%C3")
        + target("A08", 200, "/a/%E9%80%A3", "/?a=%E6%90%BA")
        + target(
            "A09",
            400,
            "/.",
            "/..",
            "/a/../b",
            "/%2E%2e",
            "//",
            "/a//b",
            "/a/",
            "/a%2Fb",
            "/a%5Cb"
        )
        + target("A10", 200, "http://localhost/", "HTTPS://LOCALHOST/a/b", "http://localhost")
        + target("A10", 400, "http://other/", "ftp://localhost/", "localhost/")
        + row(
            "A11",
            400,
            "GET / HTTP/1.1\n",
            "GET / HTTP/1.1\r\nHost: a\n",
            "GET / HTTP/1.1\rH",
            "\n"
        )

    private static let fields: [AcceptanceRow] =
        row(
            "A12",
            400,
            "GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n",
            "GET / HTTP/1.1\r\n\tHost: a\r\n"
        )
        + get("A13", 400, "Name : x", ": x", "Na(me: x", "Na me: x", "noColon")
        + get("A14", 400, "X: a\u{0}b", "X: a\u{1}b", "X: \u{7F}", "X: \u{E9}")
        + get("A14", 200, "X: a\tb", "X:\t a \t")
        + row(
            "A15",
            400,
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"
        )
        + host(
            "A15",
            400,
            "me@localhost",
            "localhost/a",
            "local host",
            "localhost:",
            "localhost:x",
            "localhost:70000",
            ""
        )
        + host("A16", 421, "other.example", "127.0.0.1", "localhost.", "[::1]:80")
        + host("A16", 200, "LOCALHOST", "care.example:8443")
        + get("A17", 431, "X: " + String(repeating: "a", count: 8190))
        + get("A17", 431, (0..<64).map { "X\($0): a" }.joined(separator: "\r\n"))
        + get(
            "A17",
            431,
            (0..<3).map { "X\($0): " + String(repeating: "a", count: 6000) }
                .joined(separator: "\r\n")
        )
        + get("A17", 200, (0..<63).map { "X\($0): a" }.joined(separator: "\r\n"))

    private static func host(_ id: String, _ status: Int, _ hosts: String...) -> [AcceptanceRow] {
        hosts.flatMap { row(id, status, "GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n") }
    }

    private static let framing: [AcceptanceRow] =
        post("A18", 400, "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
        + post("A18", 400, "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n")
        + post(
            "A19",
            400,
            "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
            "Content-Length: 3,3\r\n\r\n"
        )
        + post("A19", 400, "Content-Length: 3\r\nContent-Length: 4\r\n\r\n")
        + post("A20", 400, "Content-Length: +3\r\n\r\n", "Content-Length: -1\r\n\r\n")
        + post("A20", 400, "Content-Length: 0x3\r\n\r\n", "Content-Length: 003\r\n\r\n")
        + post("A20", 400, "Content-Length:\r\n\r\n", "Content-Length: 1 2\r\n\r\n")
        + post(
            "A21",
            413,
            "Content-Length: 1000000000000000000\r\n\r\n",
            "Content-Length: 11\r\n\r\n"
        )
        + post("A21", 200, "Content-Length: 10\r\n\r\n0123456789", "Content-Length: 0\r\n\r\n")
        + post(
            "A22",
            200,
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "transfer-encoding: CHUNKED\r\n\r\n0\r\n\r\n"
        )
        + post(
            "A23",
            501,
            "Transfer-Encoding: xchunked\r\n\r\n",
            "Transfer-Encoding: identity\r\n\r\n"
        )
        + post(
            "A23",
            501,
            "Transfer-Encoding: gzip\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n"
        )
        + post(
            "A24",
            400,
            "Transfer-Encoding: chunked, chunked\r\n\r\n",
            "Transfer-Encoding:\r\n\r\n"
        )
        + post("A24", 400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")
        + post("A25", 411, "\r\n")
        + row("A25", 411, "PUT /j" + end, "PATCH /j" + end)
        + get("A26", 400, "Content-Length: 1", "Transfer-Encoding: chunked")
        + get("A26", 200, "Content-Length: 0")

    private static let bodies: [AcceptanceRow] =
        chunked(
            "A27",
            400,
            "\r\n",
            "g\r\n",
            "000000001\r\n",
            "0x5\r\n",
            "+5\r\n",
            "-5\r\n",
            " 5\r\n"
        )
        + chunked("A27", 400, "5;a=b\r\n", "5 \r\n", "5\n", "5\rx")
        + chunked("A28", 400, "2\r\nabc", "2\r\nab\n", "0\r\nX: y\r\n\r\n", "2\r\nab\rx")
        + chunked("A29", 413, "b\r\n", "5\r\nabcde\r\n6\r\n", "FFFFFFFF\r\n")
        + chunked(
            "A29",
            200,
            "a\r\n0123456789\r\n0\r\n\r\n",
            "00000005\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n"
        )
        + get("A31", 417, "Expect: 200-ok", "Expect: 100-continue, x")
        + get(
            "A32",
            200,
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__",
            "Connection: keep-alive, Upgrade"
        )
        + singles.flatMap { get("A33", 400, "\($0): a\r\n\($0): a") }
        + singles.flatMap { get("A33", 200, "\($0): a") }
        + get("A34", 415, "Content-Encoding: gzip")
        + get("A34", 200, "Content-Encoding: Identity")
        + row("A34", 415, json("text/plain"), json("application/jsonx"))
        + row("A34", 200, json("application/json"), json("Application/JSON; charset=utf-8"))
        + get("A36", 400, "X-Renkei-Client-Verify: SUCCESS", "x-renkei-client-certificate: a")

    private static let singles = [
        "Authorization", "Content-Type", "Cookie", "Idempotency-Key", "If-Match", "Range",
    ]

    private static func json(_ type: String) -> String {
        "PUT /j HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: 2\r\n\r\n{}"
    }
}
