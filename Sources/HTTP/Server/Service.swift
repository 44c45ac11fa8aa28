import Primitives

/// What the loops of one listener need to answer requests.
struct Service: Sendable {
    let configuration: ListenerConfiguration
    let handler: any Handler
    let limits: ServerLimits
    let time: any TimeSource
    let random: any RandomSource
    let load: Load

    /// Decides on a head, before a byte of the body is read.
    func plan(
        _ head: RequestHead,
        of identity: PeerIdentity?,
        isOverLimit: Bool
    ) throws(HTTPFailure) -> RouteOptions {
        let names = configuration.hostNames
        guard names.isEmpty || names.contains(where: { $0.hasSameBytes(as: head.host) }) else {
            throw .wrongHost
        }
        guard !isOverLimit else { throw .rateLimited }
        if let identity, configuration.admission(identity) == .refused {
            throw .certificateUnknown
        }
        return try handler.plan(for: head, identity: identity)
    }

    func newTrace() -> String { Hex.encode(random.bytes(16)) }

    /// The refusal of an overloaded server, spread so that not all come back at once.
    func busy() -> HTTPFailure { .busy(retryAfterSeconds: 1 + Int(random.number(below: 5))) }
}
