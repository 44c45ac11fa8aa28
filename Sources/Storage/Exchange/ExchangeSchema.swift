/// The tables of `exchange.db`.
///
/// The sender, recipients and times of a delivery stand in `message`, `copy`, `statement`, `event`
/// and nowhere else, so that they can be forgotten together; `duplicate` stays.
enum ExchangeSchema {
    static let file = SQLiteFile(
        application: 0x524E_4B58,
        migrations: [
            AuditSchema.tables + StatementTable.tables + messages + members, retention,
            AuditSchema.recoveries,
        ]
    )

    private static let messages = """
        CREATE TABLE duplicate (
            key BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX duplicateBySealed ON duplicate (sealed);
        CREATE TABLE message (
            message INTEGER PRIMARY KEY, sender TEXT NOT NULL, messageId TEXT NOT NULL,
            routing BLOB NOT NULL, submission BLOB NOT NULL, accepted BLOB NOT NULL,
            sealedSha256 BLOB NOT NULL, sealedLength INTEGER NOT NULL,
            bytes INTEGER NOT NULL, urgency TEXT NOT NULL, acceptedAt TEXT NOT NULL,
            expiresAt TEXT NOT NULL, fiscalYear INTEGER NOT NULL, endedAt TEXT,
            hasBody INTEGER NOT NULL,
            UNIQUE (sender, messageId));
        CREATE INDEX messageBySender ON message (sender, acceptedAt);
        CREATE INDEX messageOfSender ON message (sender);
        CREATE INDEX messageByExpiry ON message (expiresAt) WHERE endedAt IS NULL;
        CREATE INDEX messageByEnd ON message (endedAt) WHERE hasBody = 1;
        CREATE TABLE body (
            message INTEGER PRIMARY KEY REFERENCES message, sealed BLOB NOT NULL);
        CREATE TABLE chunk (
            chunk INTEGER PRIMARY KEY, member TEXT NOT NULL, sha256 BLOB NOT NULL,
            storedAt TEXT NOT NULL, sealedLength INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,
            UNIQUE (member, sha256));
        CREATE TABLE droppedChunk (name TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE messageChunk (
            message INTEGER NOT NULL REFERENCES message, place INTEGER NOT NULL,
            sha256 BLOB NOT NULL, sealedLength INTEGER NOT NULL,
            chunk INTEGER REFERENCES chunk, PRIMARY KEY (message, place)) WITHOUT ROWID;
        CREATE INDEX messageOfChunk ON messageChunk (chunk) WHERE chunk IS NOT NULL;
        CREATE TABLE copy (
            message INTEGER NOT NULL REFERENCES message, recipient TEXT NOT NULL,
            state TEXT NOT NULL, position INTEGER NOT NULL, releasedAt TEXT,
            attempts INTEGER NOT NULL, movedAt TEXT NOT NULL, fromMember TEXT NOT NULL,
            messageBytes INTEGER NOT NULL, rank INTEGER NOT NULL,
            arrivalWarnings INTEGER NOT NULL, noReceiptAt TEXT,
            isConflictTold INTEGER NOT NULL, watchAt TEXT,
            PRIMARY KEY (message, recipient)) WITHOUT ROWID;
        CREATE INDEX copyWaiting ON copy (recipient, rank, position)
            WHERE state IN ('accepted', 'released');
        CREATE INDEX copyWatched ON copy (watchAt)
            WHERE state IN ('accepted', 'released') AND watchAt IS NOT NULL;
        CREATE INDEX copyOfPair ON copy (recipient, fromMember, state, messageBytes);
        CREATE TABLE mailbox (
            member TEXT PRIMARY KEY, revision INTEGER NOT NULL, cursor INTEGER NOT NULL,
            dropped INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE event (
            event INTEGER PRIMARY KEY, member TEXT NOT NULL, cursor INTEGER NOT NULL,
            at TEXT NOT NULL, statement BLOB REFERENCES statement (sha256), noticeType TEXT,
            sender TEXT, bytes BLOB, digest BLOB, UNIQUE (member, cursor));
        CREATE UNIQUE INDEX eventOfProofs ON event (member, sender, digest)
            WHERE digest IS NOT NULL;
        CREATE INDEX eventByAge ON event (at);
        """

    private static let retention = """
        CREATE TABLE retention (
            fiscalYear INTEGER PRIMARY KEY, heldSince TEXT, destroyedAt TEXT) WITHOUT ROWID;
        CREATE INDEX messageOfYear ON message (fiscalYear);
        CREATE INDEX eventOfStatement ON event (statement);
        CREATE INDEX auditIndexOfLeaf ON auditIndex (position);
        CREATE INDEX auditOpeningOfKey ON auditOpening (keyReference, position);
        """

    private static let members = """
        CREATE TABLE member (
            member TEXT PRIMARY KEY, admission TEXT NOT NULL, createdAt TEXT NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE certificate (
            sha256 BLOB PRIMARY KEY, member TEXT, keyId TEXT NOT NULL, der BLOB NOT NULL,
            notAfter TEXT NOT NULL, revokedAt TEXT) WITHOUT ROWID;
        CREATE INDEX certificateByMember ON certificate (member);
        CREATE TABLE joiningCode (
            member TEXT PRIMARY KEY, keyReference INTEGER, keys BLOB, validUntil TEXT NOT NULL,
            tries INTEGER NOT NULL, request BLOB, answer BLOB) WITHOUT ROWID;
        CREATE TABLE directoryObject (
            sha256 BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
        """
}
