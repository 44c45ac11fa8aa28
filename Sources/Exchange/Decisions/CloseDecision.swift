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
        let closed = UndeliverableStatement(
            head: moment.head(copy.key, after: message.accepted),
            to: copy.to,
            reason: reason,
            releasedAt: copy.releasedAt
        )
        var act = moment.facts(
            .messageUndeliverable,
            by: .registrar,
            of: copy.to,
            on: .message(copy.key.messageID)
        )
        act.fail(.seriousFailure, reason.rawValue)
        return moment.end(copy, move.next, by: closed, act)
    }
}
