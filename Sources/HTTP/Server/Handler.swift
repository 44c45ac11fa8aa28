/// Answers requests. Runs on the shared pool, never on a loop thread.
package protocol Handler: Sendable {
    /// What is known of a request from its head alone. Called on the loop: no waiting, no I/O.
    ///
    /// - Throws: the refusal to answer with before a byte of the body is read.
    func plan(for head: RequestHead, identity: PeerIdentity?) throws(HTTPFailure) -> RouteOptions
    func respond(to request: Request) async -> Response
    /// The answer to what is refused before `respond` is asked. Called on the loop.
    func refusal(of failure: HTTPFailure, trace: String) -> Response
}

extension Handler {
    package func plan(
        for head: RequestHead,
        identity: PeerIdentity?
    ) throws(HTTPFailure) -> RouteOptions {
        RouteOptions(requiresIdentity: false)
    }

    /// In the problem form.
    package func refusal(of failure: HTTPFailure, trace: String) -> Response {
        failure.response(trace: trace)
    }
}

/// Where a running handler is counted.
package enum HandlerPool: Hashable, Sendable {
    case common
    /// A few places for what anybody may call: a body that trickles there holds up nobody else.
    case strangers
}

/// What a route promises and demands. Whether it is open to strangers must be said.
package struct RouteOptions: Sendable {
    /// Most bytes of a request body; more is 413.
    package let bodyLimit: Int
    /// Media types taken, in lower case; anything else is 415. Empty: any.
    package let mediaTypes: [String]
    /// A long poll or a stream: no handler deadline, and not counted as a running handler.
    package let mayWait: Bool
    package let pool: HandlerPool
    /// Without a client certificate the answer is 403 `certificateMissing`.
    package let requiresIdentity: Bool
    /// The route's template, for the access log; never the target.
    package internal(set) var template = ""

    package init(
        bodyLimit: Int = 0,
        mediaTypes: [String] = [],
        mayWait: Bool = false,
        pool: HandlerPool = .common,
        requiresIdentity: Bool
    ) {
        self.bodyLimit = bodyLimit
        self.mediaTypes = mediaTypes
        self.mayWait = mayWait
        self.pool = pool
        self.requiresIdentity = requiresIdentity
    }
}
