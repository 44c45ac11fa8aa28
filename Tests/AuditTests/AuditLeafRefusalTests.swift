import Audit
import Primitives
import Testing

/// What the strict reader of leaves refuses, by changes to one good leaf.
struct AuditLeafRefusalTests {
    static func leaf() throws -> JSONObject {
        let json = try JSON(canonical: AuditWorld.leaf(1))
        return try #require(json.object)
    }

    static func read(
        _ members: JSONObject,
        in tree: TreeKind = .transport
    ) throws -> AuditLeaf {
        try AuditLeaf(reading: JSON.object(members).canonicalBytes, in: tree)
    }

    @Test func `the leaf as it is written is read`() throws {
        let leaf = try AuditLeafRefusalTests.read(try AuditLeafRefusalTests.leaf())
        #expect(leaf.facts.statementSha256 == AuditWorld.digest(1))
        #expect(leaf.bytes == AuditWorld.leaf(1))
    }

    @Test(
        arguments: [
            ("version", 2), ("version", "1"), ("at", "2026-11-21T02:03:04Z"), ("at", 0),
            ("type", "message.lost"), ("type", "sheet.opened"), ("action", "R"), ("action", "X"),
            ("outcome", 1), ("outcome", 4), ("reason", "free text"), ("organisation", "hospital"),
            ("peer", "m0"), ("peer", .string(AuditWorld.office.text)), ("object", "message"),
            ("statementSha256", "00"), ("purpose", "care"), ("purpose", "curiosity"),
            ("actor", "peer"), ("network", "127.0.0.1"), ("patient", "0123456789"), ("consent", 1),
            ("details", "free text"), ("source", "node-1"), ("actorName", "佐藤花子"), ("size", 1),
        ] as [(String, JSON)]
    )
    func `a member that is wrong or unknown is refused`(name: String, value: JSON) throws {
        var members = try AuditLeafRefusalTests.leaf()
        members[name] = value
        #expect(throws: DecodingRefusal.self) { try AuditLeafRefusalTests.read(members) }
    }

    @Test(arguments: [
        "version", "at", "type", "action", "outcome", "organisation", "object", "actor", "source",
        "statementSha256",
    ])
    func `a member that must be there is missed`(name: String) throws {
        var members = try AuditLeafRefusalTests.leaf()
        members[name] = nil
        #expect(throws: DecodingRefusal.self) { try AuditLeafRefusalTests.read(members) }
    }

    @Test(
        arguments: [
            ("object", "kind", "sheet"), ("object", "kind", "account"), ("object", "id", "name"),
            ("object", "sha256", .string(AuditWorld.statement.hex)), ("object", "stage", "A stage"),
            ("object", "more", 1), ("actor", "kind", "person"), ("actor", "kind", "patient"),
            ("actor", "commitment", "佐藤花子"), ("actor", "role", "看護師"),
            ("actor", "assurance", "high"), ("actor", "name", "佐藤花子"), ("source", "node", ""),
            ("source", "productVersion", "v 1"), ("source", "address", "127.0.0.1"),
        ] as [(String, String, JSON)]
    )
    func `a wrong member further in is refused`(
        name: String,
        inner: String,
        value: JSON
    ) throws {
        var members = try AuditLeafRefusalTests.leaf()
        var object = try #require(members[name]?.object)
        object[inner] = value
        members[name] = .object(object)
        #expect(throws: DecodingRefusal.self) { try AuditLeafRefusalTests.read(members) }
    }

    @Test func `a leaf of one tree is no leaf of another`() throws {
        let members = try AuditLeafRefusalTests.leaf()
        for tree in [TreeKind.keys, .access] {
            #expect(throws: DecodingRefusal.self) {
                try AuditLeafRefusalTests.read(members, in: tree)
            }
        }
    }

    @Test func `a closed list of reasons is closed`() throws {
        var act = AuditFacts(
            .connectionRefused,
            by: .stranger,
            for: PartyID(AuditWorld.exchange),
            on: .certificate(AuditWorld.demand(KeyID(String(repeating: "0", count: 40)))),
            at: AuditWorld.time
        )
        act.outcome = .seriousFailure
        act.reason = AuditReason("revoked")
        let entry = AuditEntry(act, in: .transport, random: CountingRandom())
            .sealed(origin: AuditWorld.transport, by: AuditWorld.dataKey())
        let bytes = entry.leaf(at: entry.at, source: AuditWorld.source).bytes
        var members = try #require(try JSON(canonical: bytes).object)
        _ = try AuditLeafRefusalTests.read(members)
        for reason: JSON? in ["ugly", nil] {
            members["reason"] = reason
            #expect(throws: DecodingRefusal(.badForm, at: "/reason")) {
                try AuditLeafRefusalTests.read(members)
            }
        }
    }

    @Test func `bytes that are not canonical or too many are refused`() {
        let bytes = AuditWorld.leaf(1)
        let spaced = bytes + [0x20]
        #expect(throws: DecodingRefusal(.notCanonical)) {
            try AuditLeaf(reading: spaced, in: .transport)
        }
        let long = bytes + [UInt8](repeating: 0x20, count: Limits.leafBytes + 1 - bytes.count)
        #expect(throws: DecodingRefusal(.tooLarge)) {
            try AuditLeaf(reading: long, in: .transport)
        }
        #expect(throws: DecodingRefusal.self) { try AuditLeaf(reading: [], in: .transport) }
    }
}
