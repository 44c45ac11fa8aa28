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
        let expired = ExpiredStatement(
            head: moment.head(copy.key, after: message.accepted),
            to: copy.to
        )
        var act = moment.facts(
            .messageExpired,
            by: .system,
            of: copy.to,
            on: .message(copy.key.messageID)
        )
        act.fail(.seriousFailure, "neverReleased")
        return moment.end(copy, move.next, by: expired, act)
    }
}
