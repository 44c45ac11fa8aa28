import Cryptography
package import Directory
package import Primitives

/// The clear header of a message: who, to whom, when, how urgent. Kept as the received bytes.
///
/// Source: `envelope.md` 2.1. The suite is read and not judged: an unknown one is refused after the
/// table of duplicates (`exchange-api.md` 4).
package struct Routing: Hashable, Sendable {
    package let suite: SuiteID
    package let key: MessageKey
    /// 1...`Limits.recipients`, ordered by member, without the sender.
    package let to: [Addressee]
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package let urgency: Urgency
    /// Canonical JSON, at most `Limits.routingBytes`.
    package let bytes: [UInt8]
    /// Of `bytes`.
    package let sha256: Digest

    package var from: MemberID { key.from }
    package var messageID: MessageID { key.messageID }

    /// - Throws: all that is not exactly the form of version 1.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(
            try JSON(canonical: bytes, .strict.within(Limits.routingBytes))
        )
        try reader.version()
        suite = try reader.identifier("suite")
        key = MessageKey(
            from: try reader.identifier("from"),
            messageID: try reader.identifier("messageId")
        )
        to = try reader.records("to")
        createdAt = try reader.time("createdAt")
        expiresAt = try reader.time("expiresAt")
        urgency = try reader.code("urgency")
        try reader.finish()
        self.bytes = bytes
        sha256 = SHA256.hash(bytes)
        guard Routing.isList(to, without: key.from) else { throw reader.refusal(.badForm, "to") }
        guard (Limits.lifeMinimum...Limits.lifeMaximum).contains(expiresAt.since(createdAt)) else {
            throw reader.refusal(.badForm, "expiresAt")
        }
    }

    /// A header for `to` in any order.
    ///
    /// - Throws: what `init(reading:)` refuses: recipients or times out of bounds.
    package static func make(
        _ key: MessageKey,
        to: [Addressee],
        life: MessageLife,
        suite: Suite = .renkei2026
    ) throws(DecodingRefusal) -> Routing {
        let json: JSON = [
            "version": 1,
            "suite": .code(suite),
            "from": .name(key.from),
            "messageId": .name(key.messageID),
            "to": .records(to.sorted { $0.memberID < $1.memberID }),
            "createdAt": .time(life.createdAt),
            "expiresAt": .time(life.expiresAt),
            "urgency": .code(life.urgency),
        ]
        return try Routing(reading: json.canonicalBytes)
    }

    private static func isList(_ to: [Addressee], without sender: MemberID) -> Bool {
        (1...Limits.recipients).contains(to.count) && !to.contains { $0.memberID == sender }
            && zip(to, to.dropFirst()).allSatisfy { $0.memberID < $1.memberID }
    }

    package static func == (left: Routing, right: Routing) -> Bool { left.bytes == right.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}

/// One recipient and the key the message is sealed to.
package struct Addressee: Record, Hashable {
    package let memberID: MemberID
    package let keyID: KeyID

    package init(memberID: MemberID, keyID: KeyID) {
        self.memberID = memberID
        self.keyID = keyID
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        memberID = try reader.identifier("memberId")
        keyID = try reader.identifier("keyId")
    }

    package var json: JSON { ["memberId": .name(memberID), "keyId": .name(keyID)] }
}

/// From when to when a message may arrive, and how soon it should.
package struct MessageLife: Hashable, Sendable {
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package let urgency: Urgency

    package init(createdAt: Timestamp, expiresAt: Timestamp, urgency: Urgency) {
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.urgency = urgency
    }
}
