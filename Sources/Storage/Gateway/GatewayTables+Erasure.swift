import Audit
import Delivery
import Primitives

/// The end of what is kept of patients.
extension GatewayTables {
    /// Deletes rows, openings and tags, and notes the keys that nothing is under any more: from
    /// this commit on nothing can be sealed under them, and they can be destroyed.
    func erase(_ erasure: Erasure) throws(StoreError) {
        var keys: Set<Int64> = []
        for name in erasure.holdings {
            switch name {
            case .record(let kind, let id):
                keys.formUnion(try references("record WHERE kind = ?1 AND id = ?2", kind, id))
                try change("DELETE FROM record WHERE kind = ?1 AND id = ?2", kind, id)
                if let id = name.messageID {
                    let key = MessageKey(from: erasure.member, messageID: id)
                    keys.formUnion(try erase(key, isSent: true))
                }
            case .sent, .received:
                guard let key = name.message(of: erasure.member) else { continue }
                keys.formUnion(try erase(key, isSent: key.from == erasure.member))
            }
        }
        keys.formUnion(try forget(erasure.leaves))
        for key in try unused(keys.subtracting(erasure.sparing)) {
            try connection.run("INSERT INTO spentKey VALUES (?1)", key)
        }
    }

    /// - Returns: the keys that it was under.
    private func erase(_ key: MessageKey, isSent: Bool) throws(StoreError) -> Set<Int64> {
        let at = "WHERE sender = ?1 AND messageId = ?2"
        let own = "WHERE messageId = ?2"
        let tables =
            isSent
            ? ["outboxBytes \(own)", "outboxCopy \(own)", "outbox \(own)"]
            : ["inboxBytes \(at)", "inbox \(at)"]
        let sealed = ["emergency \(at)"] + tables.filter { !$0.hasPrefix("outboxCopy") }
        var keys: Set<Int64> = []
        for place in sealed {
            keys.formUnion(try references(place, key.from, key.messageID))
        }
        let statements = "SELECT sha256 FROM statement \(at)"
        let places = "SELECT place FROM statement \(at)"
        let dependents = [
            "disclosure WHERE statement IN (\(statements))",
            "proof WHERE statement IN (\(statements))", "unproved WHERE place IN (\(places))",
            "outgoing WHERE statement IN (\(statements))", "statement \(at)",
            "messageChunk \(at)", "warning \(at)", "expectation \(at)", "emergency \(at)",
        ]
        for place in dependents + tables {
            try connection.run("DELETE FROM \(place)", key.from, key.messageID)
        }
        try connection.run(
            "INSERT OR IGNORE INTO erased VALUES (?1, ?2)",
            key.from,
            key.messageID
        )
        return keys
    }

    private func references(
        _ place: String,
        _ first: any ColumnValue,
        _ second: any ColumnValue
    ) throws(StoreError) -> [Int64] {
        try connection.rows(
            "SELECT keyReference FROM \(place) AND keyReference IS NOT NULL",
            first,
            second
        ) { row throws(StoreError) in try row[0] }
    }

    /// Each table is read once: no index leads from a key to what is under it.
    private func unused(_ keys: Set<Int64>) throws(StoreError) -> Set<Int64> {
        var unused = keys
        for table in GatewaySchema.sealedTables where !unused.isEmpty {
            let used: [Int64] = try connection.rows(
                """
                SELECT DISTINCT keyReference FROM \(table)
                WHERE keyReference IN (SELECT value FROM json_each(?1))
                """,
                Self.list(unused)
            ) { row throws(StoreError) in try row[0] }
            unused.subtract(used)
        }
        return unused
    }

    private static func list(_ numbers: some Sequence<Int64>) -> String {
        "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"
    }

    /// - Returns: the keys that the openings were under.
    private func forget(_ leaves: [LeafPosition]) throws(StoreError) -> Set<Int64> {
        let fields = CommitmentField.allCases.filter(\.isOfPatient).map { "'\($0.rawValue)'" }
        let kinds = IndexKind.allCases.filter(\.isOfPatient).map { "\($0.rawValue)" }
        var numbers: [Int64] = []
        var keys: Set<Int64> = []
        for position in leaves {
            guard let tree = try connection.tree(position.tree) else { throw .damaged }
            let number = LeafNumber.position(tree.number, position.index)
            numbers.append(number)
            let under: [Int64] = try connection.rows(
                """
                DELETE FROM auditOpening
                WHERE position = ?1 AND field IN (\(fields.joined(separator: ", ")))
                RETURNING keyReference
                """,
                number
            ) { row throws(StoreError) in try row[0] }
            keys.formUnion(under)
        }
        // The index is ordered by what is looked for: all of it is read once.
        try connection.run(
            """
            DELETE FROM auditIndex WHERE kind IN (\(kinds.joined(separator: ", ")))
                AND position IN (SELECT value FROM json_each(?1))
            """,
            Self.list(numbers)
        )
        return keys
    }
}

extension GatewaySnapshot {
    func holdings() throws(StoreError) -> [Holding] {
        let sent = try connection.rows(
            """
            SELECT o.messageId, o.thread,
                max(o.createdAt, coalesce((SELECT max(movedAt) FROM outboxCopy AS c
                    WHERE c.messageId = o.messageId), o.createdAt)),
                EXISTS (SELECT 1 FROM outboxCopy AS c WHERE c.messageId = o.messageId
                    AND c.state IN ('queued', 'accepted', 'released')),
                o.keyReference, coalesce(b.keyReference, o.keyReference)
            FROM outbox AS o LEFT JOIN outboxBytes AS b ON b.messageId = o.messageId
            """
        ) { row throws(StoreError) in
            Holding(
                .sent(try row[0]),
                thread: try row[1],
                movedAt: try row[2],
                isMoving: try row[3],
                keys: [try row[4], try row[5]]
            )
        }
        let received = try connection.rows(
            """
            SELECT sender, messageId, thread, max(receivedAt, movedAt),
                state IS NULL OR EXISTS (SELECT 1 FROM outgoing WHERE sentAt IS NULL
                    AND statement IN (SELECT sha256 FROM statement AS s
                        WHERE s.sender = inbox.sender AND s.messageId = inbox.messageId)),
                keyReference FROM inbox
            """
        ) { row throws(StoreError) in
            let key: Int64? = try row[5]
            return Holding(
                .received(MessageKey(from: try row[0], messageID: try row[1])),
                thread: try row[2],
                movedAt: try row[3],
                isMoving: try row[4],
                keys: key.map { [$0] } ?? []
            )
        }
        return try withEmergencies(sent + received + (try heldRecords()))
    }

    private func withEmergencies(_ holdings: [Holding]) throws(StoreError) -> [Holding] {
        let rows = try connection.rows(
            "SELECT messageId, keyReference FROM emergency"
        ) { row throws(StoreError) -> (message: MessageID, reference: Int64) in
            (try row[0], try row[1])
        }
        guard !rows.isEmpty else { return holdings }
        let keys = Dictionary(grouping: rows, by: \.message)
        return holdings.map { holding in
            var holding = holding
            let found = holding.name.messageID.flatMap { keys[$0] } ?? []
            holding.keys.formUnion(found.map(\.reference))
            return holding
        }
    }

    private func heldRecords() throws(StoreError) -> [Holding] {
        try connection.rows(
            "SELECT kind, id, storedAt, keyReference FROM record"
        ) { row throws(StoreError) in
            Holding(
                .record(try row[0], try row[1]),
                movedAt: try row[2],
                keys: [try row[3]]
            )
        }
    }

    func isErased(_ key: MessageKey) throws(StoreError) -> Bool {
        try connection.exists(
            "SELECT 1 FROM erased WHERE sender = ?1 AND messageId = ?2",
            key.from,
            key.messageID
        )
    }

    func spentKeys() throws(StoreError) -> [Int64] {
        try connection.rows("SELECT reference FROM spentKey ORDER BY reference") {
            row throws(StoreError) in try row[0]
        }
    }
}
