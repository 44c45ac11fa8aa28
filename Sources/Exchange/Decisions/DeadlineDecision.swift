import Audit
import Delivery
import Directory
import Primitives
import Storage

/// Warnings about a copy that waits: each is told once, with its leaf.
struct DeadlineDecision: Sendable {
    let moment: Moment
    let clocks: PolicyClocks

    /// What is to be done about a copy now.
    enum Outcome {
        case warn(Proposal<ExchangeWrite>)
        /// Nothing is due before then; nil: nothing any more.
        case wait(until: Timestamp?)
    }

    func decide(_ copy: CopyRow, of message: MessageRow) -> Outcome {
        let clock = ArrivalClock(
            clocks,
            message.urgency,
            acceptedAt: message.acceptedAt,
            expiresAt: message.expiresAt,
            releasedAt: copy.releasedAt
        )
        guard copy.isWaiting, let due = clock.due(copy.warned, at: moment.now) else {
            return .wait(until: copy.isWaiting ? clock.next(copy.warned) : nil)
        }
        return .warn(warn(copy, due.warning, due.told, next: clock.next(due.told)))
    }

    private func warn(
        _ copy: CopyRow,
        _ warning: ArrivalClock.Warning,
        _ told: CopyWarnings,
        next: Timestamp?
    ) -> Proposal<ExchangeWrite> {
        let moment = moment
        let notice = NoticeRow(.deadlineWarning, about: copy, stage: warning.rawValue)
        var readers = [copy.key.from]
        if warning == .noReceipt { readers.append(copy.to) }
        let addressees = readers
        var facts = moment.facts(
            .deadlineWarned,
            by: .system,
            of: copy.to,
            on: .message(copy.key.messageID)
        )
        facts.reason = AuditReason(warning.rawValue)
        let act = facts
        let writes: [ExchangeWrite] =
            [.warned(copy.key, to: copy.to, told, watchAt: next)]
            + addressees.map { .notice($0, notice, at: moment.now) }
        return Proposal(
            expects: [.decidedAt(moment.now), .copyState(copy.key, to: copy.to, copy.state)]
        ) { _ in (writes: writes, audit: [moment.entry(act)]) }
    }
}

extension CopyRow {
    /// Whether nobody has acknowledged it, and nothing has ended it.
    var isWaiting: Bool { state == .accepted || state == .released }
}

extension NoticeRow {
    /// What is told of a copy, to either side.
    init(_ type: NoticeType, about copy: CopyRow, stage: String) {
        let members: JSON = [
            "messageId": .name(copy.key.messageID), "from": .name(copy.key.from),
            "to": .name(copy.to), "stage": .string(stage),
        ]
        self.init(type: type, members: members.canonicalBytes)
    }
}
