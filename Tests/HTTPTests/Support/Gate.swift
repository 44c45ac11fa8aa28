import Primitives

@testable import HTTP

/// A route that answers when it is told to, and says when its task was cancelled.
final class Gate: Sendable {
    private let hub: LongPollHub<Int>
    private let began = Lock(0)
    private let cancelled = Lock(0)

    init(_ time: any TimeSource) { hub = LongPollHub(time: time, waitersPerKey: 10_000) }

    var beganCount: Int { began.withLock { $0 } }
    var cancelledCount: Int { cancelled.withLock { $0 } }

    func pass() async -> LongPollHub<Int>.Wake {
        began.withLock { $0 += 1 }
        let wake = await hub.wait(0, until: .seconds(1_000_000)) { false }
        if wake == .gone { cancelled.withLock { $0 += 1 } }
        return wake
    }

    func open() { hub.notify(0) }
    func drain() async { await hub.drain() }

    func routes() -> Router {
        var router = HTTPTests.routes()
        router.on(.get, "/slow", RouteOptions(requiresIdentity: false)) {
            (_, _) async throws(HTTPFailure) in
            _ = await self.pass()
            return .text("slow")
        }
        router.on(.get, "/poll", RouteOptions(mayWait: true, requiresIdentity: false)) {
            (_, _) async throws(HTTPFailure) in
            _ = await self.pass()
            return Response(status: 204)
        }
        return router
    }
}
