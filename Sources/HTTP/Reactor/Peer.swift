import Primitives

/// One accepted connection with what hangs on it. Owned by one loop at a time: the handshake loop
/// hands it over and forgets it.
final class Peer {
    /// The request under way.
    struct Exchange {
        /// nil where the head was refused.
        let method: Method?
        var options: RouteOptions
        let trace: String
        let began: Duration
        var status = 0
        var bytes = 0
        var task: Task<Void, Never>?
    }

    let address: String?
    var share: Load.Share
    var identity: PeerIdentity?
    var isOverLimit = false
    var transport: Transport
    var connection: Connection
    var exchange: Exchange?
    var interest = Interest(reads: true)
    /// The slot it stands in, so that it need not stand in two.
    var scheduled: Duration?
    /// libssl must write before it can read on.
    var readWantsWrite = false
    var hasFinishedWriting = false
    var bodyWaiter: CheckedContinuation<Result<[UInt8]?, HTTPFailure>, Never>?
    var outputWaiter: CheckedContinuation<Bool, Never>?

    init(
        _ transport: consuming Transport,
        address: String?,
        share: Load.Share,
        connection: consuming Connection
    ) {
        self.transport = transport
        self.address = address
        self.share = share
        self.connection = connection
    }

    var mayWait: Bool { exchange?.options.mayWait ?? false }

    /// Wakes a handler that waits for more of the body, if there is more to say.
    func feedBodyWaiter(at now: Duration) {
        guard let waiter = bodyWaiter, let piece = nextPiece(at: now) else { return }
        bodyWaiter = nil
        waiter.resume(returning: .success(piece))
    }

    /// - Returns: nil if nothing is there yet; `.some(nil)` at the end.
    func nextPiece(at now: Duration) -> [UInt8]?? {
        if !connection.body.isEmpty { return .some(connection.takeBody(at: now)) }
        return connection.isRequestWhole ? .some(nil) : nil
    }

    /// Ends whatever the handler waits for and tells its task.
    func abandon(_ failure: HTTPFailure) {
        bodyWaiter?.resume(returning: .failure(failure))
        bodyWaiter = nil
        outputWaiter?.resume(returning: false)
        outputWaiter = nil
        exchange?.task?.cancel()
    }
}
