import Delivery
import Primitives

/// What was done in emergencies, and what a second person said of it.
extension GatewayTables {
    func storeEmergency(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .emergency(let row):
            try connection.run(
                "INSERT INTO emergency VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                row.id,
                row.kind,
                row.message.from,
                row.message.messageID,
                row.account,
                row.usedAt,
                row.sealed.keyReference,
                row.sealed.bytes,
                row.review?.verdict,
                row.review?.at
            )
        case .reviewed(let id, let review, let sealed):
            try change(
                """
                UPDATE emergency SET verdict = ?2, reviewedAt = ?3, keyReference = ?4, sealed = ?5
                WHERE id = ?1 AND verdict IS NULL
                """,
                id,
                review.verdict,
                review.at,
                sealed.keyReference,
                sealed.bytes
            )
        default: preconditionFailure("stored by its own table")
        }
    }
}

extension GatewaySnapshot {
    func emergency(_ id: EmergencyID) throws(StoreError) -> EmergencyRow? {
        try emergencies("WHERE id = ?1", [id]).first
    }

    func emergency(
        of message: MessageKey,
        by account: AccountID,
        since: Timestamp
    ) throws(StoreError) -> EmergencyRow? {
        try emergencies(
            """
            WHERE sender = ?1 AND messageId = ?2 AND account = ?3 AND usedAt > ?4
                AND kind = 'reading' AND verdict IS NOT 'unjustified'
            ORDER BY usedAt DESC LIMIT 1
            """,
            [message.from, message.messageID, account, since]
        ).first
    }

    func waitingEmergencies(limit: Int) throws(StoreError) -> [EmergencyRow] {
        try emergencies("WHERE verdict IS NULL ORDER BY usedAt, id LIMIT ?1", [limit])
    }

    func reviewedEmergencies(limit: Int) throws(StoreError) -> [EmergencyRow] {
        try emergencies(
            "WHERE verdict IS NOT NULL ORDER BY reviewedAt DESC, id DESC LIMIT ?1",
            [limit]
        )
    }

    func waitingEmergencyCount() throws(StoreError) -> Int {
        Int(try connection.number("SELECT count(*) FROM emergency WHERE verdict IS NULL"))
    }

    private func emergencies(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [EmergencyRow] {
        try connection.collect(
            """
            SELECT id, kind, sender, messageId, account, usedAt, keyReference, sealed, verdict,
                reviewedAt
            FROM emergency \(condition)
            """,
            values
        ) { row throws(StoreError) in
            var emergency = EmergencyRow(
                id: try row[0],
                try row[1],
                MessageKey(from: try row[2], messageID: try row[3]),
                by: try row[4],
                at: try row[5],
                sealed: try row.needsSealed(6)
            )
            guard let verdict: EmergencyVerdict = try row[8] else { return emergency }
            emergency.review = EmergencyReview(verdict, at: try row[9])
            return emergency
        }
    }
}

extension EmergencyKind: ColumnValue {}
extension EmergencyVerdict: ColumnValue {}
