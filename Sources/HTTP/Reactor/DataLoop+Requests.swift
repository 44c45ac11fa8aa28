import Primitives

/// From the head of a request to its answer.
extension DataLoop {
    func handle(_ event: Connection.Event, _ id: UInt64, _ peer: Peer) {
        switch event {
        case .request(let head): start(head, id, peer)
        case .refuse(let failure): refuse(failure, id, peer)
        }
    }

    private func start(_ head: RequestHead, _ id: UInt64, _ peer: Peer) {
        var exchange = newExchange(head.method)
        peer.exchange = exchange
        do throws(HTTPFailure) {
            exchange.options = try service.plan(
                head,
                of: peer.identity,
                isOverLimit: peer.isOverLimit
            )
            peer.exchange = exchange
            let limit = exchange.options.bodyLimit
            if let failure = peer.connection.limitBody(to: limit) { throw failure }
            let options = exchange.options
            guard options.mayWait || service.load.beginHandler(in: options.pool) else {
                throw service.busy()
            }
        } catch {
            return refuse(error, id, peer)
        }
        if head.expectsContinue { peer.connection.proceed(at: now) }
        let request = Request(
            method: head.method,
            path: head.target.path,
            query: head.target.query,
            fields: head.fields,
            identity: peer.identity,
            remoteAddress: peer.address ?? "",
            trace: exchange.trace,
            stream: BodyStream { () async throws(HTTPFailure) in try await self.nextPiece(id) }
        )
        let pool = exchange.options.mayWait ? nil : exchange.options.pool
        exchange.task = serve(request, id, countedIn: pool)
        peer.exchange = exchange
    }

    /// Starts the handler on the shared pool of threads.
    private nonisolated func serve(
        _ request: Request,
        _ id: UInt64,
        countedIn pool: HandlerPool?
    ) -> Task<Void, Never> {
        // Owned: the exchange of its connection holds it and cancels it.
        Task { [service] in
            let response = await service.handler.respond(to: request)
            if let pool { service.load.endHandler(in: pool) }
            guard await begin(response, id), case .stream(_, let next) = response.body else {
                return
            }
            do throws(HTTPFailure) {
                while let piece = try await next() {
                    guard await stream(piece, id) else { return }
                }
                await endStream(id, isWhole: true)
            } catch {
                await endStream(id, isWhole: false)
            }
        }
    }

    /// Answers with a refusal and closes; or just closes, where an answer has begun.
    func refuse(_ failure: HTTPFailure, _ id: UInt64, _ peer: Peer) {
        peer.abandon(failure)
        guard !peer.connection.isAnswered else { return drop(id, peer) }
        let exchange = peer.exchange ?? newExchange(nil)
        peer.exchange = exchange
        let refusal = service.handler.refusal(of: failure, trace: exchange.trace)
        answer(refusal, peer, closes: failure.endsConnection)
    }

    @discardableResult
    private func answer(_ response: Response, _ peer: Peer, closes: Bool) -> Bool {
        let reply = Reply(
            response: response,
            trace: peer.exchange?.trace ?? "",
            isHead: peer.exchange?.method == .head,
            now: service.time.now
        )
        peer.exchange?.status = response.status
        if case .bytes(let bytes, _) = response.body { peer.exchange?.bytes = bytes.count }
        let isStream = peer.connection.begin(reply, closes: closes || isDraining, at: now)
        if !isStream { log(peer) }
        return isStream
    }

    private func newExchange(_ method: Method?) -> Peer.Exchange {
        Peer.Exchange(
            method: method,
            options: RouteOptions(requiresIdentity: false),
            trace: service.newTrace(),
            began: now
        )
    }

    private func log(_ peer: Peer) {
        guard let exchange = peer.exchange else { return }
        service.configuration.accessLog(
            AccessRecord(
                method: exchange.method,
                template: exchange.options.template,
                status: exchange.status,
                bytes: exchange.bytes,
                milliseconds: (now - exchange.began).inMilliseconds,
                identity: peer.identity?.fingerprint,
                trace: exchange.trace
            )
        )
        peer.exchange = nil
    }

    // MARK: Called by handlers. A late word to a connection that is gone is dropped.

    private func nextPiece(_ id: UInt64) async throws(HTTPFailure) -> [UInt8]? {
        guard let peer = peers[id], peer.exchange != nil else { throw .aborted }
        if let piece = peer.nextPiece(at: now) {
            drive(id, peer)
            return piece
        }
        let result = await withCheckedContinuation { peer.bodyWaiter = $0 }
        if let peer = peers[id] { drive(id, peer) }
        return try result.get()
    }

    /// - Returns: whether a stream is to follow.
    private func begin(_ response: Response, _ id: UInt64) -> Bool {
        guard let peer = peers[id], peer.exchange != nil, !peer.connection.isAnswered else {
            return false
        }
        let isStream = answer(response, peer, closes: false)
        drive(id, peer)
        return isStream
    }

    /// Returns when the peer has taken enough for more to be welcome; false if it is gone.
    private func stream(_ bytes: [UInt8], _ id: UInt64) async -> Bool {
        guard let peer = peers[id] else { return false }
        peer.connection.stream(bytes, at: now)
        peer.exchange?.bytes += bytes.count
        drive(id, peer)
        guard peers[id] != nil, peer.connection.output.count > service.limits.queueHigh else {
            return peers[id] != nil
        }
        return await withCheckedContinuation { peer.outputWaiter = $0 }
    }

    private func endStream(_ id: UInt64, isWhole: Bool) {
        guard let peer = peers[id] else { return }
        guard isWhole else { return drop(id, peer) }
        peer.connection.endStream(at: now)
        log(peer)
        drive(id, peer)
    }
}

extension HTTPFailure {
    /// Whether the peer must come back on another connection, beyond what an unread body demands.
    fileprivate var endsConnection: Bool {
        switch self {
        case .notFound, .methodNotAllowed, .certificateMissing, .unsupportedType: false
        default: true
        }
    }
}
