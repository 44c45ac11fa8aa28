import Audit
import Delivery
import Directory
import Primitives

/// Writes facts of an organisation inside the caller's transaction.
struct GatewayTables {
    let connection: Connection

    func store(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .queue(let row): try queue(row)
        case .seal(let message, let bytes): try seal(message, bytes)
        case .attempted(let message):
            try changeOutbox(message, ", wasAttempted = 1")
        case .block(let message, let reason):
            try changeOutbox(message, ", blockedFor = ?2", reason)
        case .moveOutbox(let message, let to, let state, let at):
            try changeOutbox(message)
            try change(
                """
                UPDATE outboxCopy SET state = ?3, movedAt = ?4
                WHERE messageId = ?1 AND recipient = ?2
                """,
                message,
                to,
                state,
                at
            )
            if state.isEnd { try endExpectations(of: message, peer: to, at: at) }
        case .receive(let row, let bytes): try receive(row, bytes)
        case .moveInbox(let key, let state, let at):
            try change(
                """
                UPDATE inbox SET state = ?3, movedAt = ?4, revision = revision + 1
                WHERE sender = ?1 AND messageId = ?2
                """,
                key.from,
                key.messageID,
                state,
                at
            )
            if state.isEnd { try endOwed(for: key, at: at) }
        case .assign(let key, let account):
            try change(
                """
                UPDATE inbox SET assignee = ?3, revision = revision + 1
                WHERE sender = ?1 AND messageId = ?2
                """,
                key.from,
                key.messageID,
                account
            )
        case .claim(let chunks, let key): try claim(chunks, by: key)
        case .release(let key):
            try connection.run(
                "DELETE FROM messageChunk WHERE sender = ?1 AND messageId = ?2",
                key.from,
                key.messageID
            )
        case .receipt, .send, .sent: try storeStatement(write)
        case .warn(let row): try warn(row)
        case .expect, .met, .passed, .replaced: try storeExpectation(write)
        case .emergency, .reviewed: try storeEmergency(write)
        case .pair, .record, .dropRecord, .setting: try storeRecord(write)
        case .erase(let erasure): try erase(erasure)
        case .upkeep(let fact): try store(fact)
        }
    }

    // MARK: Outbox

    private func queue(_ row: OutboxRow) throws(StoreError) {
        guard let draft = row.draft else { throw .conflict(nil) }
        try connection.run(
            """
            INSERT INTO outbox (
                messageId, thread, sheetType, urgency, replyToSender, replyToMessage, replaces,
                createdAt, holdUntil, expiresAt, keyReference, draft, isSealed, wasAttempted,
                blockedFor, revision)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            """,
            row.message,
            row.thread,
            row.sheetType,
            row.urgency,
            row.inReplyTo?.from,
            row.inReplyTo?.messageID,
            row.replaces,
            row.createdAt,
            row.holdUntil,
            row.expiresAt,
            draft.keyReference,
            draft.bytes,
            row.isSealed,
            row.wasAttempted,
            row.blockedFor,
            row.revision
        )
        for copy in row.copies {
            try connection.run(
                "INSERT INTO outboxCopy VALUES (?1, ?2, ?3, ?4, ?5)",
                row.message,
                copy.to,
                copy.desk,
                copy.state,
                copy.movedAt
            )
        }
    }

    private func seal(_ message: MessageID, _ bytes: OutboxBytes) throws(StoreError) {
        try changeOutbox(message, ", isSealed = 1")
        try connection.run(
            "INSERT INTO outboxBytes VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            message,
            bytes.routing,
            bytes.submission,
            bytes.sealed,
            bytes.content.keyReference,
            bytes.content.bytes
        )
    }

    private func changeOutbox(
        _ message: MessageID,
        _ assignments: String = "",
        _ value: (any ColumnValue)? = nil
    ) throws(StoreError) {
        let text = "UPDATE outbox SET revision = revision + 1\(assignments) WHERE messageId = ?1"
        let values: [any ColumnValue] = value.map { [message, $0] } ?? [message]
        guard try connection.change(text, values) == 1 else { throw .conflict(nil) }
    }

    // MARK: Inbox

    private func receive(_ row: InboxRow, _ bytes: InboxBytes?) throws(StoreError) {
        let sheet = row.sheet
        guard (sheet == nil) == (sheet?.sealed == nil),
            try !GatewaySnapshot(connection: connection).isErased(row.key)
        else { throw .conflict(nil) }
        try dropHeld(row.key)
        try connection.run(
            """
            INSERT INTO inbox VALUES (
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                ?18, ?19, ?20, ?21, ?22)
            """,
            row.key.from,
            row.key.messageID,
            row.state,
            row.urgency,
            row.receivedAt,
            row.expiresAt,
            row.movedAt,
            row.sealedSha256,
            row.reason,
            row.revision,
            sheet?.thread,
            sheet?.sheetType,
            sheet?.contentSha256,
            sheet?.inReplyTo?.from,
            sheet?.inReplyTo?.messageID,
            sheet?.desk,
            sheet?.replyDueAt,
            sheet?.sealed?.keyReference,
            sheet?.sealed?.bytes,
            sheet?.replaces,
            row.replacedBy,
            row.assignee
        )
        guard let bytes else { return }
        try connection.run(
            "INSERT INTO inboxBytes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            row.key.from,
            row.key.messageID,
            bytes.routing,
            bytes.submission,
            bytes.sealed,
            bytes.accepted,
            bytes.content?.keyReference,
            bytes.content?.bytes
        )
    }

    /// A row that was set apart makes room for its decision; any other row stays and is a conflict.
    private func dropHeld(_ key: MessageKey) throws(StoreError) {
        let isHeld = try connection.exists(
            "SELECT 1 FROM inbox WHERE sender = ?1 AND messageId = ?2 AND state IS NULL",
            key.from,
            key.messageID
        )
        guard isHeld else { return }
        for table in ["inboxBytes", "inbox"] {
            try connection.run(
                "DELETE FROM \(table) WHERE sender = ?1 AND messageId = ?2",
                key.from,
                key.messageID
            )
        }
    }

    private func claim(_ chunks: [Digest], by key: MessageKey) throws(StoreError) {
        for (place, sha256) in chunks.enumerated() {
            try connection.run(
                "INSERT INTO messageChunk VALUES (?1, ?2, ?3, ?4)",
                key.from,
                key.messageID,
                place,
                sha256
            )
        }
    }

    private func warn(_ row: WarningRow) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO warning VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET at = excluded.at
            """,
            row.key.from,
            row.key.messageID,
            row.to,
            row.kind,
            row.at
        )
    }

    /// - Throws: `conflict` unless the statement changed one row.
    func change(_ text: String, _ values: any ColumnValue...) throws(StoreError) {
        guard try connection.change(text, values) == 1 else { throw .conflict(nil) }
    }
}
