import Delivery
import Directory
import Primitives

/// The book of expectations, and which messages are old versions.
extension GatewayTables {
    func storeExpectation(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .expect(let row):
            try connection.run(
                "INSERT INTO expectation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                row.name.message.from,
                row.name.message.messageID,
                row.name.peer,
                row.name.kind,
                row.due,
                row.desk,
                row.metAt,
                row.passedAt
            )
        case .met(let name, let at):
            try connection.run(
                "UPDATE expectation SET metAt = ?5 WHERE \(Self.named) AND metAt IS NULL",
                name.message.from,
                name.message.messageID,
                name.peer,
                name.kind,
                at
            )
        case .passed(let name, let desk, let at):
            try change(
                """
                UPDATE expectation SET passedAt = ?5, desk = ?6
                WHERE \(Self.named) AND metAt IS NULL AND passedAt IS NULL
                """,
                name.message.from,
                name.message.messageID,
                name.peer,
                name.kind,
                at,
                desk
            )
        case .replaced(let key, let later):
            try replaced(key, by: later)
        default: preconditionFailure("stored by its own table")
        }
    }

    /// Of a copy that has ended nothing more will come.
    func endExpectations(
        of message: MessageID,
        peer: MemberID,
        at: Timestamp
    ) throws(StoreError) {
        try connection.run(
            """
            UPDATE expectation SET metAt = ?3
            WHERE messageId = ?1 AND peer = ?2 AND sender <> peer AND metAt IS NULL
            """,
            message,
            peer,
            at
        )
    }

    /// Of a message that its sender has taken back nothing is owed.
    func endOwed(for key: MessageKey, at: Timestamp) throws(StoreError) {
        try connection.run(
            """
            UPDATE expectation SET metAt = ?3
            WHERE sender = ?1 AND messageId = ?2 AND peer = sender AND metAt IS NULL
            """,
            key.from,
            key.messageID,
            at
        )
    }

    /// An own message stands in the outbox; a received one in the inbox.
    private func replaced(_ key: MessageKey, by later: MessageID) throws(StoreError) {
        let inbox = """
            UPDATE inbox SET replacedBy = ?3, revision = revision + 1
            WHERE sender = ?1 AND messageId = ?2
            """
        if try connection.change(inbox, [key.from, key.messageID, later]) == 1 { return }
        try change(
            "UPDATE outbox SET replacedBy = ?2, revision = revision + 1 WHERE messageId = ?1",
            key.messageID,
            later
        )
    }

    private static let named = "sender = ?1 AND messageId = ?2 AND peer = ?3 AND kind = ?4"
}
