import Cryptography
package import Directory
package import Primitives

/// The messages of one day in Japan between a party and one peer, as that party knows them, by
/// their ids alone.
///
/// A message is of the day that its `accepted` receipt names (`acceptedAt`), and counts once the
/// exchange has taken its recipient's `delivered` or `refused`: what was withdrawn, expired or
/// waits is of no day. Source: `envelope.md` 3.4.
package struct DayMessages: Hashable, Sendable {
    package var sent: Set<MessageID>
    package var received: Set<MessageID>

    package init(sent: Set<MessageID> = [], received: Set<MessageID> = []) {
        self.sent = sent
        self.received = received
    }

    /// The same day as the peer should know it.
    package var turned: DayMessages { DayMessages(sent: received, received: sent) }

    package func says(_ statement: ReconciliationStatement) -> Bool {
        statement.sent.sha256 == MessageList(sent).sha256
            && statement.received.sha256 == MessageList(received).sha256
    }

    /// How a peer's statement of the day differs from what is known here; nil where it does not.
    package func difference(from theirs: ReconciliationStatement) -> DayDifference? {
        guard !turned.says(theirs) else { return nil }
        guard let sent = theirs.sent.messageIDs, let received = theirs.received.messageIDs else {
            return DayDifference(missingHere: nil, missingThere: nil)
        }
        let (here, there) = (
            self.sent.union(self.received), Set(sent).union(received)
        )
        return DayDifference(
            missingHere: there.subtracting(here).sorted(),
            missingThere: here.subtracting(there).sorted()
        )
    }
}

/// What two parties of a day do not both have; nil as long as the peer has not said its ids.
package struct DayDifference: Hashable, Sendable {
    package let missingHere: [MessageID]?
    package let missingThere: [MessageID]?
}

/// One direction of a day in a statement: how many, the hash of their ids, and the ids themselves
/// where the two parties were found to differ.
package struct MessageList: Record, Hashable {
    package let count: Int
    /// Of the sorted ids, joined by LF.
    package let sha256: Digest
    package let messageIDs: [MessageID]?

    package init(_ messages: Set<MessageID>, withIDs: Bool = false) {
        let sorted = messages.sorted()
        count = sorted.count
        sha256 = Self.hash(sorted)
        messageIDs = withIDs ? sorted : nil
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        count = try reader.count("count")
        sha256 = try reader.digest("messageIdsSha256")
        guard reader.optional("messageIds") != nil else {
            messageIDs = nil
            guard count > 0 || sha256 == Self.hash([]) else {
                throw reader.refusal(.badForm, "messageIdsSha256")
            }
            return
        }
        let listed = try reader.values("messageIds") { MessageID($0) }
        let isInOrder = zip(listed, listed.dropFirst()).allSatisfy { $0 < $1 }
        guard isInOrder, listed.count == count, sha256 == Self.hash(listed) else {
            throw reader.refusal(.badForm, "messageIds")
        }
        messageIDs = listed
    }

    package var json: JSON {
        [
            "count": .count(count),
            "messageIdsSha256": .hash(sha256),
            "messageIds": messageIDs.map { .texts($0.map(\.text)) },
        ]
    }

    private static func hash(_ sorted: [MessageID]) -> Digest {
        SHA256.hash(Array(sorted.map(\.text).joined(separator: "\n").utf8))
    }
}

/// What a member knows of a day with a peer, signed, for that peer to compare.
///
/// No receipt: it promises nothing. A member may say another thing later, where it has learnt or
/// lost something since.
package struct ReconciliationStatement: StatementBody, Hashable {
    package static let type = StatementType.reconciliation

    package let issuer: PartyID
    package let peer: MemberID
    /// In Japan.
    package let day: Day
    package let sent: MessageList
    package let received: MessageList

    /// With `withIDs` the ids stand in it, unless there are more than `Limits.reconciledIDs`.
    package init(
        of day: Day,
        by member: MemberID,
        with peer: MemberID,
        _ messages: DayMessages,
        withIDs: Bool = false
    ) {
        let fits = messages.sent.count + messages.received.count <= Limits.reconciledIDs
        issuer = PartyID(member)
        self.peer = peer
        self.day = day
        sent = MessageList(messages.sent, withIDs: withIDs && fits)
        received = MessageList(messages.received, withIDs: withIDs && fits)
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        peer = try reader.identifier("peer")
        guard let member = issuer.member, member != peer else {
            throw reader.refusal(.badForm, "peer")
        }
        day = try reader.day("day")
        sent = try reader.record("sent")
        received = try reader.record("received")
        guard (sent.messageIDs == nil) == (received.messageIDs == nil) else {
            throw reader.refusal(.badForm, "received")
        }
    }

    package var members: JSONObject {
        [
            "peer": .name(peer), "day": .day(day), "sent": sent.json, "received": received.json,
        ]
    }
}
