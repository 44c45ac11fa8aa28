package import Delivery
package import Primitives

/// What one party waits for, from one other party, about one message.
package struct ExpectationName: Hashable, Sendable {
    package let message: MessageKey
    /// The other party: the recipient of an own message, the sender of a received one.
    package let peer: MemberID
    package let kind: ExpectationKind

    package init(_ message: MessageKey, _ peer: MemberID, _ kind: ExpectationKind) {
        self.message = message
        self.peer = peer
        self.kind = kind
    }

    /// The answer is this organisation's to give: the message came from the peer.
    package var isOwed: Bool { message.from == peer }
}

/// An expectation as it stands in the book.
package struct ExpectationRow: Hashable, Sendable {
    package let name: ExpectationName
    /// nil: there is no day by which it must be met.
    package let due: Timestamp?
    /// The own desk that owes the answer; after the deadline its deputy.
    package var desk: DeskID?
    package var metAt: Timestamp?
    /// When it was found overdue and told.
    package var passedAt: Timestamp?

    package init(_ name: ExpectationName, due: Timestamp?, desk: DeskID? = nil) {
        self.name = name
        self.due = due
        self.desk = desk
    }

    package var isOpen: Bool { metAt == nil }
}

package enum ExpectationKind: String, Hashable, Sendable {
    case delivered
    /// The sheet that the sender asked for (返信ください).
    case reply
    /// Word of the discharge (退院の連絡), asked for at the admission.
    case discharge

    /// A person owes it to a person.
    package var isAnswer: Bool { self != .delivered }
}
