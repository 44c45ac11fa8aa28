import Configuration
import HTTP
import Primitives

/// The listener for whoever watches a service: no identity, no detail, loopback alone.
enum Operations {
    /// Whether the service still takes work.
    final class Readiness: Sendable {
        private let isDraining = Lock(false)

        var reasons: [String] { isDraining.withLock { $0 } ? ["draining"] : [] }
        func drain() { isDraining.withLock { $0 = true } }
    }

    /// - Returns: none unless `--operations` asks for it.
    static func listeners(
        _ invocation: Invocation,
        _ readiness: Readiness
    ) -> [(ListenerConfiguration, any Handler)] {
        guard let address = invocation.text(.operations).flatMap({ ListenAddress($0)?.address })
        else { return [] }
        var router = Router()
        router.on(.get, "/health/live", RouteOptions(requiresIdentity: false)) {
            _,
            _ throws(HTTPFailure) in
            answer([])
        }
        router.on(.get, "/health/ready", RouteOptions(requiresIdentity: false)) {
            _,
            _ throws(HTTPFailure) in
            answer(readiness.reasons)
        }
        return [(ListenerConfiguration(address: address), router)]
    }

    private static func answer(_ reasons: [String]) -> Response {
        let json: JSON = ["reasons": .array(reasons.map { .string($0) })]
        return Response(
            status: reasons.isEmpty ? 200 : 503,
            body: .bytes(json.canonicalBytes, type: "application/json")
        )
    }
}

extension Option {
    static let operations = Option(
        "operations",
        "ADDRESS",
        Phrase(
            ja: "監視用の GET /health/live と /health/ready（127.0.0.1:ポート）",
            en: "GET /health/live and /health/ready at 127.0.0.1:PORT"
        ),
        form: .checked { $0.hasPrefix("127.") && ListenAddress($0) != nil }
    )
}
