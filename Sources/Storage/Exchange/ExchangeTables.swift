import Cryptography
import Delivery
import Directory
import Primitives

/// Writes facts of an exchange inside the caller's transaction.
struct ExchangeTables {
    let connection: Connection

    func store(_ write: ExchangeWrite) throws(StoreError) {
        switch write {
        case .accept(let message, let sealed, let recipients, let accepted):
            try accept(message, sealed, to: recipients)
            try connection.insert(accepted)
        case .release(let key, let to, let at):
            try move(key, to, .released, at: at)
            try fetched(key, to, at: at)
            try watch(key, to, at: at)
        case .moveCopy(let key, let to, let state, let at):
            try move(key, to, state, at: at)
        case .warned(let key, let to, let told, let watchAt):
            try warned(key, to, told, watchAt: watchAt)
        case .statement(let statement):
            try connection.insert(statement)
        case .event(let member, let statement, let at):
            try add(.statement(statement), to: member, at: at)
        case .notice(let member, let notice, let at):
            try add(.notice(notice), to: member, at: at)
        case .deleteBody(let key):
            try deleteBody(try row(of: key))
        case .yearHeld(let year, let since): try hold(year, since: since)
        case .yearDestroyed(let year, let at): try noteDestroyed(year, at: at)
        case .directoryObject, .member, .certificate, .revoke, .joiningCode, .joiningTry,
            .joined:
            try storeMembership(write)
        }
    }

    func store(_ fact: ExchangeUpkeep) throws(StoreError) {
        switch fact {
        case .chunk(let chunk):
            try connection.run(
                """
                INSERT INTO chunk (member, sha256, storedAt, sealedLength, name)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (member, sha256) DO UPDATE SET storedAt = excluded.storedAt
                """,
                chunk.member,
                chunk.sha256,
                chunk.storedAt,
                chunk.sealed.count,
                chunk.name
            )
        case .dropChunks(let before):
            let unclaimed: [Int64] = try connection.rows(
                "SELECT chunk FROM chunk WHERE storedAt < ?1",
                before
            ) { row throws(StoreError) in try row[0] }
            try dropUnclaimed(unclaimed)
        case .fetchedAgain(let key, let to):
            try fetched(key, to, at: nil)
        case .watch(let key, let to, let at): try watch(key, to, at: at)
        case .proofs(let from, let to, let sealed, let at):
            let isKnown = try connection.exists(
                "SELECT 1 FROM event WHERE member = ?1 AND sender = ?2 AND digest = ?3",
                to,
                from,
                SHA256.hash(sealed)
            )
            if !isKnown { try add(.proofs(from: from, sealed: sealed), to: to, at: at) }
        case .reconciliation(let statement, let to, let at):
            try add(.reconciliation(statement), to: to, at: at)
        case .dropEvents(let before):
            try dropEvents(before: before)
        case .dropProofs(let before):
            try connection.run("DELETE FROM event WHERE at < ?1 AND sender IS NOT NULL", before)
        case .witness(let fact):
            try connection.store(fact)
        case .forget(let year, let messages, let openings):
            try forget(year, messages, openings)
        }
    }

    // MARK: Messages

    private func accept(
        _ message: MessageRow,
        _ sealed: [UInt8],
        to recipients: [MemberID]
    ) throws(StoreError) {
        let bytes = message.chunks.reduce(message.sealedLength) { $0 + $1.sealedLength }
        try connection.run(
            "INSERT INTO duplicate VALUES (?1, ?2)",
            message.key.sha256,
            message.sealedSha256
        )
        try connection.run(
            """
            INSERT INTO message (
                sender, messageId, routing, submission, accepted, sealedSha256, sealedLength,
                bytes, urgency, acceptedAt, expiresAt, fiscalYear, hasBody)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1)
            """,
            message.key.from,
            message.key.messageID,
            message.routing,
            message.submission,
            message.accepted,
            message.sealedSha256,
            message.sealedLength,
            bytes,
            message.urgency,
            message.acceptedAt,
            message.expiresAt,
            message.fiscalYear
        )
        let row = connection.insertedRow
        try connection.run("INSERT INTO body VALUES (?1, ?2)", row, sealed)
        for (place, chunk) in message.chunks.enumerated() {
            let attached = try connection.run(
                """
                INSERT INTO messageChunk SELECT ?1, ?2, sha256, sealedLength, chunk FROM chunk
                WHERE member = ?3 AND sha256 = ?4 AND sealedLength = ?5
                """,
                row,
                place,
                message.key.from,
                chunk.sealedSha256,
                chunk.sealedLength
            )
            // Swept since the decision looked for it.
            guard attached == 1 else { throw .conflict(nil) }
        }
        for recipient in recipients {
            try connection.run(
                """
                INSERT INTO copy VALUES (
                    ?1, ?2, 'accepted', ?3, NULL, 0, ?4, ?5, ?6, ?7, 0, NULL, 0, ?4)
                """,
                row,
                recipient,
                try raise(recipient, .revision),
                message.acceptedAt,
                message.key.from,
                bytes,
                message.urgency.rank
            )
        }
    }

    func deleteBody(_ message: Int64) throws(StoreError) {
        try connection.run("DELETE FROM body WHERE message = ?1", message)
        try connection.run("UPDATE message SET hasBody = 0 WHERE message = ?1", message)
        let chunks: [Int64] = try connection.rows(
            "SELECT chunk FROM messageChunk WHERE message = ?1 AND chunk IS NOT NULL",
            message
        ) { row throws(StoreError) in try row[0] }
        try connection.run(
            "UPDATE messageChunk SET chunk = NULL WHERE message = ?1",
            message
        )
        try dropUnclaimed(chunks)
    }

    /// Drops those that belong to no message; their files go when this is committed.
    private func dropUnclaimed(_ chunks: [Int64]) throws(StoreError) {
        for chunk in chunks {
            let names: [String] = try connection.rows(
                """
                DELETE FROM chunk WHERE chunk = ?1
                    AND NOT EXISTS (SELECT 1 FROM messageChunk WHERE chunk = ?1)
                RETURNING name
                """,
                chunk
            ) { row throws(StoreError) in try row[0] }
            for name in names {
                try connection.run("INSERT OR IGNORE INTO droppedChunk VALUES (?1)", name)
            }
        }
    }

    // MARK: Copies

    private func move(
        _ key: MessageKey,
        _ to: MemberID,
        _ state: DeliveryState,
        at: Timestamp
    ) throws(StoreError) {
        let message = try row(of: key)
        let moved = try connection.run(
            "UPDATE copy SET state = ?3, movedAt = ?4 WHERE message = ?1 AND recipient = ?2",
            message,
            to,
            state,
            at
        )
        guard moved == 1 else { throw .conflict(nil) }
        _ = try raise(to, .revision)
        // The body is needed as long as a copy may be fetched.
        try connection.run(
            """
            UPDATE message SET endedAt = ?2 WHERE message = ?1 AND endedAt IS NULL
                AND NOT EXISTS (SELECT 1 FROM copy
                    WHERE message = ?1 AND state IN ('accepted', 'released'))
            """,
            message,
            at
        )
    }

    private func fetched(
        _ key: MessageKey,
        _ to: MemberID,
        at: Timestamp?
    ) throws(StoreError) {
        let fetched = try connection.run(
            """
            UPDATE copy SET attempts = attempts + 1, releasedAt = coalesce(releasedAt, ?3)
            WHERE message = ?1 AND recipient = ?2
            """,
            try row(of: key),
            to,
            at
        )
        guard fetched == 1 else { throw .conflict(nil) }
    }

    private func warned(
        _ key: MessageKey,
        _ to: MemberID,
        _ told: CopyWarnings,
        watchAt: Timestamp?
    ) throws(StoreError) {
        let warned = try connection.run(
            """
            UPDATE copy SET arrivalWarnings = ?3, noReceiptAt = ?4, isConflictTold = ?5
            WHERE message = ?1 AND recipient = ?2
            """,
            try row(of: key),
            to,
            told.arrival,
            told.noReceiptAt,
            told.isConflictTold
        )
        guard warned == 1 else { throw .conflict(nil) }
        try watch(key, to, at: watchAt)
    }

    private func watch(
        _ key: MessageKey,
        _ to: MemberID,
        at: Timestamp?
    ) throws(StoreError) {
        try connection.run(
            "UPDATE copy SET watchAt = ?3 WHERE message = ?1 AND recipient = ?2",
            try row(of: key),
            to,
            at
        )
    }

    /// - Throws: `conflict` when the message is not here.
    func row(of key: MessageKey) throws(StoreError) -> Int64 {
        let row: Int64? = try connection.row(
            "SELECT message FROM message WHERE sender = ?1 AND messageId = ?2",
            key.from,
            key.messageID
        ) { row throws(StoreError) in try row[0] }
        guard let row else { throw .conflict(nil) }
        return row
    }
}

extension Urgency {
    /// The order of an inbox.
    fileprivate var rank: Int {
        switch self {
        case .emergency: 0
        case .urgent: 1
        case .routine: 2
        }
    }
}
