package import Audit
package import Delivery
package import Primitives

/// What a decision has read and what must still be so when its change commits.
///
/// The first group holds in both stores, the next two in the store they are named for; a condition
/// given to the other store is a fault of ours and stops the program.
package enum Precondition: Hashable, Sendable {
    /// Not older than `Limits.decisionAge` by the store's clock.
    case decidedAt(Timestamp)
    /// The tree has as many leaves as the decision saw. For `keys` this says that every member,
    /// certificate, list and policy stands as it was read.
    case treeSize(TreeOrigin, UInt64)
    /// The tree takes leaves; every entry of a change expects that by itself.
    case treeOpen(TreeOrigin)
    case statementUnknown(StatementSlot)

    // Exchange.
    /// Neither the id nor the sealed bytes were ever accepted.
    case messageUnknown(MessageKey, sealed: Digest)
    case copyState(MessageKey, to: MemberID, DeliveryState)
    /// Not revoked or replaced.
    case certificateStanding(Digest)
    /// Unused, and tried as often as the decision saw.
    case codeStanding(MemberID, tries: Int)
    /// What waits from one member for another is at most this, before the change.
    case usage(from: MemberID, to: MemberID, atMost: Usage)

    // Gateway.
    case outboxRevision(MessageID, Int64)
    /// Neither the message nor, under another id, its content was received.
    case inboxUnknown(MessageKey, content: Digest?)
    case inboxRevision(MessageKey, Int64)
    /// nil: there is no such record.
    case recordRevision(RecordKind, RecordID, Int64?)
    /// Open, and not yet found overdue.
    case expectationWaits(ExpectationName)
    /// 0: never moved.
    case cursor(CursorName, Int64)
    /// The last sequence number of the chain with a peer; nil: none yet.
    case pairSequence(PairDirection, MemberID, Int64?)
}

/// Messages and bytes that wait from one member for another.
package struct Usage: Hashable, Sendable {
    package let messages: Int
    package let bytes: Int64

    package init(messages: Int, bytes: Int64) {
        self.messages = messages
        self.bytes = bytes
    }
}
