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
    /// The people of each organisation.
    let staff = StaffRooms()

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
        token: Token? = nil,
        settings: GatewaySettings
    ) async throws -> GatewayHouse {
        let folder = try DataFolder(path, kind: .gateway)
        let catalogue = try Installation.catalogue()
        var organisations: [MemberID: OrganisationGateway] = [:]
        for member in try members(in: path) {
            let room = try OrganisationRoom(of: member, in: folder, unlock: unlock, token: token)
            organisations[member] = try await organisation(room, catalogue, settings)
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
        _ room: OrganisationRoom,
        _ catalogue: SheetCatalogue,
        _ settings: GatewaySettings
    ) async throws -> OrganisationGateway {
        let parts = try await parts(of: room, catalogue, settings)
        return try await OrganisationGateway.open(parts)
    }

    /// From what the folder of an organisation that has joined says.
    static func parts(
        of room: OrganisationRoom,
        _ catalogue: SheetCatalogue,
        _ settings: GatewaySettings
    ) async throws -> GatewayParts {
        let joined = try Joined(
            reading: try Files.read(room.path + "/exchange.json", atMost: Limits.statementBytes)
        )
        let root = try Files.read(room.path + "/root.pem", atMost: Limits.statementBytes)
        return try await room.parts(joined, try Certificate(pem: root), catalogue, settings)
    }

    /// The organisation a command speaks of: the one named, or the only one.
    func organisation(_ named: String?) throws -> OrganisationGateway {
        try Self.choose(named, among: organisations)
    }

    static func choose<Value>(_ named: String?, among known: [MemberID: Value]) throws -> Value {
        guard !known.isEmpty else { throw GatewayError.notEnrolled }
        guard let named else {
            guard known.count == 1, let only = known.values.first else {
                throw SeveralOrganisations(members: known.keys.sorted())
            }
            return only
        }
        guard let found = MemberID(named).flatMap({ known[$0] }) else {
            throw GatewayError.notFound
        }
        return found
    }
}

/// A command names no organisation where there are several.
struct SeveralOrganisations: Explained {
    let members: [MemberID]

    var code: String { "orgNeeded" }
    var summary: String {
        "There are several organisations here: " + members.map(\.text).joined(separator: ", ") + "."
    }
    var advice: String { "Name one of them with --org; `renkei gateway org list` shows them." }
    var isTemporary: Bool { false }
}

/// The keys and the store of one organisation, in `orgs/<memberId>` of a gateway's folder.
struct OrganisationRoom: Sendable {
    let member: MemberID
    let path: String
    let keys: any KeyStore
    let store: SQLiteGatewayStore
    /// The same as `keys` where a token holds the storage keys.
    private let tokenKeys: TokenKeyStore?

    init(
        of member: MemberID,
        in folder: DataFolder,
        unlock: SecretBytes,
        token: Token?,
        isRecovering: Bool = false
    ) throws {
        self.member = member
        path = folder.path + "/orgs/" + member.text
        try Files.makeFolder(path)
        if let token {
            let kept = try TokenKeyStore(
                folder: path + "/keys",
                unlockSecret: unlock,
                token: token,
                owner: member.text
            )
            (keys, tokenKeys) = (kept, kept)
        } else {
            keys = try FileKeyStore(folder: path + "/keys", unlockSecret: unlock)
            tokenKeys = nil
        }
        var options = StoreOptions()
        options.isRecovering = isRecovering
        store = try SQLiteGatewayStore(
            of: member,
            in: folder,
            clock: SystemTime(),
            source: Program.source("gateway"),
            options: options
        )
    }

    /// The organisation, with a client that shows its transport certificate and trusts the root
    /// alone.
    func open(
        _ joined: GatewayHouse.Joined,
        _ root: Certificate,
        _ catalogue: SheetCatalogue,
        _ settings: GatewaySettings
    ) async throws -> OrganisationGateway {
        let parts = try await parts(joined, root, catalogue, settings)
        return try await OrganisationGateway.open(parts)
    }

    func parts(
        _ joined: GatewayHouse.Joined,
        _ root: Certificate,
        _ catalogue: SheetCatalogue,
        _ settings: GatewaySettings
    ) async throws -> GatewayParts {
        // That the token is missing is said at the start, not at the first sheet.
        if let tokenKeys, let key = tokenKeys.storageKeyInUse { try await tokenKeys.check(key) }
        guard let identity = try await TransportIdentity.stored(in: store, keys) else {
            throw GatewayError.notEnrolled
        }
        let client = Client(
            base: joined.url,
            identity: ClientIdentity(identity),
            roots: [root.pem.bytes]
        )
        var parts = GatewayParts(
            member: member,
            root: root,
            keyStore: keys,
            store: store,
            exchange: ExchangeClient(client),
            catalogue: catalogue,
            settings: settings,
            seams: (SystemTime(), SystemRandom())
        )
        parts.presents = { client.show(ClientIdentity($0)) }
        return parts
    }
}

extension ClientIdentity {
    fileprivate init(_ identity: TransportIdentity) {
        self.init(certificatePEM: identity.chain, keyPEM: identity.key)
    }
}
