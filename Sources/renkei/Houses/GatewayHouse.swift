import Audit
import Cryptography
import ExchangeAPI
import Gateway
import HTTP
import Primitives
import Sheets
import Storage

/// A gateway put together from its data folder: one process, many organisations.
struct GatewayHouse: Sendable {
    let folder: DataFolder
    let catalogue: SheetCatalogue
    let organisations: [MemberID: OrganisationGateway]

    /// What the house knows of an organisation's exchange, in `orgs/<memberId>/exchange.json`.
    struct Joined: Sendable {
        let url: String
        let host: LogHost

        var bytes: [UInt8] {
            let json: JSON = ["url": .string(url), "host": .string(host.text)]
            return json.canonicalBytes
        }

        init(url: String, host: LogHost) {
            self.url = url
            self.host = host
        }

        init(reading bytes: [UInt8]) throws(DecodingRefusal) {
            var reader = try ObjectReader(try JSON(reading: bytes))
            url = try reader.text("url")
            host = try reader.value("host", LogHost.init(_:))
            try reader.finish()
        }
    }

    static func open(
        _ path: String,
        unlock: SecretBytes,
        settings: GatewaySettings
    ) async throws -> GatewayHouse {
        let folder = try DataFolder(path, kind: .gateway)
        let catalogue = try Installation.catalogue()
        var organisations: [MemberID: OrganisationGateway] = [:]
        for member in try members(in: path) {
            organisations[member] = try await organisation(
                member,
                folder,
                catalogue,
                unlock: unlock,
                settings: settings
            )
        }
        return GatewayHouse(folder: folder, catalogue: catalogue, organisations: organisations)
    }

    /// Organisations that have joined.
    static func members(in path: String) throws(FileError) -> [MemberID] {
        let orgs = path + "/orgs"
        guard Files.exists(orgs) else { return [] }
        return try Files.names(in: orgs).compactMap { MemberID($0) }.filter {
            Files.exists("\(orgs)/\($0)/exchange.json")
        }
    }

    private static func organisation(
        _ member: MemberID,
        _ folder: DataFolder,
        _ catalogue: SheetCatalogue,
        unlock: SecretBytes,
        settings: GatewaySettings
    ) async throws -> OrganisationGateway {
        let time = SystemTime()
        let own = folder.path + "/orgs/" + member.text
        let keys = try FileKeyStore(folder: own + "/keys", unlockSecret: unlock)
        let store = try SQLiteGatewayStore(
            of: member,
            in: folder,
            clock: time,
            source: Program.source("gateway")
        )
        let joined = try Joined(
            reading: try Files.read(own + "/exchange.json", atMost: Limits.statementBytes)
        )
        let root = try Files.read(own + "/root.pem", atMost: Limits.statementBytes)
        let client = try await client(keys, store, joined, root)
        return try await OrganisationGateway.open(
            GatewayParts(
                member: member,
                root: try Certificate(pem: root),
                keyStore: keys,
                store: store,
                exchange: ExchangeClient(client),
                catalogue: catalogue,
                settings: settings,
                seams: (time, SystemRandom())
            )
        )
    }

    /// A client that shows the organisation's transport certificate and trusts its exchange alone.
    private static func client(
        _ keys: FileKeyStore,
        _ store: SQLiteGatewayStore,
        _ joined: Joined,
        _ root: [UInt8]
    ) async throws -> Client {
        let chain = try await store.read { stored throws(StoreError) in
            try stored.setting(.transportChain)
        }
        guard let chain, let key = keys.handle(labelled: "transport-1") else {
            throw GatewayError.notEnrolled
        }
        let secret = try await keys.transportKey(key)
        return Client(
            base: joined.url,
            identity: ClientIdentity(certificatePEM: chain, keyPEM: secret.withBytes { $0 }),
            roots: [root]
        )
    }

    /// The organisation a command speaks of: the one named, or the only one.
    func organisation(_ named: String?) throws(GatewayError) -> OrganisationGateway {
        guard let named else {
            guard organisations.count == 1, let only = organisations.values.first else {
                throw .notFound
            }
            return only
        }
        guard let member = MemberID(named), let found = organisations[member] else {
            throw .notFound
        }
        return found
    }
}
