import Audit
import Delivery
import Directory
import Primitives

/// Statements, expectations, the mirrored directory and records.
extension GatewaySnapshot {
    func pair(
        _ direction: PairDirection,
        with peer: MemberID
    ) throws(StoreError) -> PairRow? {
        try connection.row(
            """
            SELECT direction, peer, sequence, messageId FROM pair
            WHERE direction = ?1 AND peer = ?2
            """,
            direction,
            peer
        ) { row throws(StoreError) in
            PairRow(
                direction: try row[0],
                peer: try row[1],
                sequence: try row[2],
                message: try row[3]
            )
        }
    }

    // MARK: Statements

    func receipt(_ sha256: Digest) throws(StoreError) -> ReceiptRow? {
        try connection.statement(sha256).map(receipt)
    }

    func receipt(in slot: StatementSlot) throws(StoreError) -> ReceiptRow? {
        try connection.statement(in: slot).map(receipt)
    }

    func receipts(of key: MessageKey) throws(StoreError) -> [ReceiptRow] {
        try receipts(
            "WHERE sender = ?1 AND messageId = ?2 ORDER BY place",
            [key.from, key.messageID]
        )
    }

    func unprovedReceipts(
        except own: PartyID,
        storedBefore: Timestamp,
        limit: Int
    ) throws(StoreError) -> [ReceiptRow] {
        try receipts(
            """
            WHERE place IN (SELECT place FROM unproved) AND issuer <> ?1 AND storedAt <= ?2
            ORDER BY place LIMIT ?3
            """,
            [own, storedBefore, limit]
        )
    }

    func unsentProofs(of own: PartyID, limit: Int) throws(StoreError) -> [ReceiptRow] {
        try receipts(
            """
            JOIN outgoing ON outgoing.statement = sha256
            WHERE sentAt IS NOT NULL AND proofSentAt IS NULL AND issuer = ?1
                AND \(StatementTable.isReceipt)
            ORDER BY outgoing.place LIMIT ?2
            """,
            [own, limit]
        )
    }

    func unsentStatements(limit: Int) throws(StoreError) -> [StatementRow] {
        let waiting: [Digest] = try connection.rows(
            "SELECT statement FROM outgoing WHERE sentAt IS NULL ORDER BY place LIMIT ?1",
            limit
        ) { row throws(StoreError) in try row[0] }
        var statements: [StatementRow] = []
        for sha256 in waiting {
            guard let statement = try connection.statement(sha256) else { throw .damaged }
            statements.append(statement)
        }
        return statements
    }

    private func receipts(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [ReceiptRow] {
        let found = try connection.collect(
            "SELECT \(StatementTable.columns) FROM statement \(condition)",
            values,
            StatementTable.row
        )
        var rows: [ReceiptRow] = []
        for statement in found { rows.append(try receipt(statement)) }
        return rows
    }

    private func receipt(_ statement: StatementRow) throws(StoreError) -> ReceiptRow {
        ReceiptRow(
            statement: statement,
            disclosure: try connection.row(
                "SELECT keyReference, sealed FROM disclosure WHERE statement = ?1",
                statement.sha256
            ) { row throws(StoreError) in try row.needsSealed(0) },
            proof: try connection.row(
                "SELECT leaf, tlogProof FROM proof WHERE statement = ?1",
                statement.sha256
            ) { row throws(StoreError) in
                StoredProof(leaf: try row[0], tlogProof: try row[1])
            }
        )
    }

    // MARK: Expectations and cursors

    func expectations(
        dueBefore: Timestamp,
        limit: Int
    ) throws(StoreError) -> [ExpectationRow] {
        try expectations(
            """
            WHERE metAt IS NULL AND passedAt IS NULL AND due <= ?1 AND kind <> 'delivered'
            ORDER BY due, messageId, peer, kind, sender LIMIT ?2
            """,
            [dueBefore, limit]
        )
    }

    func openExpectations(owed: Bool?, limit: Int) throws(StoreError) -> [ExpectationRow] {
        let whose = owed.map { $0 ? "AND peer = sender" : "AND peer <> sender" } ?? ""
        return try expectations(
            """
            WHERE metAt IS NULL AND kind <> 'delivered' \(whose)
            ORDER BY due IS NULL, due, messageId, peer, kind, sender LIMIT ?1
            """,
            [limit]
        )
    }

    func expectations(of message: MessageKey) throws(StoreError) -> [ExpectationRow] {
        try expectations(
            "WHERE sender = ?1 AND messageId = ?2 ORDER BY due IS NULL, due, peer, kind",
            [message.from, message.messageID]
        )
    }

    func expectation(_ name: ExpectationName) throws(StoreError) -> ExpectationRow? {
        try expectations(
            "WHERE sender = ?1 AND messageId = ?2 AND peer = ?3 AND kind = ?4",
            [name.message.from, name.message.messageID, name.peer, name.kind]
        ).first
    }

    func handedOver(to desks: [DeskID]) throws(StoreError) -> Set<MessageKey> {
        let places = desks.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return Set(
            try expectations(
                "WHERE passedAt IS NOT NULL AND peer = sender AND desk IN (\(places))",
                desks
            ).map(\.name.message)
        )
    }

    private func expectations(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [ExpectationRow] {
        try connection.collect(
            """
            SELECT sender, messageId, peer, kind, due, desk, metAt, passedAt
            FROM expectation \(condition)
            """,
            values
        ) { row throws(StoreError) in
            let key = MessageKey(from: try row[0], messageID: try row[1])
            var expectation = ExpectationRow(
                ExpectationName(key, try row[2], try row[3]),
                due: try row[4],
                desk: try row[5]
            )
            expectation.metAt = try row[6]
            expectation.passedAt = try row[7]
            return expectation
        }
    }

    func cursor(_ name: CursorName) throws(StoreError) -> Int64 {
        try connection.number("SELECT value FROM cursor WHERE name = ?1", name)
    }

    // MARK: Directory and records

    func mirroredTree() throws(StoreError) -> TreeOrigin? {
        try connection.row("SELECT origin FROM directoryLeaf ORDER BY origin DESC LIMIT 1") {
            row throws(StoreError) in try row[0]
        }
    }

    func directoryLeaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [DirectoryLeaf] {
        try connection.rows(
            """
            SELECT leafIndex, leaf, object FROM directoryLeaf
            WHERE origin = ?1 AND leafIndex >= ?2 ORDER BY leafIndex LIMIT ?3
            """,
            tree,
            from,
            limit
        ) { row throws(StoreError) in
            DirectoryLeaf(index: try row[0], leaf: try row[1], object: try row[2])
        }
    }

    func peerCheckpoint(of tree: TreeOrigin) throws(StoreError) -> Checkpoint? {
        try connection.row("SELECT note FROM peerCheckpoint WHERE origin = ?1", tree) {
            row throws(StoreError) in try Checkpoint(stored: row[0])
        }
    }

    func record(_ kind: RecordKind, _ id: RecordID) throws(StoreError) -> RecordRow? {
        try records("WHERE kind = ?1 AND id = ?2", [kind, id]).first
    }

    func records(_ kind: RecordKind) throws(StoreError) -> [RecordRow] {
        try records("WHERE kind = ?1 ORDER BY id", [kind])
    }

    func records(_ kind: RecordKind, _ slice: ListSlice) throws(StoreError) -> [RecordRow] {
        try records(
            "WHERE kind = ?1 ORDER BY storedAt DESC, id DESC LIMIT ?2 OFFSET ?3",
            [kind, slice.limit, slice.skip]
        )
    }

    func count(_ kind: RecordKind) throws(StoreError) -> Int {
        try Int(connection.number("SELECT count(*) FROM record WHERE kind = ?1", kind))
    }

    private func records(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [RecordRow] {
        try connection.collect(
            """
            SELECT kind, id, revision, keyReference, sealed, storedAt FROM record \(condition)
            """,
            values
        ) { row throws(StoreError) in
            RecordRow(
                kind: try row[0],
                id: try row[1],
                revision: try row[2],
                sealed: try row.needsSealed(3),
                storedAt: try row[5]
            )
        }
    }

    func setting(_ name: SettingName) throws(StoreError) -> [UInt8]? {
        try connection.row("SELECT value FROM setting WHERE name = ?1", name) {
            row throws(StoreError) in try row[0]
        }
    }
}

extension PairDirection: ColumnValue {}
extension ExpectationKind: ColumnValue {}
extension RecordKind: ColumnValue {}
extension CursorName: ColumnValue {}
extension SettingName: ColumnValue {}

/// What is late, and what people were told of it.
extension GatewaySnapshot {
    func outboxLate(
        _ state: DeliveryState,
        since: Timestamp,
        without kind: WarningKind,
        limit: Int
    ) throws(StoreError) -> [OutboxRow] {
        try outbox(
            """
            WHERE messageId IN (SELECT messageId FROM outboxCopy AS late
                WHERE state = ?1 AND movedAt <= ?2 AND NOT EXISTS (
                    SELECT 1 FROM warning WHERE warning.messageId = late.messageId
                        AND warning.recipient = late.recipient AND kind = ?3))
            ORDER BY createdAt, messageId LIMIT ?4
            """,
            [state, since, kind, limit]
        )
    }

    func inboxLate(
        _ state: DeliveryState,
        since: Timestamp,
        without kind: WarningKind,
        limit: Int
    ) throws(StoreError) -> [InboxRow] {
        try inbox(
            """
            WHERE state = ?1 AND movedAt <= ?2 AND NOT EXISTS (
                SELECT 1 FROM warning WHERE warning.messageId = inbox.messageId
                    AND warning.sender = inbox.sender AND kind = ?3)
            ORDER BY receivedAt, sender, messageId LIMIT ?4
            """,
            [state, since, kind, limit]
        )
    }

    func warnings(of key: MessageKey) throws(StoreError) -> [WarningRow] {
        try warnings(
            "WHERE sender = ?1 AND messageId = ?2 ORDER BY at, recipient, kind",
            [key.from, key.messageID]
        )
    }

    func warnings(limit: Int) throws(StoreError) -> [WarningRow] {
        try warnings("ORDER BY at DESC, sender, messageId, recipient, kind LIMIT ?1", [limit])
    }

    private func warnings(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [WarningRow] {
        try connection.collect(
            "SELECT sender, messageId, recipient, kind, at FROM warning \(condition)",
            values
        ) { row throws(StoreError) in
            WarningRow(
                key: MessageKey(from: try row[0], messageID: try row[1]),
                to: try row[2],
                kind: try row[3],
                at: try row[4]
            )
        }
    }
}

extension WarningKind: ColumnValue {}
