import Primitives

/// Reads, decodes, encodes and writes for its connections, on a thread of its own. It runs no
/// handler and waits for nothing but epoll.
actor DataLoop {
    nonisolated let executor: LoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }
    /// Connections whose handshake is done. Whoever puts one in lets go of it.
    nonisolated let arrivals = Lock<[Peer]>([])

    let service: Service
    var peers: [UInt64: Peer] = [:]
    var isDraining = false
    private var lastID: UInt64 = 0
    /// Connections that used up their budget of a turn.
    private var ready: Set<UInt64> = []
    private var scratch = [UInt8](repeating: 0, count: 16 * 1024)
    private var alarm: Alarm
    private var drainEnd: Duration?

    init(_ service: Service) throws(ServerError) {
        self.service = service
        executor = try LoopExecutor()
        alarm = Alarm(service.time, executor)
    }

    var now: Duration { service.time.uptime }

    /// Serves until it was drained.
    nonisolated func run() async {
        await executor.run(named: "renkei-data") { events in
            self.assumeIsolated { $0.turn(events) }
        }
    }

    /// Hands over a connection. From now on it is this loop's.
    nonisolated func adopt(_ peer: Peer) {
        arrivals.withLock { $0.append(peer) }
        executor.wake()
    }

    /// Finishes what runs, at most until `end`, and then stops.
    func drain(until end: Duration) {
        isDraining = true
        drainEnd = end
        alarm.add(0, at: end)
        for (id, peer) in peers where peer.connection.isIdle { drop(id, peer) }
    }

    private func turn(_ events: [Readiness]) -> LoopExecutor.Next {
        takeArrivals()
        let waiting = ready
        ready = []
        for event in events {
            guard let peer = peers[event.id] else { continue }
            if event.isGone, peer.connection.phase != .lingering {
                drop(event.id, peer)
            } else {
                drive(event.id, peer)
            }
        }
        for id in waiting { if let peer = peers[id] { drive(id, peer) } }
        expire()
        if isDraining, peers.isEmpty {
            alarm.stop()
            return .stop
        }
        return ready.isEmpty ? .wait : .again
    }

    private func takeArrivals() {
        let new = arrivals.withLock { arrivals in
            defer { arrivals = [] }
            return arrivals
        }
        for peer in new {
            lastID += 1
            peers[lastID] = peer
            executor.poller.add(peer.transport.socket.descriptor, lastID, peer.interest)
            drive(lastID, peer)
        }
    }

    // MARK: One connection

    /// Does all that can be done for a connection now, within its budget.
    func drive(_ id: UInt64, _ peer: Peer) {
        var toRead = service.limits.readPerTurn
        var toWrite = service.limits.writePerTurn
        while true {
            while let event = peer.connection.next(at: now) { handle(event, id, peer) }
            peer.feedBodyWaiter(at: now)
            guard flush(peer, &toWrite) else { return drop(id, peer) }
            guard peer.connection.phase != .closed else { return drop(id, peer) }
            if peer.connection.hasWork { continue }
            guard peer.connection.wantsBytes else { break }
            guard toRead > 0 else {
                ready.insert(id)
                break
            }
            switch read(peer) {
            case .moved(let count): toRead -= count
            case .wantsRead, .wantsWrite:
                settle(id, peer)
                return
            case .ended: peer.connection.peerFinished()
            case .failed: return drop(id, peer)
            }
        }
        settle(id, peer)
    }

    private func read(_ peer: Peer) -> TransportOutcome {
        let isLingering = peer.connection.phase == .lingering
        let outcome =
            isLingering
            ? peer.transport.discard(into: &scratch) : peer.transport.read(into: &scratch)
        peer.readWantsWrite = outcome == .wantsWrite
        if case .moved(let count) = outcome { peer.connection.receive(scratch[..<count], at: now) }
        return outcome
    }

    /// - Returns: false if the connection broke.
    private func flush(_ peer: Peer, _ budget: inout Int) -> Bool {
        while !peer.connection.output.isEmpty, budget > 0 {
            let limit = min(budget, 64 * 1024)
            let outcome = peer.connection.output.withStore { bytes, start in
                peer.transport.write(bytes, from: start, atMost: limit)
            }
            switch outcome {
            case .moved(let count):
                budget -= count
                peer.connection.wrote(count, at: now)
            case .wantsRead, .wantsWrite: return true
            case .ended, .failed: return false
            }
        }
        if peer.connection.output.count <= service.limits.queueLow {
            peer.outputWaiter?.resume(returning: true)
            peer.outputWaiter = nil
        }
        if peer.connection.phase == .lingering, !peer.hasFinishedWriting {
            peer.hasFinishedWriting = true
            peer.transport.finishWriting()
        }
        return true
    }

    /// Tells epoll and the timers what the connection waits for.
    private func settle(_ id: UInt64, _ peer: Peer) {
        let wanted = Interest(
            reads: peer.connection.wantsBytes,
            writes: !peer.connection.output.isEmpty || peer.readWantsWrite
        )
        if wanted != peer.interest {
            peer.interest = wanted
            executor.poller.change(peer.transport.socket.descriptor, id, wanted)
        }
        schedule(id, peer)
    }

    func drop(_ id: UInt64, _ peer: Peer) {
        peers[id] = nil
        ready.remove(id)
        peer.abandon(.aborted)
        service.load.closed(peer.share)
    }

    // MARK: Time

    private func schedule(_ id: UInt64, _ peer: Peer) {
        guard let deadline = peer.connection.deadline(mayWait: peer.mayWait) else { return }
        if let scheduled = peer.scheduled, scheduled <= deadline { return }
        peer.scheduled = deadline
        alarm.add(id, at: deadline)
    }

    private func expire() {
        for id in alarm.due(at: now) {
            guard let peer = peers[id] else { continue }
            peer.scheduled = nil
            switch peer.connection.expire(mayWait: peer.mayWait, at: now) {
            case .close: drop(id, peer)
            case .refuse(let failure):
                refuse(failure, id, peer)
                drive(id, peer)
            case nil: schedule(id, peer)
            }
        }
        if let drainEnd, drainEnd <= now {
            for (id, peer) in peers { drop(id, peer) }
        }
    }
}
