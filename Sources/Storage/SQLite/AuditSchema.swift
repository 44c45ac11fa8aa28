/// Tables of the log, in the database of the acts themselves: only so does an act commit with its
/// leaf.
enum AuditSchema {
    static let tables = """
        CREATE TABLE auditTree (
            tree INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, openedAt TEXT NOT NULL,
            closedAt TEXT, size INTEGER NOT NULL);
        CREATE TABLE auditLeaf (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL);
        CREATE TABLE auditNode (
            tree INTEGER, level INTEGER, nodeIndex INTEGER, hash BLOB NOT NULL,
            PRIMARY KEY (tree, level, nodeIndex)) WITHOUT ROWID;
        CREATE TABLE auditCheckpoint (
            tree INTEGER, size INTEGER, note BLOB NOT NULL, signedAt TEXT NOT NULL,
            PRIMARY KEY (tree, size));
        CREATE TABLE auditCosignature (
            tree INTEGER, size INTEGER, witness TEXT, line BLOB NOT NULL,
            PRIMARY KEY (tree, size, witness));
        CREATE TABLE auditOpening (
            position INTEGER, field TEXT, keyReference INTEGER NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (position, field)) WITHOUT ROWID;
        CREATE TABLE auditIndex (
            kind INTEGER, tag BLOB, position INTEGER,
            PRIMARY KEY (kind, tag, position)) WITHOUT ROWID;
        CREATE TABLE auditStatement (
            statement BLOB, position INTEGER,
            PRIMARY KEY (statement, position)) WITHOUT ROWID;
        CREATE TABLE witnessState (
            origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
            note BLOB NOT NULL);
        """ + fixed.map(refusal).joined() + treeRefusal

    /// The text of a member of a leaf, by its bytes: SQLite lets no index read JSON. A leaf is in
    /// canonical form, and no value has a quotation mark, so the name stands there once.
    static func said(_ member: String) -> String {
        let name = "'\"\(member)\":\"'"
        let rest = "substr(leaf, instr(leaf, CAST(\(name) AS BLOB)) + \(member.utf8.count + 4))"
        return "CAST(substr(\(rest), 1, instr(\(rest), x'22') - 1) AS TEXT)"
    }

    /// Finds the leaves of an event without reading the others. SQLite makes it of the leaves
    /// themselves: there is no second record beside them that could say something else.
    static let eventIndexes = """
        CREATE INDEX auditLeafByEvent ON auditLeaf (\(said("type")));
        CREATE INDEX auditLeafFailed ON auditLeaf (\(said("type"))) WHERE \(isFailure);
        """

    /// Trees that went on under another name: `size` leaves are those of the copy that was found.
    /// A tree is called by its newest name, and what was signed under one is kept apart from what
    /// was signed under another, by the number `signing`.
    static let recoveries =
        """
        CREATE TABLE auditRecovery (
            name INTEGER PRIMARY KEY, tree INTEGER NOT NULL REFERENCES auditTree,
            origin TEXT NOT NULL UNIQUE, openedAt TEXT NOT NULL, size INTEGER NOT NULL);
        CREATE VIEW auditNamedTree AS
            SELECT tree, coalesce(newest.origin, auditTree.origin) AS origin,
                auditTree.openedAt AS openedAt, closedAt, auditTree.size AS size,
                coalesce(-newest.name, tree) AS signing
            FROM auditTree LEFT JOIN auditRecovery AS newest USING (tree)
            WHERE newest.name IS NULL OR newest.name = (
                SELECT max(name) FROM auditRecovery AS any WHERE any.tree = auditTree.tree);
        """ + refusal("auditRecovery")

    /// Of a leaf: `outcome` is a number, 0 for success.
    static let isFailure = "instr(leaf, CAST('\"outcome\":0' AS BLOB)) = 0"

    /// A seat-belt against a slip of our own, not the security: that is the tree.
    private static let fixed = ["auditLeaf", "auditNode", "auditCheckpoint", "auditCosignature"]

    private static func refusal(_ table: String) -> String {
        """
        CREATE TRIGGER \(table)IsNotChanged BEFORE UPDATE ON \(table)
            BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
        CREATE TRIGGER \(table)IsKept BEFORE DELETE ON \(table)
            BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
        """
    }

    private static let treeRefusal = """
        CREATE TRIGGER auditTreeIsNotChanged BEFORE UPDATE OF tree, origin, openedAt ON auditTree
            BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
        CREATE TRIGGER auditTreeIsKept BEFORE DELETE ON auditTree
            BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
        CREATE TRIGGER auditTreeDoesNotShrink BEFORE UPDATE OF size ON auditTree
            WHEN NEW.size < OLD.size
            BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
        """
}
