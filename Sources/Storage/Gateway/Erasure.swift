package import Delivery
package import Primitives

/// Something that is kept of a patient, as far as the store tells: its bytes are sealed.
package struct Holding: Hashable, Sendable {
    package enum Name: Hashable, Sendable {
        case sent(MessageID)
        case received(MessageKey)
        case record(RecordKind, RecordID)
    }

    package let name: Name
    /// nil: a record, or a message that was not taken in.
    package let thread: ThreadID?
    /// When something last happened to it.
    package let movedAt: Timestamp
    /// Not yet at its recipient, or not yet decided, or its receipts have not left.
    package let isMoving: Bool
    /// Under which data keys it is.
    package var keys: Set<Int64>

    package init(
        _ name: Name,
        thread: ThreadID? = nil,
        movedAt: Timestamp,
        isMoving: Bool = false,
        keys: Set<Int64>
    ) {
        self.name = name
        self.thread = thread
        self.movedAt = movedAt
        self.isMoving = isMoving
        self.keys = keys
    }
}

extension Holding.Name {
    package var messageID: MessageID? {
        switch self {
        case .sent(let id): id
        case .received(let key): key.messageID
        case .record(let kind, let id):
            [.draft, .draftFiles, .paper].contains(kind) ? MessageID(id.text) : nil
        }
    }

    /// In the store of this member.
    package func message(of member: MemberID) -> MessageKey? {
        switch self {
        case .sent(let id): MessageKey(from: member, messageID: id)
        case .received(let key): key
        case .record: nil
        }
    }
}

/// What ends together: rows, and what the log's database has of them beside its leaves.
package struct Erasure: Sendable {
    package let member: MemberID
    package let holdings: [Holding.Name]
    /// Of these the openings and index tags that tell of a patient; the leaves stay.
    package let leaves: [LeafPosition]
    /// The keys of years, which are nobody's.
    package let sparing: Set<Int64>

    package init(
        by member: MemberID,
        of holdings: [Holding.Name],
        leaves: [LeafPosition],
        sparing: Set<Int64>
    ) {
        self.member = member
        self.holdings = holdings
        self.leaves = leaves
        self.sparing = sparing
    }
}
