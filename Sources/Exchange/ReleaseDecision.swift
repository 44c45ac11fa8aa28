import Audit
import Delivery
import ExchangeAPI
import Primitives
import Storage

/// The first fetch of a copy: after it, "never released" can no longer be said.
struct ReleaseDecision: Sendable {
    let moment: Moment
    let member: MemberID

    /// What is told of a copy that may leave.
    struct Release: Sendable {
        let at: Timestamp
        let attempt: Int
        let isFirst: Bool
    }

    func decide(_ copy: CopyRow) -> Decision<Release> {
        switch copy.state {
        case .accepted: return release(copy)
        case .released, .delivered, .opened, .confirmed:
            return .answer(
                Release(
                    at: copy.releasedAt ?? copy.movedAt,
                    attempt: copy.attempts + 1,
                    isFirst: false
                )
            )
        case .refused, .expired, .withdrawn, .undeliverable: return .refuse(Refusal(.bodyGone))
        case .draft, .queued, .replied: return .refuse(Refusal(.notFound))
        }
    }

    private func release(_ copy: CopyRow) -> Decision<Release> {
        let moment = moment
        let member = member
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now), .copyState(copy.key, to: member, .accepted),
            ]
        ) { _ in
            let act = moment.act(.messageReleased, by: member, on: copy.key)
            return (
                writes: [.release(copy.key, to: member, at: moment.now)],
                audit: [AuditEntry(act, in: .transport, random: moment.random)]
            )
        }
        return .propose(proposal) { _ in Release(at: moment.now, attempt: 1, isFirst: true) }
    }
}
