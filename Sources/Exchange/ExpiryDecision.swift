import Audit
import Delivery
import Directory
import Primitives
import Storage

/// The end of a copy that was never released: *expired*, told to sender and recipient.
struct ExpiryDecision: Sendable {
    let moment: Moment

    func decide(_ copy: CopyRow, accepted: Digest) -> Decision<Void> {
        let moment = moment
        let key = copy.key
        let to = copy.to
        let head = ReceiptHead(
            issuer: PartyID(moment.exchange),
            message: key,
            previous: accepted,
            at: moment.now,
            logOrigin: moment.transport
        )
        let expired = ExpiredStatement(head: head, to: to)
        let slot = StatementSlot.copy(.expired, key, to)
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now), .copyState(key, to: to, .accepted),
                .statementUnknown(slot),
            ],
            drafts: [{ _ in expired }]
        ) { signed in
            var act = AuditFacts(
                .messageExpired,
                by: .system,
                for: PartyID(moment.exchange),
                on: .message(key.messageID),
                at: moment.now
            )
            act.outcome = .seriousFailure
            act.reason = AuditReason("neverReleased")
            act.peer = PartyID(to)
            act.statementSha256 = signed[0].sha256
            let sha256 = signed[0].sha256
            return (
                writes: [
                    .statement(StatementRow(signed[0], slot: slot, storedAt: moment.now)),
                    .moveCopy(key, to: to, .expired, at: moment.now),
                    .event(key.from, statement: sha256, at: moment.now),
                    .event(to, statement: sha256, at: moment.now),
                ],
                audit: [AuditEntry(act, in: .transport, random: moment.random)]
            )
        }
        return .propose(proposal) { _ in }
    }
}
