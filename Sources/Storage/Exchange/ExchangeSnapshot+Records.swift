import Audit
import Delivery
import Directory
import Primitives

/// Deliveries, statements, events and members.
extension ExchangeSnapshot {
    func delivery(_ key: MessageKey) throws(StoreError) -> DeliveryRow? {
        try messages("WHERE sender = ?1 AND messageId = ?2", [key.from, key.messageID])
            .first.map { found throws(StoreError) in try delivery(found.place, found.row) }
    }

    func deliveries(
        of sender: MemberID,
        state: DeliveryState?,
        after: Int64,
        limit: Int
    ) throws(StoreError) -> [DeliveryRow] {
        let found = try messages(
            """
            WHERE sender = ?1 AND message > ?2 AND (?3 IS NULL OR EXISTS (
                SELECT 1 FROM copy WHERE copy.message = message.message AND state = ?3))
            ORDER BY message LIMIT ?4
            """,
            [sender, after, state, limit]
        )
        var rows: [DeliveryRow] = []
        for (place, row) in found { rows.append(try delivery(place, row)) }
        return rows
    }

    private func delivery(
        _ place: Int64,
        _ message: MessageRow
    ) throws(StoreError) -> DeliveryRow {
        var tracked: [TrackedCopy] = []
        for copy in try copies(of: message.key) {
            let statements = try statements(of: message.key, to: copy.to)
                .map { TrackedStatement(type: $0.type, sha256: $0.sha256) }
            tracked.append(TrackedCopy(copy: copy, statements: statements))
        }
        return DeliveryRow(place: place, message: message, copies: tracked)
    }

    func haveDealt(_ one: MemberID, _ other: MemberID) throws(StoreError) -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM copy
            WHERE recipient = ?1 AND fromMember = ?2 OR recipient = ?2 AND fromMember = ?1
            """,
            one,
            other
        )
    }

    func proofBytes(from: MemberID, to: MemberID) throws(StoreError) -> Int64 {
        try connection.number(
            """
            SELECT coalesce(sum(max(length(bytes), 1024)), 0) FROM event
            WHERE member = ?1 AND sender = ?2 AND digest IS NOT NULL
            """,
            to,
            from
        )
    }

    func answered(
        from: MemberID,
        to: MemberID,
        accepted: Range<Timestamp>
    ) throws(StoreError) -> Set<MessageID> {
        let rows: [MessageID] = try connection.rows(
            """
            SELECT messageId FROM message
            WHERE sender = ?1 AND acceptedAt >= ?3 AND acceptedAt < ?4
                AND EXISTS (SELECT 1 FROM statement
                    WHERE statement.sender = ?1 AND statement.messageId = message.messageId
                        AND recipient = ?2 AND type IN ('delivered', 'refused'))
            """,
            from,
            to,
            accepted.lowerBound,
            accepted.upperBound
        ) { row throws(StoreError) in try row[0] }
        return Set(rows)
    }

    func statement(_ sha256: Digest) throws(StoreError) -> StatementRow? {
        try connection.statement(sha256)
    }

    func statement(in slot: StatementSlot) throws(StoreError) -> StatementRow? {
        try connection.statement(in: slot)
    }

    func statements(
        of key: MessageKey,
        to member: MemberID
    ) throws(StoreError) -> [StatementRow] {
        try connection.rows(
            """
            SELECT \(StatementTable.columns) FROM statement
            WHERE sender = ?1 AND messageId = ?2 AND (recipient IS NULL OR recipient = ?3)
            ORDER BY place
            """,
            key.from,
            key.messageID,
            member,
            make: StatementTable.row
        )
    }

    func events(
        of member: MemberID,
        after cursor: Int64,
        limit: Int
    ) throws(StoreError) -> [EventRow] {
        try connection.rows(
            """
            SELECT cursor, at, statement, noticeType, sender, bytes FROM event
            WHERE member = ?1 AND cursor > ?2 ORDER BY cursor LIMIT ?3
            """,
            member,
            cursor,
            limit
        ) { row throws(StoreError) in
            EventRow(cursor: try row[0], at: try row[1], content: try content(row))
        }
    }

    private func content(_ row: Connection.Row) throws(StoreError) -> EventContent {
        if let sha256: Digest = try row[2] {
            guard let statement = try statement(sha256) else { throw .damaged }
            return .statement(statement)
        }
        let notice: String? = try row[3]
        if notice == StatementType.reconciliation.rawValue { return .reconciliation(try row[5]) }
        if let type: NoticeType = try row[3] {
            return .notice(NoticeRow(type: type, members: try row[5]))
        }
        return .proofs(from: try row[4], sealed: try row[5])
    }

    func droppedEvents(of member: MemberID) throws(StoreError) -> Int64 {
        try connection.number("SELECT dropped FROM mailbox WHERE member = ?1", member)
    }

    func newestEvent(of member: MemberID) throws(StoreError) -> Int64 {
        try connection.number("SELECT cursor FROM mailbox WHERE member = ?1", member)
    }

    func member(_ member: MemberID) throws(StoreError) -> MemberRow? {
        try members("WHERE member = ?1", [member]).first
    }

    func members() throws(StoreError) -> [MemberRow] {
        try members("ORDER BY member", [])
    }

    private func members(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [MemberRow] {
        try connection.collect("SELECT * FROM member \(condition)", values) {
            row throws(StoreError) in
            MemberRow(member: try row[0], admission: try row[1], createdAt: try row[2])
        }
    }

    func certificate(_ sha256: Digest) throws(StoreError) -> CertificateRow? {
        try certificates("WHERE sha256 = ?1", [sha256]).first
    }

    func certificates(of member: MemberID) throws(StoreError) -> [CertificateRow] {
        try certificates("WHERE member = ?1 ORDER BY notAfter, sha256", [member])
    }

    private func certificates(
        _ condition: String,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [CertificateRow] {
        try connection.collect("SELECT * FROM certificate \(condition)", values) {
            row throws(StoreError) in
            CertificateRow(
                sha256: try row[0],
                member: try row[1],
                keyID: try row[2],
                der: try row[3],
                notAfter: try row[4],
                revokedAt: try row[5]
            )
        }
    }

    func joiningCode(of member: MemberID) throws(StoreError) -> JoiningCodeRow? {
        try connection.row(
            """
            SELECT member, keyReference, keys, validUntil, tries, request, answer
            FROM joiningCode WHERE member = ?1
            """,
            member
        ) { row throws(StoreError) in
            var used: UsedCode?
            if let request: Digest = try row[5] {
                used = UsedCode(request: request, answer: try row[6])
            }
            return JoiningCodeRow(
                member: try row[0],
                keys: try row.sealed(1),
                validUntil: try row[3],
                tries: try row[4],
                used: used
            )
        }
    }

    func directoryLeaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [DirectoryLeaf] {
        var result: [DirectoryLeaf] = []
        for leaf in try leaves(of: tree, from: from, limit: limit) {
            let facts = try wrap({ (_: DecodingRefusal) in StoreError.damaged }) {
                () throws(DecodingRefusal) in
                try AuditLeaf(reading: leaf, in: tree.kind).facts
            }
            result.append(
                DirectoryLeaf(
                    index: from + UInt64(result.count),
                    leaf: leaf,
                    object: try facts.object.sha256.flatMap(directoryObject)
                )
            )
        }
        return result
    }

    private func directoryObject(_ sha256: Digest) throws(StoreError) -> [UInt8]? {
        try connection.row("SELECT bytes FROM directoryObject WHERE sha256 = ?1", sha256) {
            row throws(StoreError) in try row[0]
        }
    }
}

extension Connection.Row {
    /// A sealed column and the key reference before it; nil where they are NULL.
    func sealed(_ index: Int32) throws(StoreError) -> SealedColumn? {
        guard let reference: Int64 = try self[index] else { return nil }
        return SealedColumn(keyReference: reference, bytes: try self[index + 1])
    }

    /// The same where they must not be NULL.
    func needsSealed(_ index: Int32) throws(StoreError) -> SealedColumn {
        guard let column = try sealed(index) else { throw .damaged }
        return column
    }
}

extension NoticeType: ColumnValue {}
extension MemberAdmission: ColumnValue {}
