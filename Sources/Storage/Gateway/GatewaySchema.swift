/// The tables of an organisation's `store.db`: ids, states, times and codes in the clear, all that
/// tells of a person sealed.
enum GatewaySchema {
    static let file = SQLiteFile(
        application: 0x524E_4B47,
        migrations: [
            AuditSchema.tables + StatementTable.tables + messages + others, erasures,
            AuditSchema.eventIndexes, reconciliations, AuditSchema.recoveries,
        ]
    )

    /// Those whose rows name the data key they are under.
    static let sealedTables = [
        "outbox", "outboxBytes", "inbox", "inboxBytes", "disclosure", "record", "emergency",
        "auditOpening",
    ]

    private static let messages = """
        CREATE TABLE outbox (
            messageId TEXT PRIMARY KEY, thread TEXT NOT NULL, sheetType TEXT NOT NULL,
            urgency TEXT NOT NULL, replyToSender TEXT, replyToMessage TEXT, replaces TEXT,
            createdAt TEXT NOT NULL, holdUntil TEXT NOT NULL, expiresAt TEXT NOT NULL,
            keyReference INTEGER NOT NULL, draft BLOB NOT NULL, isSealed INTEGER NOT NULL,
            wasAttempted INTEGER NOT NULL, blockedFor TEXT, revision INTEGER NOT NULL,
            replacedBy TEXT);
        CREATE INDEX outboxByThread ON outbox (thread);
        CREATE INDEX outboxByAge ON outbox (createdAt, messageId);
        CREATE TABLE outboxCopy (
            messageId TEXT NOT NULL REFERENCES outbox, recipient TEXT NOT NULL, desk TEXT,
            state TEXT NOT NULL, movedAt TEXT NOT NULL,
            PRIMARY KEY (messageId, recipient)) WITHOUT ROWID;
        CREATE INDEX outboxByState ON outboxCopy (state);
        CREATE TABLE outboxBytes (
            messageId TEXT PRIMARY KEY REFERENCES outbox, routing BLOB NOT NULL,
            submission BLOB NOT NULL, sealed BLOB NOT NULL, keyReference INTEGER NOT NULL,
            content BLOB NOT NULL);
        CREATE TABLE inbox (
            sender TEXT NOT NULL, messageId TEXT NOT NULL, state TEXT, urgency TEXT NOT NULL,
            receivedAt TEXT NOT NULL, expiresAt TEXT NOT NULL, movedAt TEXT NOT NULL,
            sealedSha256 BLOB NOT NULL, reason TEXT, revision INTEGER NOT NULL, thread TEXT,
            sheetType TEXT, contentSha256 BLOB UNIQUE, replyToSender TEXT, replyToMessage TEXT,
            desk TEXT, replyDueAt TEXT, keyReference INTEGER, sheet BLOB,
            replaces TEXT, replacedBy TEXT, assignee TEXT,
            PRIMARY KEY (sender, messageId));
        CREATE INDEX inboxByState ON inbox (state, receivedAt, sender, messageId);
        CREATE INDEX inboxByAge ON inbox (receivedAt, sender, messageId);
        CREATE INDEX inboxByThread ON inbox (thread);
        CREATE INDEX inboxByAssignee ON inbox (assignee, receivedAt, sender, messageId)
            WHERE assignee IS NOT NULL;
        CREATE INDEX inboxUnassigned ON inbox (receivedAt, sender, messageId)
            WHERE assignee IS NULL AND replacedBy IS NULL AND state IN ('delivered', 'opened');
        CREATE INDEX inboxByMessage ON inbox (messageId);
        CREATE TABLE inboxBytes (
            sender TEXT NOT NULL, messageId TEXT NOT NULL, routing BLOB NOT NULL,
            submission BLOB NOT NULL, sealed BLOB NOT NULL, accepted BLOB NOT NULL,
            keyReference INTEGER, content BLOB, PRIMARY KEY (sender, messageId),
            FOREIGN KEY (sender, messageId) REFERENCES inbox);
        CREATE TABLE chunk (
            sha256 BLOB PRIMARY KEY, storedAt TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE messageChunk (
            sender TEXT NOT NULL, messageId TEXT NOT NULL, place INTEGER NOT NULL,
            sha256 BLOB NOT NULL REFERENCES chunk,
            PRIMARY KEY (sender, messageId, place)) WITHOUT ROWID;
        CREATE INDEX messageOfChunk ON messageChunk (sha256);
        CREATE TABLE pair (
            direction TEXT NOT NULL, peer TEXT NOT NULL, sequence INTEGER NOT NULL,
            messageId TEXT NOT NULL, PRIMARY KEY (direction, peer)) WITHOUT ROWID;
        CREATE TABLE warning (
            sender TEXT NOT NULL, messageId TEXT NOT NULL, recipient TEXT NOT NULL,
            kind TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (messageId, recipient, kind, sender)) WITHOUT ROWID;
        CREATE INDEX warningByAge ON warning (at);
        CREATE TABLE expectation (
            sender TEXT NOT NULL, messageId TEXT NOT NULL, peer TEXT NOT NULL,
            kind TEXT NOT NULL, due TEXT, desk TEXT, metAt TEXT, passedAt TEXT,
            PRIMARY KEY (sender, messageId, peer, kind)) WITHOUT ROWID;
        CREATE INDEX expectationByDue ON expectation (due) WHERE metAt IS NULL;
        CREATE INDEX expectationByDesk ON expectation (desk) WHERE passedAt IS NOT NULL;
        """

    private static let others = """
        CREATE TABLE disclosure (
            statement BLOB PRIMARY KEY REFERENCES statement (sha256),
            keyReference INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE proof (
            statement BLOB PRIMARY KEY REFERENCES statement (sha256), leaf BLOB NOT NULL,
            tlogProof BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE unproved (place INTEGER PRIMARY KEY REFERENCES statement);
        CREATE TABLE outgoing (
            place INTEGER PRIMARY KEY,
            statement BLOB NOT NULL UNIQUE REFERENCES statement (sha256), sentAt TEXT,
            proofSentAt TEXT);
        CREATE INDEX outgoingWaiting ON outgoing (place) WHERE sentAt IS NULL;
        CREATE INDEX outgoingUnproved ON outgoing (place) WHERE proofSentAt IS NULL;
        CREATE TABLE cursor (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE directoryLeaf (
            origin TEXT NOT NULL, leafIndex INTEGER NOT NULL, leaf BLOB NOT NULL, object BLOB,
            PRIMARY KEY (origin, leafIndex));
        CREATE TABLE peerCheckpoint (
            origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL);
        CREATE TABLE record (
            kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL,
            keyReference INTEGER NOT NULL, sealed BLOB NOT NULL, storedAt TEXT NOT NULL,
            PRIMARY KEY (kind, id));
        CREATE TABLE emergency (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, sender TEXT NOT NULL,
            messageId TEXT NOT NULL, account TEXT, usedAt TEXT NOT NULL,
            keyReference INTEGER NOT NULL, sealed BLOB NOT NULL, verdict TEXT,
            reviewedAt TEXT) WITHOUT ROWID;
        CREATE INDEX emergencyWaiting ON emergency (usedAt, id) WHERE verdict IS NULL;
        CREATE INDEX emergencyReviewed ON emergency (reviewedAt, id) WHERE verdict IS NOT NULL;
        CREATE INDEX emergencyOf ON emergency (sender, messageId, account, usedAt);
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        """

    private static let reconciliations = """
        CREATE TABLE exchanged (
            day TEXT NOT NULL, peer TEXT NOT NULL, direction TEXT NOT NULL,
            messageId TEXT NOT NULL, PRIMARY KEY (day, peer, direction, messageId))
            WITHOUT ROWID;
        CREATE TABLE reconciliation (
            day TEXT NOT NULL, peer TEXT NOT NULL, told BLOB, heard BLOB, outcome TEXT,
            PRIMARY KEY (day, peer)) WITHOUT ROWID;
        CREATE INDEX reconciliationOpen ON reconciliation (day, peer) WHERE outcome IS NULL;
        CREATE INDEX reconciliationDiffers ON reconciliation (day, peer)
            WHERE outcome = 'differs';
        """

    /// Messages that are never taken in again, and keys under which nothing is: writing under one
    /// of them is a conflict.
    private static let erasures =
        """
        CREATE TABLE erased (
            sender TEXT NOT NULL, messageId TEXT NOT NULL,
            PRIMARY KEY (sender, messageId)) WITHOUT ROWID;
        CREATE TABLE spentKey (reference INTEGER PRIMARY KEY);
        """ + sealedTables.map(spentRefusal).joined()

    private static func spentRefusal(_ table: String) -> String {
        ["INSERT", "UPDATE"].map { act in
            """
            CREATE TRIGGER \(table)IsUnderNoSpentKeyAt\(act) BEFORE \(act) ON \(table)
                BEGIN INSERT INTO spentKey SELECT reference FROM spentKey
                    WHERE reference = NEW.keyReference; END;
            """
        }.joined()
    }
}
