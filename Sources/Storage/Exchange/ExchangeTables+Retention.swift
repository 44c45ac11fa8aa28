import Audit
import Delivery
import Primitives

/// Years of deliveries: held, forgotten, destroyed.
extension ExchangeTables {
    /// Deletes what is known of deliveries, but for the two hashes by which a repeat is recognised,
    /// and the openings and index tags of leaves. The leaves stay.
    func forget(
        _ year: Int,
        _ messages: [MessageKey],
        _ openings: [LeafPosition]
    ) throws(StoreError) {
        let isHeld = try connection.exists(
            "SELECT 1 FROM retention WHERE fiscalYear = ?1 AND heldSince IS NOT NULL",
            year
        )
        guard !isHeld else { throw .conflict(nil) }
        for key in messages { try forget(key) }
        for position in openings {
            guard let tree = try connection.tree(position.tree) else { throw .damaged }
            let number = LeafNumber.position(tree.number, position.index)
            try connection.run("DELETE FROM auditOpening WHERE position = ?1", number)
            try connection.run("DELETE FROM auditIndex WHERE position = ?1", number)
        }
    }

    private func forget(_ key: MessageKey) throws(StoreError) {
        let message = try row(of: key)
        try deleteBody(message)
        try connection.run(
            """
            DELETE FROM event WHERE statement IN
                (SELECT sha256 FROM statement WHERE sender = ?1 AND messageId = ?2)
            """,
            key.from,
            key.messageID
        )
        try connection.run(
            "DELETE FROM statement WHERE sender = ?1 AND messageId = ?2",
            key.from,
            key.messageID
        )
        for table in ["messageChunk", "copy", "message"] {
            try connection.run("DELETE FROM \(table) WHERE message = ?1", message)
        }
    }

    func hold(_ year: Int, since: Timestamp?) throws(StoreError) {
        let changed = try connection.run(
            """
            INSERT INTO retention (fiscalYear, heldSince) VALUES (?1, ?2)
            ON CONFLICT (fiscalYear) DO UPDATE SET heldSince = excluded.heldSince
                WHERE destroyedAt IS NULL
            """,
            year,
            since
        )
        guard changed == 1 else { throw .conflict(nil) }
    }

    func noteDestroyed(_ year: Int, at: Timestamp) throws(StoreError) {
        let changed = try connection.run(
            """
            INSERT INTO retention (fiscalYear, destroyedAt) VALUES (?1, ?2)
            ON CONFLICT (fiscalYear) DO UPDATE SET destroyedAt = excluded.destroyedAt
                WHERE heldSince IS NULL AND destroyedAt IS NULL
            """,
            year,
            at
        )
        guard changed == 1 else { throw .conflict(nil) }
    }
}

extension ExchangeSnapshot {
    func retainedYears() throws(StoreError) -> [RetainedYear] {
        try connection.rows(
            """
            SELECT year, (SELECT count(*) FROM message WHERE message.fiscalYear = year),
                heldSince, destroyedAt
            FROM (SELECT fiscalYear AS year FROM retention
                UNION SELECT DISTINCT fiscalYear FROM message)
            LEFT JOIN retention ON retention.fiscalYear = year ORDER BY year
            """
        ) { row throws(StoreError) in
            RetainedYear(
                fiscalYear: try row[0],
                deliveries: try row[1],
                retention: Retention(heldSince: try row[2], destroyedAt: try row[3])
            )
        }
    }

    func retention(of year: Int) throws(StoreError) -> Retention {
        let known = try connection.row(
            "SELECT heldSince, destroyedAt FROM retention WHERE fiscalYear = ?1",
            year
        ) { row throws(StoreError) in
            Retention(heldSince: try row[0], destroyedAt: try row[1])
        }
        return known ?? Retention()
    }

    func deliveries(ofYear year: Int, limit: Int) throws(StoreError) -> [MessageKey] {
        try connection.rows(
            "SELECT sender, messageId FROM message WHERE fiscalYear = ?1 ORDER BY message LIMIT ?2",
            year,
            limit
        ) { row throws(StoreError) in
            MessageKey(from: try row[0], messageID: try row[1])
        }
    }

    func positions(under keyReference: Int64, limit: Int) throws(StoreError) -> [LeafPosition] {
        try connection.positions(
            "SELECT DISTINCT position FROM auditOpening WHERE keyReference = ?1 LIMIT ?2",
            keyReference,
            limit
        )
    }
}
