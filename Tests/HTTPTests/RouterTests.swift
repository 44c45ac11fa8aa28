import Primitives
import TestKit
import Testing

@testable import HTTP

@Suite struct RouterTests {
    private func router(_ templates: (Method, String)...) -> Router {
        var router = Router()
        for (method, template) in templates {
            router.on(method, template, RouteOptions(requiresIdentity: false)) {
                (_, captures) async throws(HTTPFailure) in
                .text(template)
            }
        }
        return router
    }

    private func request(_ method: Method, _ path: [String]) -> Request {
        Request(
            method: method,
            path: path,
            query: [("a", "1"), ("a", "2"), ("b", "")],
            fields: Fields(),
            identity: nil,
            remoteAddress: "",
            trace: "t",
            stream: BodyStream { () async throws(HTTPFailure) in nil }
        )
    }

    private func answer(_ router: Router, _ method: Method, _ path: String...) async -> String {
        let response = await router.respond(to: request(method, path))
        guard case .bytes(let bytes, _) = response.body, response.status == 200 else {
            return "\(response.status)"
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a literal is taken before a capture, and a capture before a tail`() async {
        let router = router(
            (.get, "/{a...}"),
            (.get, "/a/{b}"),
            (.get, "/{a}/b"),
            (.get, "/a/b"),
            (.get, "/")
        )
        #expect(await answer(router, .get) == "/")
        #expect(await answer(router, .get, "a", "b") == "/a/b")
        #expect(await answer(router, .get, "a", "c") == "/a/{b}")
        #expect(await answer(router, .get, "c", "b") == "/{a}/b")
        #expect(await answer(router, .get, "a") == "/{a...}")
        #expect(await answer(router, .get, "c", "d", "e") == "/{a...}")
    }

    @Test func `a path without route is 404, a method without route 405 with those there are`()
        async
    {
        let router = router((.get, "/a"), (.put, "/a"), (.put, "/a/{b}"))
        #expect(await answer(router, .get, "b") == "404")
        #expect(await answer(router, .get, "a", "b", "c") == "404")
        #expect(await answer(router, .get) == "404")
        #expect(await answer(router, .delete, "a") == "405")
        let refused = await router.respond(to: request(.delete, ["a"]))
        #expect(refused.fields.first { $0.0 == "Allow" }?.1 == "GET, PUT")
    }

    @Test func `a path compares by bytes`() async {
        let router = router((.get, "/神"))
        #expect(await answer(router, .get, "\u{795E}") == "/神")
        #expect(await answer(router, .get, "\u{FA19}") == "404")
    }

    @Test func `captures are texts, tails and identifiers`() async {
        var router = Router()
        router.on(.get, "/m/{id}/{rest...}", RouteOptions(requiresIdentity: false)) {
            (request, captures) async throws(HTTPFailure) in
            let id = try captures.identifier("id", Message.self)
            let query = [request.query("a"), request.query("b"), request.query("c")]
            return .text("\(id) \(captures.text("rest")) \(query.compactMap(\.self))")
        }
        let id = "019374a0-0000-7000-8000-000000000000"
        #expect(await answer(router, .get, "m", id, "x", "y") == "\(id) x/y [\"1\", \"\"]")
        #expect(await answer(router, .get, "m", "other", "x") == "404")
    }

    @Test func `a body longer than the handler wants is too large`() async throws {
        let left = Lock(3)
        let stream = BodyStream { () async throws(HTTPFailure) in
            left.withLock { left in
                left -= 1
                return left < 0 ? nil : [1, 2]
            }
        }
        var request = request(.post, [])
        request = Request(
            method: request.method,
            path: [],
            query: [],
            fields: Fields(),
            identity: nil,
            remoteAddress: "",
            trace: "",
            stream: stream
        )
        await #expect(throws: HTTPFailure.tooLarge) { try await request.body(limit: 5) }
        left.withLock { $0 = 3 }
        let body = try await request.body(limit: 6)
        #expect(body == [1, 2, 1, 2, 1, 2])
    }

    @Test func `two routes for the same requests stop the program at its start`() async {
        await #expect(processExitsWith: .failure) {
            var router = Router()
            for template in ["/a/{b}", "/a/{c}"] {
                router.on(.get, template, RouteOptions(requiresIdentity: false)) {
                    (_, _) async throws(HTTPFailure) in
                    .text("")
                }
            }
        }
    }
}
