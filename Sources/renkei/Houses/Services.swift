import Configuration
import Cryptography
import Exchange
import Gateway
import HTTP
import Primitives
import Storage

/// `exchange serve`: everything of an exchange that runs.
struct ExchangeService {
    private let invocation: Invocation
    private let console: Console
    private let log = LogLine(time: SystemTime(), sink: FileSink.errorOutput)

    init(_ invocation: Invocation, _ console: Console) {
        self.invocation = invocation
        self.console = console
    }

    func run() async throws {
        let configured = try invocation.text(.configuration).map { path in
            try SettingsFiles.load(.exchange, from: path)
        }
        let place = Place(.exchange, invocation, configured: configured?[Setting.data])
        let listen =
            invocation.text(.listen).flatMap { ListenAddress($0) }
            ?? configured?[Setting.apiAddress] ?? ListenAddress("0.0.0.0:8443")
        guard let address = listen?.address else { preconditionFailure("a fixed address") }
        var settings = configured.map { ExchangeSettings($0) } ?? ExchangeSettings()
        if let seconds = invocation.number(.checkpointEvery) {
            settings.checkpointEvery = .seconds(seconds)
        }
        let secret = try place.unlockSecret(configured)
        let house = try await ExchangeHouse.open(place.data, unlock: secret, settings: settings)
        let readiness = Operations.Readiness()
        let server = try Server(
            [
                try await house.listener(address, log),
                ControlSocket.listener(place.data, ExchangeDesk(house: house)),
            ] + Operations.listeners(invocation, readiness),
            time: SystemTime(),
            limits: configured.map { ServerLimits($0) } ?? ServerLimits()
        )
        log.write("process.started", ["port": .integer(Int64(server.ports[0]))])
        let node = house.node
        let log = log
        node.onNewCredentials {
            do throws(ExchangeFault) {
                let tls = try await house.tls()
                do throws(ServerError) { try server.reload(listener: 0, tls: tls) } catch {
                    log.write(error)
                }
            } catch { log.write(error) }
        }
        Service.endWithInput(invocation)
        await Service.run(server) {
            await node.run { log.write($0) }
        } isAlive: {
            await Service.answers(house.store) { log.write($0) }
        } draining: {
            readiness.drain()
            await node.drain()
        }
        ControlSocket.remove(place.data)
        house.store.close()
        log.write("process.stopped")
    }
}

/// `gateway serve`: the couriers of all organisations and the control socket.
struct GatewayService {
    private let invocation: Invocation
    private let console: Console
    private let log = LogLine(time: SystemTime(), sink: FileSink.errorOutput)

    init(_ invocation: Invocation, _ console: Console) {
        self.invocation = invocation
        self.console = console
    }

    func run() async throws {
        let configured = try invocation.text(.configuration).map { path in
            try SettingsFiles.load(.gateway, from: path)
        }
        let place = Place(.gateway, invocation, configured: configured?[Setting.data])
        var settings = GatewaySettings()
        settings.productVersion = Program.version
        settings.isTestExchange = invocation.has(.sandbox)
        if let configured {
            settings.hold = configured[Setting.Gateway.hold]
            settings.checkpointEvery = configured[Setting.checkpointEvery]
        }
        if let seconds = invocation.number(.hold) { settings.hold = .seconds(seconds) }
        if let seconds = invocation.number(.checkpointEvery) {
            settings.checkpointEvery = .seconds(seconds)
        }
        let secret = try place.unlockSecret(configured)
        let house = try await GatewayHouse.open(
            place.data,
            unlock: secret,
            token: try Token.configured(configured),
            settings: settings
        )
        let readiness = Operations.Readiness()
        let log = log
        let pagesPlace = try PagesPlace(invocation, configured)
        let post = try NoticePost(configured, origin: pagesPlace?.origin)
        let pages = try await PagesHouse.open(house, at: pagesPlace, unlock: secret, log)
        let server = try Server(
            (pages.map { [$0.listener] } ?? []) + [
                ControlSocket.listener(place.data, GatewayDesk(house: house))
            ]
                + Operations.listeners(invocation, readiness),
            time: SystemTime(),
            limits: configured.map { ServerLimits($0) } ?? ServerLimits()
        )
        log.write(
            "process.started",
            [
                "organisations": .integer(Int64(house.organisations.count)),
                "pages": pages.map { _ in .integer(Int64(server.ports[0])) },
            ]
        )
        Service.endWithInput(invocation)
        await Service.run(server) {
            await withTaskGroup(of: Void.self) { group in
                for (member, gateway) in house.organisations {
                    let courier = Courier(gateway) { log.write($0, of: member.text) }
                    group.addTask { await courier.run() }
                }
                if let pages {
                    group.addTask { await pages.keepCertificate(server, log) }
                }
                if let post {
                    let round = NoticeRound(post, SystemTime(), SystemRandom())
                    group.addTask { await round.run(house) { log.write($0, of: $1.text) } }
                }
                group.addTask {
                    await house.staff.keepHouse(SystemTime()) { log.write($0, of: $1.text) }
                }
            }
        } isAlive: {
            await Service.answers(house, log)
        } draining: {
            readiness.drain()
        }
        ControlSocket.remove(place.data)
        for gateway in house.organisations.values { gateway.store.close() }
        log.write("process.stopped")
    }
}

extension ServerLimits {
    /// What the configuration of an operator says.
    init(_ settings: Settings) {
        self.init()
        requestLineBytes = settings[Setting.Limit.requestLine]
        fieldLineBytes = settings[Setting.Limit.fieldLine]
        headBytes = settings[Setting.Limit.head]
        fieldCount = settings[Setting.Limit.fieldCount]
        handshakeDeadline = settings[Setting.Limit.handshakeDeadline]
        headDeadline = settings[Setting.Limit.headDeadline]
        writeStall = settings[Setting.Limit.writeStall]
        idleKeepAlive = settings[Setting.Limit.idleKeepAlive]
        requestsPerConnection = settings[Setting.Limit.requestsPerConnection]
        handlerDeadline = settings[Setting.Limit.handlerDeadline]
        runningHandlers = settings[Setting.Limit.handlers]
        connections = settings[Setting.Limit.connections]
        connectionsPerIdentity = settings[Setting.Limit.connectionsPerIdentity]
        connectionsPerAddress = settings[Setting.Limit.connectionsPerAddress]
        drain = settings[Setting.drain]
    }
}

/// Runs a server beside its work until a signal asks for the end.
enum Service {
    static func run(
        _ server: Server,
        _ work: @escaping @Sendable () async -> Void,
        isAlive: @escaping @Sendable () async -> Bool,
        draining: @escaping @Sendable () async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            group.addTask { await work() }
            group.addTask { await ServiceManager.keepWatch(SystemTime(), isAlive) }
            let signals = Signals.received()
            ServiceManager.tell(.ready)
            for await signal in signals where signal != .hangUp { break }
            ServiceManager.tell(.stopping)
            await draining()
            server.drain()
            group.cancelAll()
        }
    }
}

extension Service {
    /// Whether a store still reads.
    static func answers(_ store: some AuditStore, _ report: (StoreError) -> Void) async -> Bool {
        do throws(StoreError) {
            _ = try await store.audit { log throws(StoreError) in try log.trees() }
            return true
        } catch {
            report(error)
            return false
        }
    }

    static func answers(_ house: GatewayHouse, _ log: LogLine) async -> Bool {
        for (member, gateway) in house.organisations {
            let answers = await answers(gateway.store) { log.write($0, of: member.text) }
            guard answers else { return false }
        }
        return true
    }

    /// For a service that belongs to another process: when its standard input ends, because that
    /// process has ended, it drains as if it were asked to.
    static func endWithInput(_ invocation: Invocation) {
        guard invocation.has(.untilInputEnds) else { return }
        LiveThread.start {
            do throws(FileError) { _ = try OpenFile.readInput(atMost: 0) } catch {
                // More than nothing: whoever writes there wants the end as well.
            }
            Signals.raise(.terminate)
        }
    }
}

extension ListenAddress {
    var address: ListenerConfiguration.Address { .tcp(host: host, port: port) }
}
