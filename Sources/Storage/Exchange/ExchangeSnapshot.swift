import Audit
import Delivery
import Primitives

/// Reads an exchange through one connection.
struct ExchangeSnapshot: ExchangeReader, SQLiteSnapshot {
    let connection: Connection
    /// Where the chunks lie; nil for a condition, which asks for none.
    var segments: ChunkFolder?

    // MARK: Messages

    func duplicate(_ key: MessageKey, sealed: Digest) throws(StoreError) -> Duplicate {
        let known: Digest? = try connection.row(
            "SELECT sealed FROM duplicate WHERE key = ?1",
            key.sha256
        ) { row throws(StoreError) in try row[0] }
        if let known { return .known(sealed: known) }
        let seen = try connection.exists("SELECT 1 FROM duplicate WHERE sealed = ?1", sealed)
        return seen ? .contentSeen : .unknown
    }

    func message(_ key: MessageKey) throws(StoreError) -> MessageRow? {
        try messages("WHERE sender = ?1 AND messageId = ?2", [key.from, key.messageID])
            .first?.row
    }

    func sealedBody(of key: MessageKey) throws(StoreError) -> [UInt8]? {
        try connection.row(
            """
            SELECT sealed FROM body JOIN message USING (message)
            WHERE sender = ?1 AND messageId = ?2
            """,
            key.from,
            key.messageID
        ) { row throws(StoreError) in try row[0] }
    }

    func chunk(_ sha256: Digest, of key: MessageKey) throws(StoreError) -> [UInt8]? {
        let name: String? = try connection.row(
            """
            SELECT chunk.name FROM message JOIN messageChunk USING (message)
                JOIN chunk USING (chunk)
            WHERE sender = ?1 AND messageId = ?2 AND messageChunk.sha256 = ?3
            """,
            key.from,
            key.messageID,
            sha256
        ) { row throws(StoreError) in try row[0] }
        guard let name, let segments else { return nil }
        return try segments.read(name)
    }

    func uploaded(
        _ chunks: [Digest],
        by member: MemberID
    ) throws(StoreError) -> [Digest: Int] {
        var found: [Digest: Int] = [:]
        for sha256 in chunks {
            found[sha256] = try connection.row(
                "SELECT sealedLength FROM chunk WHERE member = ?1 AND sha256 = ?2",
                member,
                sha256
            ) { row throws(StoreError) in try row[0] }
        }
        return found
    }

    func openChunkBytes(of member: MemberID) throws(StoreError) -> Int64 {
        try connection.number(
            """
            SELECT coalesce(sum(sealedLength), 0) FROM chunk WHERE member = ?1
                AND NOT EXISTS (SELECT 1 FROM messageChunk AS used
                    WHERE used.chunk = chunk.chunk)
            """,
            member
        )
    }

    // MARK: Copies

    func copies(of key: MessageKey) throws(StoreError) -> [CopyRow] {
        try copies(
            "WHERE sender = ?1 AND messageId = ?2 ORDER BY recipient",
            [key.from, key.messageID]
        )
    }

    func copy(_ key: MessageKey, to member: MemberID) throws(StoreError) -> CopyRow? {
        try copies(
            "WHERE sender = ?1 AND messageId = ?2 AND recipient = ?3",
            [key.from, key.messageID, member]
        ).first
    }

    func mailboxRevision(of member: MemberID) throws(StoreError) -> Int64 {
        try connection.number("SELECT revision FROM mailbox WHERE member = ?1", member)
    }

    func inbox(
        of member: MemberID,
        after: Int,
        limit: Int
    ) throws(StoreError) -> [InboxItem] {
        let waiting = try copies(
            """
            WHERE recipient = ?1 AND state IN ('accepted', 'released')
            ORDER BY rank, position LIMIT ?2 OFFSET ?3
            """,
            [member, limit, after]
        )
        return try items(waiting)
    }

    func ended(
        of member: MemberID,
        movedSince: Timestamp,
        after: Int,
        limit: Int
    ) throws(StoreError) -> [InboxItem] {
        let ended = try copies(
            """
            WHERE recipient = ?1 AND state NOT IN ('accepted', 'released') AND movedAt >= ?2
            ORDER BY position LIMIT ?3 OFFSET ?4
            """,
            [member, movedSince, limit, after]
        )
        return try items(ended)
    }

    private func items(_ copies: [CopyRow]) throws(StoreError) -> [InboxItem] {
        try copies.map { copy throws(StoreError) in
            guard let message = try message(copy.key) else { throw .damaged }
            return InboxItem(message: message, copy: copy)
        }
    }

    func usage(from: MemberID, to: MemberID) throws(StoreError) -> Usage {
        try total(
            """
            SELECT count(*), coalesce(sum(messageBytes), 0) FROM copy
            WHERE recipient = ?2 AND fromMember = ?1 AND state IN ('accepted', 'released')
            """,
            [from, to]
        )
    }

    func sent(by member: MemberID, since: Timestamp) throws(StoreError) -> Usage {
        try total(
            """
            SELECT count(*), coalesce(sum(bytes), 0) FROM message
            WHERE sender = ?1 AND acceptedAt >= ?2
            """,
            [member, since]
        )
    }

    func expiring(before: Timestamp, limit: Int) throws(StoreError) -> [CopyRow] {
        try copies(
            """
            WHERE expiresAt <= ?1 AND endedAt IS NULL AND state = 'accepted'
            ORDER BY expiresAt, message LIMIT ?2
            """,
            [before, limit]
        )
    }

    func watched(until: Timestamp, limit: Int) throws(StoreError) -> [CopyRow] {
        try copies(
            """
            WHERE watchAt <= ?1 AND state IN ('accepted', 'released')
            ORDER BY watchAt, message, recipient LIMIT ?2
            """,
            [until, limit]
        )
    }

    func unacknowledged(expiredBy: Timestamp, limit: Int) throws(StoreError) -> [CopyRow] {
        try copies(
            """
            WHERE expiresAt <= ?1 AND endedAt IS NULL AND state = 'released'
            ORDER BY expiresAt, message, recipient LIMIT ?2
            """,
            [expiredBy, limit]
        )
    }

    func bodiesEnded(before: Timestamp, limit: Int) throws(StoreError) -> [MessageKey] {
        try connection.rows(
            """
            SELECT sender, messageId FROM message WHERE hasBody = 1 AND endedAt <= ?1
            ORDER BY endedAt, message LIMIT ?2
            """,
            before,
            limit
        ) { row throws(StoreError) in
            MessageKey(from: try row[0], messageID: try row[1])
        }
    }

    // MARK: Helpers

    private func total(
        _ text: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> Usage {
        let usage = try connection.collect(text, values) { row throws(StoreError) in
            Usage(messages: try row[0], bytes: try row[1])
        }
        return usage.first ?? Usage(messages: 0, bytes: 0)
    }

    /// Copies by a condition over `copy` and `message`.
    func copies(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [CopyRow] {
        try connection.collect(
            """
            SELECT sender, messageId, recipient, state, position, releasedAt, attempts,
                movedAt, arrivalWarnings, noReceiptAt, isConflictTold
            FROM copy JOIN message USING (message) \(condition)
            """,
            values
        ) { row throws(StoreError) in
            var copy = CopyRow(
                key: MessageKey(from: try row[0], messageID: try row[1]),
                to: try row[2],
                state: try row[3],
                position: try row[4],
                releasedAt: try row[5],
                attempts: try row[6],
                movedAt: try row[7]
            )
            copy.warned = CopyWarnings(
                arrival: try row[8],
                noReceiptAt: try row[9],
                isConflictTold: try row[10]
            )
            return copy
        }
    }

    /// Messages by a condition over `message`, with their place in the order of acceptance.
    func messages(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [(place: Int64, row: MessageRow)] {
        try connection.collect(
            """
            SELECT message, sender, messageId, routing, submission, accepted, sealedSha256,
                sealedLength, urgency, acceptedAt, expiresAt, fiscalYear
            FROM message \(condition)
            """,
            values
        ) { row throws(StoreError) in
            let place: Int64 = try row[0]
            let message = MessageRow(
                key: MessageKey(from: try row[1], messageID: try row[2]),
                routing: try row[3],
                submission: try row[4],
                accepted: try row[5],
                sealedSha256: try row[6],
                sealedLength: try row[7],
                chunks: try chunks(of: place),
                urgency: try row[8],
                acceptedAt: try row[9],
                expiresAt: try row[10],
                fiscalYear: try row[11]
            )
            return (place, message)
        }
    }

    private func chunks(of message: Int64) throws(StoreError) -> [OfferedChunk] {
        try connection.rows(
            "SELECT sha256, sealedLength FROM messageChunk WHERE message = ?1 ORDER BY place",
            message
        ) { row throws(StoreError) in
            OfferedChunk(sealedSha256: try row[0], sealedLength: try row[1])
        }
    }
}
