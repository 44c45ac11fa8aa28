import Delivery
import Primitives

/// Reads an organisation's store through one connection.
struct GatewaySnapshot: GatewayReader, SQLiteSnapshot {
    let connection: Connection

    // MARK: Outbox

    func outbox(_ message: MessageID) throws(StoreError) -> OutboxRow? {
        try outbox("WHERE messageId = ?1", [message]).first
    }

    func outbox(state: DeliveryState?, limit: Int) throws(StoreError) -> [OutboxRow] {
        let order = "ORDER BY createdAt DESC, messageId DESC LIMIT ?1"
        guard let state else { return try outbox(order, [limit]) }
        return try outbox(
            "WHERE messageId IN (SELECT messageId FROM outboxCopy WHERE state = ?2) \(order)",
            [limit, state]
        )
    }

    func heldOutbox(until: Timestamp, limit: Int) throws(StoreError) -> [OutboxRow] {
        try outbox(
            """
            WHERE isSealed = 0 AND holdUntil <= ?1 AND \(Self.waiting)
            ORDER BY holdUntil, messageId LIMIT ?2
            """,
            [until, limit]
        )
    }

    func sealedOutbox(limit: Int) throws(StoreError) -> [OutboxRow] {
        try outbox(
            """
            WHERE isSealed = 1 AND \(Self.waiting)
            ORDER BY CASE urgency WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END,
                createdAt, messageId LIMIT ?1
            """,
            [limit]
        )
    }

    func outbox(thread: ThreadID) throws(StoreError) -> [OutboxRow] {
        try outbox("WHERE thread = ?1 ORDER BY createdAt, messageId", [thread])
    }

    func draft(of message: MessageID) throws(StoreError) -> SealedColumn? {
        try connection.row(
            "SELECT keyReference, draft FROM outbox WHERE messageId = ?1",
            message
        ) { row throws(StoreError) in try row.needsSealed(0) }
    }

    func outboxCounts() throws(StoreError) -> [DeliveryState: Int] {
        let ranks = DeliveryState.allCases.map { "WHEN '\($0.rawValue)' THEN \($0.rank)" }
        let counted: [(DeliveryState, Int)] = try connection.rows(
            """
            SELECT state, count(*) FROM (
                SELECT state, min((CASE state \(ranks.joined(separator: " ")) END) || recipient)
                FROM outboxCopy GROUP BY messageId)
            GROUP BY state
            """
        ) { row throws(StoreError) in (try row[0], try row[1]) }
        return Dictionary(uniqueKeysWithValues: counted)
    }

    func outboxBytes(of message: MessageID) throws(StoreError) -> OutboxBytes? {
        try connection.row(
            """
            SELECT routing, submission, sealed, keyReference, content FROM outboxBytes
            WHERE messageId = ?1
            """,
            message
        ) { row throws(StoreError) in
            OutboxBytes(
                routing: try row[0],
                submission: try row[1],
                sealed: try row[2],
                content: try row.needsSealed(3)
            )
        }
    }

    private static let waiting = """
        blockedFor IS NULL
            AND messageId IN (SELECT messageId FROM outboxCopy WHERE state = 'queued')
        """

    func outbox(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [OutboxRow] {
        try connection.collect(
            """
            SELECT messageId, thread, sheetType, urgency, replyToSender, replyToMessage,
                replaces, createdAt, holdUntil, expiresAt, isSealed, wasAttempted,
                blockedFor, revision, replacedBy
            FROM outbox \(condition)
            """,
            values
        ) { row throws(StoreError) in
            var message = OutboxRow(
                message: try row[0],
                thread: try row[1],
                sheetType: try row[2],
                urgency: try row[3],
                inReplyTo: try row.messageKey(4),
                replaces: try row[6],
                createdAt: try row[7],
                holdUntil: try row[8],
                expiresAt: try row[9],
                draft: nil,
                copies: try copies(of: try row[0]),
                isSealed: try row[10],
                wasAttempted: try row[11],
                blockedFor: try row[12],
                revision: try row[13]
            )
            message.replacedBy = try row[14]
            return message
        }
    }

    private func copies(of message: MessageID) throws(StoreError) -> [OutboxCopy] {
        try connection.rows(
            """
            SELECT recipient, desk, state, movedAt FROM outboxCopy WHERE messageId = ?1
            ORDER BY recipient
            """,
            message
        ) { row throws(StoreError) in
            OutboxCopy(
                to: try row[0],
                desk: try row[1],
                state: try row[2],
                movedAt: try row[3]
            )
        }
    }

    // MARK: Inbox

    func inbox(_ key: MessageKey) throws(StoreError) -> InboxRow? {
        try inbox("WHERE sender = ?1 AND messageId = ?2", [key.from, key.messageID]).first
    }

    func inbox(state: DeliveryState?, limit: Int) throws(StoreError) -> [InboxRow] {
        let order = "ORDER BY receivedAt DESC, sender DESC, messageId DESC LIMIT ?1"
        guard let state else { return try inbox(order, [limit]) }
        return try inbox("WHERE state = ?2 \(order)", [limit, state])
    }

    func heldInbox() throws(StoreError) -> [InboxRow] {
        try inbox("WHERE state IS NULL ORDER BY receivedAt, sender, messageId", [])
    }

    func inbox(content: Digest) throws(StoreError) -> InboxRow? {
        try inbox("WHERE contentSha256 = ?1", [content]).first
    }

    func inbox(thread: ThreadID) throws(StoreError) -> [InboxRow] {
        try inbox("WHERE thread = ?1 ORDER BY receivedAt, sender, messageId", [thread])
    }

    func inbox(message: MessageID) throws(StoreError) -> [MessageKey] {
        try connection.rows(
            "SELECT sender FROM inbox WHERE messageId = ?1 ORDER BY sender",
            message
        ) { row throws(StoreError) in MessageKey(from: try row[0], messageID: message) }
    }

    func sheet(of key: MessageKey) throws(StoreError) -> SealedColumn? {
        try connection.row(
            """
            SELECT keyReference, sheet FROM inbox
            WHERE sender = ?1 AND messageId = ?2 AND sheet IS NOT NULL
            """,
            key.from,
            key.messageID
        ) { row throws(StoreError) in try row.needsSealed(0) }
    }

    func inboxBytes(of key: MessageKey) throws(StoreError) -> InboxBytes? {
        try connection.row(
            """
            SELECT routing, submission, sealed, accepted, keyReference, content FROM inboxBytes
            WHERE sender = ?1 AND messageId = ?2
            """,
            key.from,
            key.messageID
        ) { row throws(StoreError) in
            InboxBytes(
                routing: try row[0],
                submission: try row[1],
                sealed: try row[2],
                accepted: try row[3],
                content: try row.sealed(4)
            )
        }
    }

    func inbox(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [InboxRow] {
        try connection.collect(
            """
            SELECT sender, messageId, state, urgency, receivedAt, expiresAt, movedAt,
                sealedSha256, reason, revision, thread, sheetType, contentSha256,
                replyToSender, replyToMessage, desk, replyDueAt, replaces, replacedBy, assignee
            FROM inbox \(condition)
            """,
            values
        ) { row throws(StoreError) in
            var message = InboxRow(
                key: MessageKey(from: try row[0], messageID: try row[1]),
                state: try row[2],
                urgency: try row[3],
                receivedAt: try row[4],
                expiresAt: try row[5],
                movedAt: try row[6],
                sealedSha256: try row[7],
                reason: try row[8],
                sheet: try sheet(row),
                revision: try row[9]
            )
            message.replacedBy = try row[18]
            message.assignee = try row[19]
            return message
        }
    }

    private func sheet(_ row: Connection.Row) throws(StoreError) -> InboxSheet? {
        guard let thread: ThreadID = try row[10] else { return nil }
        var sheet = InboxSheet(
            thread: thread,
            sheetType: try row[11],
            contentSha256: try row[12],
            inReplyTo: try row.messageKey(13),
            desk: try row[15],
            replyDueAt: try row[16],
            sealed: nil
        )
        sheet.replaces = try row[17]
        return sheet
    }

    // MARK: Chunks

    func chunks(of key: MessageKey) throws(StoreError) -> [Digest] {
        try connection.rows(
            "SELECT sha256 FROM messageChunk WHERE sender = ?1 AND messageId = ?2 ORDER BY place",
            key.from,
            key.messageID
        ) { row throws(StoreError) in try row[0] }
    }

    func hasChunk(_ sha256: Digest) throws(StoreError) -> Bool {
        try connection.exists("SELECT 1 FROM chunk WHERE sha256 = ?1", sha256)
    }
}

extension Connection.Row {
    /// A sender and the message id after it; nil where they are NULL.
    fileprivate func messageKey(_ index: Int32) throws(StoreError) -> MessageKey? {
        guard let sender: MemberID = try self[index] else { return nil }
        return MessageKey(from: sender, messageID: try self[index + 1])
    }
}

extension ReasonCode: ColumnValue {}
