import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage

/// Makes the entries and objects of the `keys` tree, one for each kind of change.
struct KeysTreeWriter: Sendable {
    let exchange: ExchangeID
    let now: Timestamp
    let random: any RandomSource
    private(set) var writes: [ExchangeWrite] = []
    private(set) var audit: [AuditEntry] = []
    private(set) var expects: [Precondition] = []

    init(exchange: ExchangeID, now: Timestamp, random: any RandomSource) {
        self.exchange = exchange
        self.now = now
        self.random = random
    }

    mutating func write(_ fact: ExchangeWrite) { writes.append(fact) }
    mutating func expect(_ condition: Precondition) { expects.append(condition) }

    /// A member's new certificate. One for transport is no leaf: it grants no reading and no
    /// signing.
    mutating func issued(_ certificate: Certificate, to member: MemberID) {
        if certificate.role == .memberTransport {
            store(certificate, of: member)
        } else {
            self.certificate(certificate, of: member)
        }
    }

    mutating func authority(_ certificate: Certificate) {
        add(
            .authorityAdded,
            .operator,
            .certificate(certificate.keyID, sha256: certificate.sha256),
            certificate.der
        )
    }

    /// - Parameter member: nil for one of the exchange's own.
    mutating func certificate(_ certificate: Certificate, of member: MemberID?) {
        add(
            .certificateIssued,
            member == nil ? .operator : .peer,
            .certificate(certificate.keyID, sha256: certificate.sha256),
            certificate.der,
            peer: member
        )
        store(certificate, of: member)
    }

    private mutating func store(_ certificate: Certificate, of member: MemberID?) {
        writes.append(
            .certificate(
                CertificateRow(
                    sha256: certificate.sha256,
                    member: member,
                    keyID: certificate.keyID,
                    der: certificate.der,
                    notAfter: certificate.notAfter,
                    revokedAt: nil
                )
            )
        )
    }

    mutating func list(_ list: CertificateRevocationList) {
        add(
            .listPublished,
            .system,
            .list(issuer: list.issuerKeyID, number: Int64(list.number), sha256: list.sha256),
            list.der
        )
    }

    mutating func statement(_ event: AuditEvent, _ signed: SignedStatement, about: MemberID?) {
        add(
            event,
            event == .directoryChanged ? .peer : .operator,
            .statement(signed.sha256),
            signed.bytes,
            peer: about,
            statement: signed.sha256
        )
    }

    mutating func opened(_ origin: TreeOrigin) {
        let act = facts(.treeOpened, .system, .tree(origin))
        audit.append(AuditEntry(act, in: origin.kind, random: random))
    }

    private func facts(
        _ event: AuditEvent,
        _ kind: AgentKind,
        _ object: AuditObject
    ) -> AuditFacts {
        let agent: Agent =
            switch kind {
            case .operator: .registrar
            case .peer: .member
            default: .system
            }
        return AuditFacts(event, by: agent, for: PartyID(exchange), on: object, at: now)
    }

    private mutating func add(
        _ event: AuditEvent,
        _ kind: AgentKind,
        _ object: AuditObject,
        _ bytes: [UInt8],
        peer: MemberID? = nil,
        statement: Digest? = nil
    ) {
        var act = facts(event, kind, object)
        act.peer = peer.map { PartyID($0) }
        act.statementSha256 = statement
        audit.append(AuditEntry(act, in: .keys, random: random))
        writes.append(
            .directoryObject(DirectoryObject(sha256: SHA256.hash(bytes), bytes: bytes))
        )
    }
}

extension Agent {
    /// The operator's registrar; who exactly is known where accounts of operators are kept.
    static let registrar = Agent(
        .operator,
        name: nil,
        role: RoleCode("registrar") ?? Agent.system.role,
        assurance: .certificate
    )
}
