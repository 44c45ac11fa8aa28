import Delivery
package import Primitives

/// A message that its recipient has answered, with the day on which the exchange had accepted it.
package struct ExchangedRow: Hashable, Sendable {
    package let day: Day
    package let peer: MemberID
    package let direction: PairDirection
    package let message: MessageID

    package init(day: Day, peer: MemberID, direction: PairDirection, message: MessageID) {
        self.day = day
        self.peer = peer
        self.direction = direction
        self.message = message
    }
}

/// What this organisation and a peer have said of a day.
package struct ReconciliationRow: Hashable, Sendable {
    package let day: Day
    package let peer: MemberID
    /// Of what was last said to the peer, its content; nil: nothing yet.
    package var told: Digest?
    /// The peer's newest statement.
    package var heard: [UInt8]?
    /// nil until both have spoken.
    package var outcome: ReconciliationOutcome?

    package init(day: Day, peer: MemberID) {
        self.day = day
        self.peer = peer
    }
}

package enum ReconciliationOutcome: String, Hashable, Sendable {
    case agrees, differs
    /// They differ, and a person has seen to it.
    case settled
}
