import Audit
import Configuration
import Cryptography
import Directory
import Exchange
import ExchangeAPI
import HTTP
import Primitives
import Storage

/// An exchange put together from its data folder.
struct ExchangeHouse: Sendable {
    let folder: DataFolder
    let store: SQLiteExchangeStore
    let node: ExchangeNode

    /// Makes a new exchange.
    ///
    /// - Returns: the root certificate; it is also in `ca/root.pem`.
    static func found(
        _ path: String,
        name: String,
        host: LogHost,
        unlock: SecretBytes
    ) async throws -> Certificate {
        let time = SystemTime()
        let folder = try DataFolder.create(
            path,
            kind: .exchange,
            isSandbox: false,
            at: time.now
        )
        let store = try store(folder, time)
        let keys = try FileKeyStore(folder: path + "/keys", unlockSecret: unlock)
        let founding = Founding(
            name: name,
            host: host,
            keyStore: keys,
            time: time,
            random: SystemRandom()
        )
        let root = try await founding.found(store)
        try Files.makeFolder(path + "/ca")
        try Files.create(path + "/ca/root.pem", root.pem.bytes, mode: Files.readable)
        store.close()
        return root
    }

    static func open(
        _ path: String,
        unlock: SecretBytes,
        settings: ExchangeSettings
    ) async throws -> ExchangeHouse {
        let time = SystemTime()
        let folder = try DataFolder(path, kind: .exchange)
        let store = try store(folder, time)
        let keys = try FileKeyStore(folder: path + "/keys", unlockSecret: unlock)
        let root = try Certificate(
            pem: try Files.read(path + "/ca/root.pem", atMost: Limits.statementBytes)
        )
        var settings = settings
        settings.diskRoom = { Files.room(of: path) }
        let node = try await ExchangeNode.open(
            root: root,
            keyStore: keys,
            store: store,
            settings: settings,
            seams: (time, SystemRandom())
        )
        return ExchangeHouse(folder: folder, store: store, node: node)
    }

    private static func store(
        _ folder: DataFolder,
        _ time: any TimeSource
    ) throws(StoreError) -> SQLiteExchangeStore {
        try SQLiteExchangeStore(in: folder, clock: time, source: Program.source("exchange"))
    }

    /// What the listener shows now.
    func tls() async throws(ExchangeFault) -> TLSServerConfiguration {
        let credentials = try await node.credentials()
        return TLSServerConfiguration(
            chainPEM: credentials.chain.bytes,
            keyPEM: credentials.key,
            clientRootsPEM: credentials.clientAuthorities.bytes,
            clientCertificate: .optional
        )
    }

    /// The listener of `/x/v1`.
    func listener(
        _ address: ListenerConfiguration.Address,
        _ log: LogLine
    ) async throws -> (ListenerConfiguration, any Handler) {
        let tls = try await tls()
        var router = Router()
        let node = node
        ExchangeRoutes(
            session: { certificate async throws(Refusal) in
                try await node.session(for: certificate)
            },
            enrolment: node,
            admission: { address throws(Refusal) in try node.admitEnrolment(from: address) }
        ).add(to: &router)
        let configuration = ListenerConfiguration(
            address: address,
            tls: tls,
            accessLog: { record in log.write("request", record.members) }
        )
        return (configuration, router)
    }
}

extension ExchangeSettings {
    /// What the configuration of an operator says.
    init(_ settings: Settings) {
        self.init()
        operatorTelephone = TelephoneNumber(settings[Setting.Exchange.telephone])
        bodiesAfterEnd = settings[Setting.Exchange.bodiesAfterEnd]
        limits[.messageBytes] = settings[Setting.Exchange.maximumMessage]
        limits[.requestsPerSecond] = settings[Setting.Exchange.memberRequests]
        limits[.messagesPerSecond] = settings[Setting.Exchange.memberMessages]
        limits[.bytesPerDay] = settings[Setting.Exchange.memberBytes]
        limits[.pairMessages] = settings[Setting.Exchange.pairMessages]
        limits[.pairBytes] = settings[Setting.Exchange.pairBytes]
        limits[.openChunkBytes] = settings[Setting.Exchange.openChunks]
        joiningCode = settings[Setting.Authority.enrolmentCode]
        listEvery = settings[Setting.Authority.listEvery]
        listLife = settings[Setting.Authority.listLife]
        checkpointEvery = settings[Setting.checkpointEvery]
    }
}

extension AccessRecord {
    /// Template, never target; the caller by the beginning of its fingerprint.
    var members: JSONObject {
        [
            "route": .string(template),
            "status": .integer(Int64(status)),
            "bytes": .integer(Int64(bytes)),
            "ms": .integer(milliseconds),
            "peer": identity.map { .string(String($0.hex.prefix(16))) },
            "trace": .string(trace),
        ]
    }
}

extension Program {
    static func source(_ node: String) -> AuditSource {
        guard let name = NodeName(node), let version = ProductVersion(version) else {
            preconditionFailure("fixed names have their form")
        }
        return AuditSource(node: name, productVersion: version)
    }
}
