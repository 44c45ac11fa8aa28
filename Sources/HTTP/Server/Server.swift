import Cryptography
package import Primitives

/// Serves its listeners until it is drained.
package final class Server: Sendable {
    /// The port of each listener, in the order given; 0 for a Unix socket.
    package let ports: [Int]
    private let listeners: [Listener]
    private let load: Load

    /// Binds every listener; nothing is accepted before `run`.
    package init(
        _ listeners: [(ListenerConfiguration, any Handler)],
        time: any TimeSource,
        limits: ServerLimits = ServerLimits(),
        random: any RandomSource = SystemRandom()
    ) throws(ServerError) {
        load = Load(limits: limits)
        var opened: [Listener] = []
        for (configuration, handler) in listeners {
            let service = Service(
                configuration: configuration,
                handler: handler,
                limits: limits,
                time: time,
                random: random,
                load: load
            )
            opened.append(try Listener(service))
        }
        self.listeners = opened
        ports = opened.map(\.port)
    }

    /// Open connections of all listeners.
    package var connections: Int { load.connections }

    /// Returns when everything is drained. Cancelling its task drains as well.
    package func run() async {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                for listener in listeners { group.addTask { await listener.run() } }
            }
        } onCancel: {
            drain()
        }
    }

    /// Closes the listeners and idle connections; running requests finish within the limit, with
    /// `Connection: close`. Waiters in a `LongPollHub` are woken by its own `drain`.
    package func drain() {
        for listener in listeners { listener.drain() }
    }

    /// Shows another chain and asks other roots from the next handshake on; connections that stand
    /// keep theirs. Takes the index of the listener in the list given at the start.
    ///
    /// - Throws: `certificate`; what was in force before then stays in force.
    package func reload(listener: Int, tls: TLSServerConfiguration) throws(ServerError) {
        try listeners[listener].reload(tls)
    }
}

/// One listener with its two loops.
private struct Listener: Sendable {
    let port: Int
    private let service: Service
    private let settings: Lock<TLSServerContext?>
    private let handshakes: HandshakeLoop
    private let data: DataLoop

    init(_ service: Service) throws(ServerError) {
        self.service = service
        let configuration = service.configuration
        var context: TLSServerContext?
        if let tls = configuration.tls {
            context = try TLSServerContext(tls, hostNames: configuration.hostNames)
        }
        settings = Lock(context)
        let socket = try Socket.listening(at: configuration.address)
        port = socket.port
        data = try DataLoop(service)
        handshakes = try HandshakeLoop(service, settings, socket, handingTo: data)
    }

    func run() async {
        async let served: Void = data.run()
        await handshakes.run()
        await data.drain(until: service.time.uptime + service.limits.drain)
        await served
    }

    func drain() { handshakes.drain() }

    func reload(_ tls: TLSServerConfiguration) throws(ServerError) {
        let names = service.configuration.hostNames
        let context = try TLSServerContext(tls, hostNames: names)
        settings.withLock { $0 = context }
    }
}
