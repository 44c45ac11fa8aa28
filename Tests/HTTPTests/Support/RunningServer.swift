import Primitives
import TestKit

@testable import HTTP

/// A server that runs while `body` does, and is drained after it.
@discardableResult
func withServer<Result>(
    _ handler: any Handler,
    tls: TLSServerConfiguration? = nil,
    time: any TimeSource = SimulatedTime(),
    limits: ServerLimits = ServerLimits(),
    _ body: (Server, Int) async throws -> Result
) async throws -> Result {
    let configuration = ListenerConfiguration(address: .tcp(host: "127.0.0.1", port: 0), tls: tls)
    return try await withServer(configuration, handler, time: time, limits: limits, body)
}

@discardableResult
func withServer<Result>(
    _ configuration: ListenerConfiguration,
    _ handler: any Handler,
    time: any TimeSource = SimulatedTime(),
    limits: ServerLimits = ServerLimits(),
    _ body: (Server, Int) async throws -> Result
) async throws -> Result {
    ignoreBrokenPipes()
    let server = try Server([(configuration, handler)], time: time, limits: limits)
    let isOver = Lock(false)
    async let running: Void = {
        await server.run()
        isOver.withLock { $0 = true }
    }()
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(try await body(server, server.ports[0]))
    } catch {
        outcome = .failure(error)
    }
    server.drain()
    // After a test that failed something may still run, until its time is over.
    while case .failure = outcome, !isOver.withLock({ $0 }) {
        (time as? SimulatedTime)?.advance(by: .seconds(1))
        await Task.yield()
    }
    await running
    return try outcome.get()
}

/// A client of `https://localhost:port` that trusts the root of the test world.
func client(_ port: Int, as name: String?, roots: [String] = ["root"]) -> Client {
    Client(
        base: "https://localhost:\(port)",
        identity: name.map { Certificates.world.identity($0) },
        roots: roots.map { Certificates.world.pem("\($0).pem") },
        options: .patient
    )
}

extension Response {
    static func text(_ text: String, status: Int = 200) -> Response {
        Response(status: status, body: .bytes(text.bytes, type: "text/plain"))
    }
}

/// Routes that most tests share.
func routes() -> Router {
    var router = Router()
    router.on(.get, "/hello", RouteOptions(requiresIdentity: false)) {
        (request, _) async throws(HTTPFailure) in
        .text("hello " + (request.identity?.subject ?? "stranger"))
    }
    router.on(.get, "/secret", RouteOptions(requiresIdentity: true)) { _, _ in .text("secret") }
    router.on(.post, "/echo", RouteOptions(bodyLimit: 1024 * 1024, requiresIdentity: false)) {
        (request, _) async throws(HTTPFailure) in
        let body = try await request.body(limit: 1024 * 1024)
        return Response(status: 200, body: .bytes(body, type: "application/octet-stream"))
    }
    router.on(.put, "/things/{name}", RouteOptions(bodyLimit: 100, requiresIdentity: false)) {
        (request, captures) async throws(HTTPFailure) in
        .text(captures.text("name") + " \(try await request.body(limit: 100).count)")
    }
    return router
}
