import Glibc
import Primitives

/// Accepts the connections of one listener and runs their handshakes, on a thread of its own, so
/// that a storm of handshakes does not slow those who are in.
actor HandshakeLoop {
    nonisolated let executor: LoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    private let service: Service
    private let settings: Lock<TLSServerContext?>
    private let data: DataLoop
    private nonisolated let isDraining = Lock(false)
    private var listening: Socket?
    private var pending: [UInt64: Handshake] = [:]
    private var lastID = HandshakeLoop.listeningID
    private var alarm: Alarm
    private var scratch = [UInt8](repeating: 0, count: 16 * 1024)
    private var second: (number: Int64, accepted: Int) = (0, 0)
    private let acceptedPerSecond: Int

    private static let listeningID: UInt64 = 1
    private static let pause = Duration.milliseconds(100)

    private final class Handshake {
        let peer: Peer
        var deadline: Duration
        var interest = Interest(reads: true)
        /// It failed. The alert is on its way, and a reset must not overtake it.
        var isLingering = false

        init(_ peer: Peer, deadline: Duration) {
            self.peer = peer
            self.deadline = deadline
        }
    }

    init(
        _ service: Service,
        _ settings: Lock<TLSServerContext?>,
        _ listening: consuming Socket,
        handingTo data: DataLoop
    ) throws(ServerError) {
        self.service = service
        self.settings = settings
        self.data = data
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        acceptedPerSecond = service.limits.handshakesPerSecondAndCore * cores
        executor = try LoopExecutor()
        alarm = Alarm(service.time, executor)
        executor.poller.add(
            listening.descriptor,
            HandshakeLoop.listeningID,
            Interest(reads: true)
        )
        self.listening = consume listening
    }

    private var now: Duration { service.time.uptime }

    /// Accepts until drained; then nothing listens any more.
    nonisolated func run() async {
        await executor.run(named: "renkei-accept") { events in
            self.assumeIsolated { $0.turn(events) }
        }
    }

    nonisolated func drain() {
        isDraining.withLock { $0 = true }
        executor.wake()
    }

    private func turn(_ events: [Readiness]) -> LoopExecutor.Next {
        guard !isDraining.withLock({ $0 }) else {
            listening = nil
            for (id, handshake) in pending { drop(id, handshake) }
            alarm.stop()
            return .stop
        }
        for event in events {
            if event.id == HandshakeLoop.listeningID {
                accept()
            } else if let handshake = pending[event.id] {
                advance(event.id, handshake)
            }
        }
        for id in alarm.due(at: now) {
            if id == HandshakeLoop.listeningID {
                listen(true)
            } else if let handshake = pending[id], handshake.deadline <= now {
                drop(id, handshake)
            }
        }
        return .wait
    }

    // MARK: Accepting

    private func accept() {
        for _ in 0..<64 {
            guard mayAccept() else { return pauseAccepting() }
            guard let accepted = listening?.accept() else { return }
            switch consume accepted {
            case .none: return
            case .failed: return pauseAccepting()
            case .connection(let socket, let address): take(socket, address)
            }
        }
    }

    /// Full, or too many this second: the kernel's queue holds those who wait.
    private func mayAccept() -> Bool {
        let number = now.components.seconds
        if second.number != number { second = (number, 0) }
        return !service.load.isFull && second.accepted < acceptedPerSecond
    }

    private func pauseAccepting() {
        listen(false)
        alarm.add(HandshakeLoop.listeningID, at: now + HandshakeLoop.pause)
    }

    private func listen(_ reads: Bool) {
        guard let descriptor = listening?.descriptor else { return }
        executor.poller.change(descriptor, HandshakeLoop.listeningID, Interest(reads: reads))
    }

    private func take(_ socket: consuming Socket, _ address: String?) {
        second.accepted += 1
        guard let share = service.load.admit(address: address) else { return }
        let settings = settings.withLock { $0 }
        guard let transport = HandshakeLoop.transport(socket, settings) else {
            return service.load.closed(share)
        }
        let peer = Peer(
            transport,
            address: address,
            share: share,
            connection: Connection(limits: service.limits, now: now)
        )
        guard settings != nil else { return data.adopt(peer) }
        let handshake = Handshake(peer, deadline: now + service.limits.handshakeDeadline)
        lastID += 1
        pending[lastID] = handshake
        executor.poller.add(peer.transport.socket.descriptor, lastID, handshake.interest)
        alarm.add(lastID, at: handshake.deadline)
    }

    private static func transport(
        _ socket: consuming Socket,
        _ settings: TLSServerContext?
    ) -> Transport? {
        guard let settings else { return Transport(socket, tls: nil) }
        return settings.transport(over: socket)
    }

    // MARK: Handshakes

    private func advance(_ id: UInt64, _ handshake: Handshake) {
        guard !handshake.isLingering else { return discard(id, handshake) }
        switch handshake.peer.transport.handshake() {
        case .moved: finish(id, handshake)
        case .wantsRead: wait(id, handshake, Interest(reads: true))
        case .wantsWrite: wait(id, handshake, Interest(writes: true))
        case .ended, .failed:
            handshake.isLingering = true
            handshake.deadline = now + service.limits.linger
            handshake.peer.transport.finishWriting()
            wait(id, handshake, Interest(reads: true))
            alarm.add(id, at: handshake.deadline)
        }
    }

    private func wait(_ id: UInt64, _ handshake: Handshake, _ interest: Interest) {
        guard interest != handshake.interest else { return }
        handshake.interest = interest
        executor.poller.change(handshake.peer.transport.socket.descriptor, id, interest)
    }

    private func finish(_ id: UInt64, _ handshake: Handshake) {
        let peer = handshake.peer
        pending[id] = nil
        executor.poller.remove(peer.transport.socket.descriptor)
        peer.identity = peer.transport.identity()
        if let identity = peer.identity {
            peer.isOverLimit = service.load.identified(&peer.share, as: identity.fingerprint)
        }
        peer.connection = Connection(limits: service.limits, now: now)
        data.adopt(peer)
    }

    private func discard(_ id: UInt64, _ handshake: Handshake) {
        while true {
            switch handshake.peer.transport.discard(into: &scratch) {
            case .moved: continue
            case .wantsRead, .wantsWrite: return
            case .ended, .failed: return drop(id, handshake)
            }
        }
    }

    private func drop(_ id: UInt64, _ handshake: Handshake) {
        pending[id] = nil
        service.load.closed(handshake.peer.share)
    }
}
