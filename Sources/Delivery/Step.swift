package import Audit
package import Directory
import Primitives

/// What an event does to a delivery at one place. One cell of `exchange-api.md` 16.
package enum Step<State: Sendable & Hashable>: Hashable, Sendable {
    /// The state is `next` from now on, which may be the state it was.
    case moves(Move<State>)
    /// Said before: the stored answer is given again, nothing changes, and at most a leaf is
    /// written.
    case repeats(audit: AuditEvent? = nil)
    case refuses(StepRefusal)

    /// The state after the step, or nil where it stays.
    package var next: State? { if case .moves(let move) = self { move.next } else { nil } }

    static func to(
        _ next: State,
        _ audit: AuditEvent...,
        signing receipts: [StatementType] = []
    ) -> Step {
        .moves(Move(next: next, receipts: receipts, audit: audit))
    }
}

/// A change of state, with the receipts that are signed for it and the leaves that record it, both
/// in order.
package struct Move<State: Sendable & Hashable>: Hashable, Sendable {
    package let next: State
    package let receipts: [StatementType]
    package let audit: [AuditEvent]
}

/// Why an event cannot happen in this state. Codes of `exchange-api.md` 12.
package enum StepRefusal: Explained, Equatable {
    case notFound, outOfOrder, bodyGone, deliveryClosed

    package var code: String {
        switch self {
        case .notFound: "notFound"
        case .outOfOrder: "outOfOrder"
        case .bodyGone: "bodyGone"
        case .deliveryClosed: "deliveryClosed"
        }
    }

    package var summary: String {
        switch self {
        case .notFound: "There is no such message."
        case .outOfOrder: "What should come before this is missing."
        case .bodyGone: "The message can no longer be fetched."
        case .deliveryClosed: "The delivery was closed before."
        }
    }

    package var advice: String {
        switch self {
        case .notFound: "Check the sender and the message id."
        case .outOfOrder: "Send what is missing first, then this again."
        case .bodyGone: "Ask the sender to send it again as a new message."
        case .deliveryClosed: "Talk to the other party by telephone."
        }
    }

    package var isTemporary: Bool { self == .outOfOrder }
}
