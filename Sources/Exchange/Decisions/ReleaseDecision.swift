import Audit
import Delivery
import ExchangeAPI
import Primitives
import Storage

/// Whether a copy may leave. After its first fetch "never released" can no longer be said.
struct ReleaseDecision: Sendable {
    let moment: Moment
    let member: MemberID

    /// What is told of a copy that may leave.
    struct Release: Sendable {
        let at: Timestamp
        let attempt: Int

        var isFirst: Bool { attempt == 1 }
    }

    func decide(_ copy: CopyRow) -> Decision<Release> {
        switch CopyMachine.step(copy.state, .fetch) {
        case .refuses(let refusal): return .refuse(Refusal(refusal, in: copy.state))
        case .repeats:
            return .answer(
                Release(at: copy.releasedAt ?? copy.movedAt, attempt: copy.attempts + 1)
            )
        case .moves: return release(copy)
        }
    }

    private func release(_ copy: CopyRow) -> Decision<Release> {
        let moment = moment
        let member = member
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now), .copyState(copy.key, to: member, copy.state),
            ]
        ) { _ in
            let act = moment.facts(
                .messageReleased,
                by: .member,
                of: member,
                on: .message(copy.key.messageID)
            )
            return (
                writes: [.release(copy.key, to: member, at: moment.now)],
                audit: [moment.entry(act)]
            )
        }
        return .propose(proposal) { _ in Release(at: moment.now, attempt: 1) }
    }
}
