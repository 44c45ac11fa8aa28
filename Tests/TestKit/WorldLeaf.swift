import Audit
import Cryptography
import Directory
import Primitives

/// The leaf of the `keys` tree that records a change, and the object beside it.
enum WorldLeaf {
    static func make(
        _ change: DirectoryChange,
        of exchange: WorldExchange,
        at time: Timestamp
    ) throws -> (leaf: AuditLeaf, object: [UInt8]) {
        let (event, object, bytes, peer) = try facts(change)
        var facts = AuditFacts(
            event,
            by: event == .listPublished
                ? .system
                : event == .certificateRotated
                    ? .member
                    : Agent(
                        .operator,
                        name: "registrar",
                        role: try required(RoleCode("operator")),
                        assurance: .twoFactor
                    ),
            for: PartyID(exchange.id),
            on: object,
            at: time
        )
        facts.peer = peer
        if case .statement(let statement) = change { facts.statementSha256 = statement.sha256 }
        let entry = AuditEntry(facts, in: .keys, random: exchange.random)
        let key = DataKey(reference: 1, secret: SecretBytes.random(32), random: SystemRandom())
        let source = AuditSource(
            node: try required(NodeName("test")),
            productVersion: try required(ProductVersion("1.0"))
        )
        let leaf = entry.sealed(origin: exchange.keysOrigin, by: key).leaf(at: time, source: source)
        return (leaf, bytes)
    }

    private typealias Facts = (AuditEvent, AuditObject, [UInt8], PartyID?)

    private static func facts(_ change: DirectoryChange) throws -> Facts {
        switch change {
        case .authority(let certificate):
            let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
            return (.authorityAdded, object, certificate.der, nil)
        case .certificate(let member, let certificate):
            let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
            return (.certificateIssued, object, certificate.der, member.map { PartyID($0) })
        case .list(let list):
            let object = AuditObject.list(
                issuer: list.issuerKeyID,
                number: Int64(list.number),
                sha256: list.sha256
            )
            return (.listPublished, object, list.der, nil)
        case .statement(let statement):
            let member = statement.json["memberId"]?.string.flatMap { PartyID($0) }
            let object = AuditObject.statement(statement.sha256)
            switch statement.type {
            case .membership: return (.membershipChanged, object, statement.bytes, member)
            case .directoryEntry:
                return (.directoryChanged, object, statement.bytes, member ?? statement.issuer)
            case .revocation: return (.certificateRevoked, object, statement.bytes, member)
            case .rotation: return (.certificateRotated, object, statement.bytes, member)
            case .policy: return (.policyChanged, object, statement.bytes, nil)
            default: throw FixtureFault()
            }
        }
    }
}
