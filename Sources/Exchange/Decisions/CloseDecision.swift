import Audit
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

/// An operator ends a copy that nobody has acknowledged: *undeliverable*, told to both sides.
struct CloseDecision: Sendable {
    let moment: Moment
    let reason: UndeliverableReason

    /// How long after its end a receipt may still come, and people are to ask by telephone.
    static let patience = Duration.days(7)

    func decide(_ copy: CopyRow, of message: MessageRow) -> Decision<Void> {
        switch CopyMachine.step(copy.state, .close) {
        case .refuses(let refusal): return .refuse(Refusal(refusal, in: copy.state))
        case .repeats: return .answer(())
        case .moves(let move):
            let opens = message.expiresAt.adding(Self.patience)
            guard reason != .noReceipt || moment.now >= opens else {
                let detail = Refusal.Detail(pointer: "/expiresAt", code: opens.description)
                return .refuse(Refusal(.outOfOrder, details: [detail]))
            }
            return close(copy, message, move)
        }
    }

    private func close(
        _ copy: CopyRow,
        _ message: MessageRow,
        _ move: Move<DeliveryState>
    ) -> Decision<Void> {
        let moment = moment
        let reason = reason
        let (key, to) = (copy.key, copy.to)
        let closed = UndeliverableStatement(
            head: moment.head(key, after: message.accepted),
            to: to,
            reason: reason,
            releasedAt: copy.releasedAt
        )
        let slot = StatementSlot.copy(.undeliverable, key, to)
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now), .copyState(key, to: to, copy.state),
                .statementUnknown(slot),
            ],
            drafts: [{ _ in closed }]
        ) { signed in
            let row = StatementRow(signed[0], slot: slot, storedAt: moment.now)
            var act = moment.facts(
                .messageUndeliverable,
                by: .registrar,
                of: to,
                on: .message(key.messageID)
            )
            act.fail(.seriousFailure, reason.rawValue)
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
