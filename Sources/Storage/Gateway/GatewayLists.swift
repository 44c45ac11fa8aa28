package import Delivery
package import Primitives

/// What a list of received messages shows.
package enum InboxList: Hashable, Sendable {
    case all
    case unopened
    /// Not opened, and urgent or an emergency.
    case urgent
    /// This organisation owes an answer, due by then; nil: on any day, or on none.
    case owed(by: Timestamp?)
    /// 自分の担当.
    case assigned(to: AccountID)
    /// 担当なし: neither taken over nor answered, and no old version.
    case unassigned
}

/// What a list of sent messages shows.
package enum OutboxList: Hashable, Sendable, CaseIterable {
    case all
    /// The least advanced copy has arrived and nobody has opened it.
    case unopened
    /// An answer is awaited.
    case awaiting
    /// A copy ended without arrival, other than by withdrawal.
    case failed
    /// It waits for a person and is not sent.
    case blocked
}

/// What of a list is looked at: only this type, these days, these members. Nil is any.
package struct ListBounds: Hashable, Sendable {
    package var type: SheetType?
    /// Received or written at this time or later, and before that one.
    package var since: Timestamp?
    package var before: Timestamp?
    /// One of them sent it, or it goes to one of them.
    package var peers: Set<MemberID>?
    /// Of received messages: not what is for one of these desks.
    package var notFor: Set<DeskID> = []
    /// Though what was handed to one of these, because the first one stayed silent.
    package var handedTo: Set<DeskID> = []

    package init() {}
    package static let none = ListBounds()
}

/// A page of a list.
package struct ListSlice: Hashable, Sendable {
    package let skip: Int
    package let limit: Int

    package init(skip: Int = 0, limit: Int) {
        self.skip = skip
        self.limit = limit
    }
}

extension DeliveryState {
    /// What nobody wished for: the copy ended without arrival.
    package var isFailure: Bool { isEnd && self != .withdrawn }
}
