import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage

/// Collects changes of the directory for one commit: each is applied to a view first, so that
/// nothing is written that a replay would refuse.
struct KeysTreeWriter: Sendable {
    let moment: Moment
    private(set) var view: DirectoryView
    private(set) var writes: [ExchangeWrite] = []
    private(set) var audit: [AuditEntry] = []
    /// Beside that the tree stands as `view` has it.
    var expects: [Precondition] = []
    /// The time its leaves will have, and a replay judges by.
    private let leafAt: Timestamp
    private var hasTold = false

    /// `lastAt` is the time of the tree's last leaf.
    init(_ moment: Moment, on view: DirectoryView, after lastAt: Timestamp?) {
        self.moment = moment
        self.view = view
        leafAt = max(moment.now, lastAt ?? moment.now)
    }

    mutating func write(_ fact: ExchangeWrite) { writes.append(fact) }

    /// A change with its leaf and object.
    mutating func add(_ change: DirectoryChange) throws(DirectoryRefusal) {
        try view.apply(change, at: leafAt)
        let (facts, object) = described(change)
        audit.append(moment.entry(facts, in: .keys))
        let sha256 = SHA256.hash(object)
        writes.append(.directoryObject(DirectoryObject(sha256: sha256, bytes: object)))
        switch change {
        case .certificate(let member, let certificate): keep(certificate, of: member)
        case .list: tellMembers()
        case .authority, .statement: break
        }
    }

    /// Whether the directory would take the change, had its leaf the time of the clock.
    func fitsNow(_ change: DirectoryChange) -> Bool {
        do throws(DirectoryRefusal) {
            _ = try view.applying(change, at: moment.now)
            return true
        } catch {
            return false
        }
    }

    /// A transport certificate. It grants no reading and no signing, so it is no leaf of `keys`.
    mutating func addTransport(_ certificate: Certificate, of member: MemberID) {
        let object = AuditObject.certificate(certificate.keyID)
        let facts = moment.facts(.certificateIssued, by: .member, of: member, on: object)
        audit.append(moment.entry(facts))
        keep(certificate, of: member)
    }

    /// The revocation of a transport certificate, which the list alone makes known.
    mutating func revokeTransport(by statement: SignedStatement, of member: MemberID) {
        var facts = moment.facts(
            .certificateRevoked,
            by: statement.issuer.member == nil ? .registrar : .member,
            of: member,
            on: .statement(statement.sha256)
        )
        facts.statementSha256 = statement.sha256
        audit.append(moment.entry(facts))
    }

    mutating func enrolled(_ member: MemberID, signing certificate: Certificate) {
        let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
        let facts = moment.facts(.memberEnrolled, by: .member, of: member, on: object)
        audit.append(moment.entry(facts, in: .keys))
    }

    /// A new joining paper for one who is a member already.
    mutating func recordPaper(of member: MemberID) {
        let object = AuditObject.account(PartyID(member))
        audit.append(
            moment.entry(moment.facts(.operatorAction, by: .registrar, of: member, on: object))
        )
    }

    mutating func opened(_ origin: TreeOrigin) {
        let facts = moment.facts(.treeOpened, by: .system, of: nil, on: .tree(origin))
        audit.append(moment.entry(facts, in: origin.kind))
    }

    private mutating func keep(_ certificate: Certificate, of member: MemberID?) {
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

    /// Once for a commit, whatever the number of its lists.
    private mutating func tellMembers() {
        guard !hasTold else { return }
        hasTold = true
        let notice = NoticeRow(type: .listPublished, members: "{}".bytes)
        for member in view.memberships where member.standing.connection == .gateway {
            writes.append(.notice(member.memberID, notice, at: moment.now))
        }
    }

    private func described(_ change: DirectoryChange) -> (facts: AuditFacts, object: [UInt8]) {
        switch change {
        case .authority(let certificate):
            let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
            let facts = moment.facts(.authorityAdded, by: .registrar, of: nil, on: object)
            return (facts, certificate.der)
        case .certificate(let member, let certificate):
            let agent = member == nil ? Agent.registrar : .member
            let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
            let facts = moment.facts(.certificateIssued, by: agent, of: member, on: object)
            return (facts, certificate.der)
        case .list(let list):
            let object = AuditObject.list(
                issuer: list.issuerKeyID,
                number: Int64(list.number),
                sha256: list.sha256
            )
            return (moment.facts(.listPublished, by: .system, of: nil, on: object), list.der)
        case .statement(let statement):
            var facts = moment.facts(
                statement.type.change,
                by: statement.issuer.member == nil ? .registrar : .member,
                of: statement.subject,
                on: .statement(statement.sha256)
            )
            facts.statementSha256 = statement.sha256
            return (facts, statement.bytes)
        }
    }
}

extension StatementType {
    /// The event of the `keys` tree that records a statement of this type.
    fileprivate var change: AuditEvent {
        switch self {
        case .membership: .membershipChanged
        case .directoryEntry: .directoryChanged
        case .policy: .policyChanged
        case .revocation: .certificateRevoked
        case .rotation: .certificateRotated
        case .submission, .accepted, .delivered, .refused, .opened, .confirmed, .expired,
            .undeliverable, .withdrawal, .withdrawalAnswer, .reconciliation, .backup:
            preconditionFailure("a view takes no other statement")
        }
    }
}

extension SignedStatement {
    /// The member a statement of the directory is about.
    fileprivate var subject: MemberID? {
        json["memberId"]?.string.flatMap { MemberID($0) } ?? issuer.member
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
