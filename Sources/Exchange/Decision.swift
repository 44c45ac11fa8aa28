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
    /// To be signed and committed; the answer is made of what was stored.
    case propose(Proposal<ExchangeWrite>, answer: @Sendable (Committed) -> Answer)
}

/// When something is decided, and what the exchange is called then.
struct Moment: Sendable {
    let now: Timestamp
    let exchange: ExchangeID
    /// The open tree of `transport`, in which receipts promise their leaf.
    let transport: TreeOrigin
    let random: any RandomSource

    /// The entry of an act that `member` asked for.
    func act(_ event: AuditEvent, by member: MemberID, on key: MessageKey) -> AuditFacts {
        var facts = AuditFacts(
            event,
            by: .member,
            for: PartyID(exchange),
            on: .message(key.messageID),
            at: now
        )
        facts.peer = PartyID(member)
        return facts
    }
}

/// Runs `body` and makes whatever it throws one refusal.
func refusing<Value, Failure: Error>(
    _ reason: Refusal.Reason,
    _ body: () throws(Failure) -> Value
) throws(Refusal) -> Value {
    do throws(Failure) { return try body() } catch { throw Refusal(reason) }
}

extension Refusal {
    /// A statement's fault as the wire tells it.
    init(_ refusal: StatementRefusal) {
        self.init(Reason(rawValue: refusal.code) ?? .badSignature)
    }

    /// A store's fault: full, busy, or something only the operator may know.
    init(_ error: StoreError) {
        switch error {
        case .conflict: self.init(.exchangeBusy, retryAfterSeconds: 1)
        case .full: self.init(.storageFull, retryAfterSeconds: 60)
        default: self.init(error.isTemporary ? .exchangeBusy : .internalFailure)
        }
    }
}
