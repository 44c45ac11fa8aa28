import Delivery
import Directory
import Envelope
import Foundation
import Primitives
import Sheets
import TestKit

@testable import Cryptography

/// What all vectors share: the root, the changes of the directory, the members' encryption keys.
///
/// `world/world.json` names the members, `world/directory.json` and `world/directory-<name>.json`
/// hold changes in order, `world/keys/<place>.pem` are private keys for tests alone.
struct VectorWorld {
    let root: Certificate
    let base: [DirectoryRow]
    /// Further changes, by name.
    let additions: [ByteText: [DirectoryRow]]
    let members: [World.Place: MemberID]
    let keys: [World.Place: [UInt8]]

    /// As it is stored, read once.
    static let stored = Result { try load() }
    private static let views = Lock<[[String]: DirectoryView]>([:])

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors/envelope")

    /// The directory with the additions of these names.
    func directory(with names: [String]) throws -> DirectoryView {
        let key = [root.sha256.hex] + names
        if let view = Self.views.withLock({ $0[key] }) { return view }
        var view = DirectoryView(root: root)
        let rows = try base + names.flatMap { try required(additions[ByteText($0)]) }
        for row in rows { try view.apply(row.change, at: row.at) }
        let made = view
        Self.views.withLock { $0[key] = made }
        return made
    }

    func keyStore(of place: World.Place) throws -> (MemoryKeyStore, [KeyID: KeyHandle]) {
        let store = MemoryKeyStore()
        let pem = String(decoding: try required(keys[place]), as: UTF8.self)
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        let der = try required(Base64.decode(lines.joined(), .standard))
        let key = try StoredKey(
            label: try required(KeyLabel("encryption")),
            use: .encryption,
            key: try PrivateKey.read(.p256, pkcs8: SecretBytes(copying: der))
        )
        try store.ring.add(key)
        return (store, [try required(key.handle.keyID): key.handle])
    }

    // MARK: Files

    static func load() throws -> VectorWorld {
        let folder = folder.appending(path: "world")
        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: folder.appending(path: name)))
        }
        func rows(_ name: String) throws -> [DirectoryRow] {
            try required(try JSON(reading: bytes(name)).array).map { try DirectoryRow($0) }
        }
        let json = try JSON(reading: bytes("world.json"))
        var members: [World.Place: MemberID] = [:]
        var keys: [World.Place: [UInt8]] = [:]
        for place in World.Place.allCases {
            members[place] = try required(
                json["members"]?[place.rawValue]?.string.flatMap(MemberID.init(_:))
            )
            keys[place] = try bytes("keys/\(place.rawValue).pem")
        }
        var additions: [ByteText: [DirectoryRow]] = [:]
        for name in (json["additions"]?.array ?? []).compactMap(\.string) {
            additions[ByteText(name)] = try rows("directory-\(name).json")
        }
        return VectorWorld(
            root: try Certificate(pem: bytes("root.pem")),
            base: try rows("directory.json"),
            additions: additions,
            members: members,
            keys: keys
        )
    }

    func write() throws {
        let folder = Self.folder.appending(path: "world")
        let manager = FileManager.default
        try manager.createDirectory(
            at: folder.appending(path: "keys"),
            withIntermediateDirectories: true
        )
        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: folder.appending(path: name))
        }
        func rows(_ rows: [DirectoryRow]) -> [UInt8] {
            JSON.array(rows.map(\.json)).canonicalBytes
        }
        var names = JSONObject()
        for (place, member) in members { names[place.rawValue] = .name(member) }
        let json: JSON = [
            "members": .object(names), "additions": .texts(additions.keys.sorted().map(\.text)),
        ]
        try write("world.json", json.canonicalBytes)
        try write("root.pem", root.pem.bytes)
        try write("directory.json", rows(base))
        for (name, changes) in additions {
            try write("directory-\(name.text).json", rows(changes))
        }
        for (place, key) in keys { try write("keys/\(place.rawValue).pem", key) }
    }
}

/// One change of the directory as a line of a file: `{at, kind, member?, object}`.
struct DirectoryRow {
    let at: Timestamp
    let change: DirectoryChange

    init(_ change: DirectoryChange, at: Timestamp) {
        self.at = at
        self.change = change
    }

    init(_ json: JSON) throws {
        at = try required(json["at"]?.string.flatMap(Timestamp.init(_:)))
        let bytes = try required(json["object"]?.string.flatMap { Base64.decode($0) })
        let member = json["member"]?.string.flatMap(MemberID.init(_:))
        change =
            switch json["kind"]?.string {
            case "authority": .authority(try Certificate(reading: bytes))
            case "certificate": .certificate(member, try Certificate(reading: bytes))
            case "list": .list(try CertificateRevocationList(reading: bytes))
            default: .statement(try SignedStatement(reading: bytes))
            }
    }

    var json: JSON {
        let (kind, member, bytes): (String, MemberID?, [UInt8]) =
            switch change {
            case .authority(let certificate): ("authority", nil, certificate.der)
            case .certificate(let member, let certificate):
                ("certificate", member, certificate.der)
            case .list(let list): ("list", nil, list.der)
            case .statement(let statement): ("statement", nil, statement.bytes)
            }
        return [
            "at": .time(at), "kind": .string(kind), "member": member.map { .name($0) },
            "object": .bytes(bytes),
        ]
    }
}
