import Audit
import Delivery
import Directory
import Primitives
import Storage

/// The end of a copy that was never released: *expired*, told to sender and recipient.
struct ExpiryDecision: Sendable {
    let moment: Moment

    func decide(_ copy: CopyRow, of message: MessageRow) -> Decision<Void> {
        // A fetch may have won; then nothing has expired.
        guard case .moves(let move) = CopyMachine.step(copy.state, .expiry) else {
            return .answer(())
        }
        let moment = moment
        let key = copy.key
        let to = copy.to
        let expired = ExpiredStatement(head: moment.head(key, after: message.accepted), to: to)
        let slot = StatementSlot.copy(.expired, key, to)
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now), .copyState(key, to: to, copy.state),
                .statementUnknown(slot),
            ],
            drafts: [{ _ in expired }]
        ) { signed in
            let row = StatementRow(signed[0], slot: slot, storedAt: moment.now)
            var act = moment.facts(
                .messageExpired,
                by: .system,
                of: to,
                on: .message(key.messageID)
            )
            act.fail(.seriousFailure, "neverReleased")
            act.statementSha256 = row.sha256
            return (
                writes: [
                    .statement(row),
                    .moveCopy(key, to: to, move.next, at: moment.now),
                    .event(key.from, statement: row.sha256, at: moment.now),
                    .event(to, statement: row.sha256, at: moment.now),
                ],
                audit: [moment.entry(act)]
            )
        }
        return .propose(proposal) { _ in }
    }
}
