import Delivery
import Directory
import Primitives

/// The table of statements, the same in both stores.
enum StatementTable {
    static let tables = """
        CREATE TABLE statement (
            place INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, slot BLOB NOT NULL UNIQUE,
            type TEXT NOT NULL, issuer TEXT NOT NULL, sender TEXT, messageId TEXT,
            recipient TEXT, number INTEGER, bytes BLOB NOT NULL, disclosure BLOB,
            storedAt TEXT NOT NULL);
        CREATE INDEX statementOfMessage ON statement (sender, messageId)
            WHERE messageId IS NOT NULL;
        """

    /// For the columns that `row` reads.
    static let columns = """
        sha256, type, issuer, bytes, disclosure, storedAt, sender, messageId, recipient, number
        """

    /// Statements about a delivery that promise a leaf.
    static let isReceipt = "messageId IS NOT NULL AND type NOT IN ('submission', 'withdrawal')"

    static func row(_ row: Connection.Row) throws(StoreError) -> StatementRow {
        StatementRow(
            sha256: try row[0],
            type: try row[1],
            issuer: try row[2],
            bytes: try row[3],
            slot: try slot(row),
            disclosure: try row[4],
            storedAt: try row[5]
        )
    }

    private static func slot(_ row: Connection.Row) throws(StoreError) -> StatementSlot {
        let type: StatementType = try row[1]
        if let messageID: MessageID = try row[7] {
            let key = MessageKey(from: try row[6], messageID: messageID)
            let recipient: MemberID? = try row[8]
            if type == .withdrawalAnswer, let recipient {
                let issuer: PartyID = try row[2]
                return .answer(key, recipient, by: issuer)
            }
            return recipient.map { .copy(type, key, $0) } ?? .message(type, key)
        }
        let number: Int64? = try row[9]
        guard let number else { return .free(try row[0]) }
        return .numbered(type, try row[2], number)
    }
}

extension Connection {
    /// - Throws: `conflict` when the statement or its slot is taken.
    func insert(_ statement: StatementRow) throws(StoreError) {
        let message = statement.slot.message
        try run(
            """
            INSERT INTO statement (
                sha256, slot, type, issuer, sender, messageId, recipient, number, bytes,
                disclosure, storedAt)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """,
            statement.sha256,
            statement.slot.digest,
            statement.type,
            statement.issuer,
            message?.from,
            message?.messageID,
            statement.slot.recipient,
            statement.slot.number,
            statement.bytes,
            statement.disclosure,
            statement.storedAt
        )
    }

    func statement(_ sha256: Digest) throws(StoreError) -> StatementRow? {
        try row(
            "SELECT \(StatementTable.columns) FROM statement WHERE sha256 = ?1",
            sha256,
            make: StatementTable.row
        )
    }

    func statement(in slot: StatementSlot) throws(StoreError) -> StatementRow? {
        try row(
            "SELECT \(StatementTable.columns) FROM statement WHERE slot = ?1",
            slot.digest,
            make: StatementTable.row
        )
    }
}

extension StatementType: ColumnValue {}
extension DeliveryState: ColumnValue {}
extension Urgency: ColumnValue {}
