import Audit
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

/// What a pure decision of the exchange comes to.
enum Decision<Answer: Sendable>: Sendable {
    /// Told already, or nothing to do.
    case answer(Answer)
    case refuse(Refusal)
    /// Nothing to do; what happened goes on record, with the answer.
    case record(Remark, answer: Answer)
    /// To be signed and committed; the answer is made of what was stored.
    case propose(Proposal<ExchangeWrite>, answer: @Sendable (Committed) -> Answer)
}

/// A refusal or a repeat. Whoever calls in a loop must not fill the log, so it becomes a leaf at
/// most once an hour for what it is about.
struct Remark: Sendable {
    let facts: AuditFacts
    /// Who caused it; nil for a stranger.
    let member: MemberID?
    /// The hash of the message's key, of the statement or of the certificate.
    let about: Digest
}

/// When something is decided, and by whom.
struct Moment: Sendable {
    let now: Timestamp
    let exchange: ExchangeID
    /// The open tree of `transport`, in which receipts promise their leaf.
    let transport: TreeOrigin
    let random: any RandomSource

    /// What is recorded of an act on `object`.
    func facts(
        _ event: AuditEvent,
        by agent: Agent,
        of peer: MemberID?,
        on object: AuditObject
    ) -> AuditFacts {
        var facts = AuditFacts(event, by: agent, for: PartyID(exchange), on: object, at: now)
        facts.peer = peer.map { PartyID($0) }
        return facts
    }

    func entry(_ facts: AuditFacts, in tree: TreeKind = .transport) -> AuditEntry {
        AuditEntry(facts, in: tree, random: random)
    }

    /// A proposal that stores nothing but the leaf of `facts`.
    func record(_ facts: AuditFacts) -> Proposal<ExchangeWrite> {
        Proposal(expects: [.decidedAt(now)]) { _ in (writes: [], audit: [entry(facts)]) }
    }

    func head(_ message: MessageKey, after previous: Digest) -> ReceiptHead {
        ReceiptHead(
            issuer: PartyID(exchange),
            message: message,
            previous: previous,
            at: now,
            logOrigin: transport
        )
    }
}

extension Moment {
    /// Ends a copy by a statement of the exchange, which both sides are told. A move that another
    /// one has won leaves no trace.
    func end<Body: StatementBody>(
        _ copy: CopyRow,
        _ next: DeliveryState,
        by body: Body,
        _ act: AuditFacts
    ) -> Decision<Void> {
        let moment = self
        let (key, to) = (copy.key, copy.to)
        let slot = StatementSlot.copy(Body.type, key, to)
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(now), .copyState(key, to: to, copy.state), .statementUnknown(slot),
            ],
            drafts: [{ _ in body }]
        ) { signed in
            let row = StatementRow(signed[0], slot: slot, storedAt: moment.now)
            var act = act
            act.statementSha256 = row.sha256
            return (
                writes: [
                    .statement(row),
                    .moveCopy(key, to: to, next, at: moment.now),
                    .event(key.from, statement: row.sha256, at: moment.now),
                    .event(to, statement: row.sha256, at: moment.now),
                ],
                audit: [moment.entry(act)]
            )
        }
        return .propose(proposal) { _ in }
    }

    /// A member's statement that is not believed: refused, and on record.
    func reject(
        _ statement: SignedStatement,
        of member: MemberID,
        _ reason: Refusal.Reason,
        standing: Digest? = nil
    ) -> Decision<ItemResult> {
        var facts = facts(
            .receiptRejected,
            by: .member,
            of: member,
            on: .statement(statement.sha256)
        )
        facts.fail(.seriousFailure, reason.rawValue)
        return .record(
            Remark(facts: facts, member: member, about: statement.sha256),
            answer: .refused(Refusal(reason), standing: standing)
        )
    }
}

extension AuditFacts {
    mutating func fail(_ outcome: AuditOutcome, _ reason: String) {
        self.outcome = outcome
        self.reason = AuditReason(reason)
    }
}

extension Refusal {
    /// A statement's fault as the wire tells it.
    init(of refusal: StatementRefusal) {
        let reason: Reason =
            switch refusal {
            case .tooLarge: .tooLarge
            case .malformed, .unknownType, .otherType: .malformed
            case .wrongSigner, .badSignature, .untrusted: .badSignature
            case .certificateExpired: .certificateExpired
            case .revoked: .revoked
            case .listMissing: .exchangeBusy
            case .hashDiffers: .hashDiffers
            case .outOfOrder: .outOfOrder
            }
        self.init(reason)
    }

    /// A step that the state of a copy does not allow.
    init(_ refusal: StepRefusal, in state: DeliveryState) {
        let reason: Reason =
            switch refusal {
            case .notFound: .notFound
            case .outOfOrder: .outOfOrder
            case .bodyGone: .bodyGone
            case .deliveryClosed: .deliveryClosed
            }
        self.init(reason, details: [Detail(pointer: "/state", code: state.rawValue)])
    }

    /// A store's fault: full, busy, or something only the operator may know.
    init(of error: StoreError) {
        switch error {
        case .conflict: self.init(.exchangeBusy, retryAfterSeconds: 1)
        case .full: self.init(.storageFull, retryAfterSeconds: 60)
        default: self.init(own: error)
        }
    }

    /// A fault of ours, of which the caller learns no more than whether to come again.
    init(own fault: some Explained) {
        self.init(fault.isTemporary ? .exchangeBusy : .internalFailure)
    }
}

/// Runs `body` and makes whatever it throws one refusal.
func refusing<Value, Failure: Error>(
    _ reason: Refusal.Reason,
    _ body: () throws(Failure) -> Value
) throws(Refusal) -> Value {
    do throws(Failure) { return try body() } catch { throw Refusal(reason) }
}
