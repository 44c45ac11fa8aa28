import Audit
import Cryptography
import Primitives

/// The open trees as the writer knows them between two leaves. A value: taking an old one back is
/// how a change that failed leaves no trace here either.
struct LogHeads {
    struct Head {
        let tree: Int64
        var size: UInt64
        var lastAt: Timestamp
    }

    var open: [TreeOrigin: Head] = [:]
}

/// `auditLeaf.position` = tree · 2^40 + index.
enum LeafNumber {
    static func position(_ tree: Int64, _ index: UInt64) -> Int64 { tree << 40 | Int64(index) }
    static func tree(_ position: Int64) -> Int64 { position >> 40 }
    static func index(_ position: Int64) -> UInt64 { UInt64(position & (1 << 40 - 1)) }
}

/// Appends leaves inside the caller's transaction.
struct LogWriter {
    let connection: Connection
    let source: AuditSource

    /// Reads the open trees; a tree's last leaf tells its time.
    func heads() throws(StoreError) -> LogHeads {
        var heads = LogHeads()
        let rows = try connection.rows(
            "SELECT origin, tree, size, openedAt FROM auditNamedTree WHERE closedAt IS NULL"
        ) { row throws(StoreError) in
            let head = LogHeads.Head(tree: try row[1], size: try row[2], lastAt: try row[3])
            return (try row[0] as TreeOrigin, head)
        }
        for (origin, head) in rows {
            heads.open[origin] = head
            guard head.size > 0 else { continue }
            let position = LeafNumber.position(head.tree, head.size - 1)
            let last: [UInt8]? = try connection.row(
                "SELECT leaf FROM auditLeaf WHERE position = ?1",
                position
            ) { row throws(StoreError) in try row[0] }
            let leaf = try wrap({ (_: DecodingRefusal) in StoreError.damaged }) {
                () throws(DecodingRefusal) in
                try AuditLeaf(reading: last ?? [], in: origin.kind)
            }
            heads.open[origin]?.lastAt = leaf.at
        }
        return heads
    }

    /// Gives each entry its index and stores leaf, nodes, openings, tags and statement.
    ///
    /// An entry `tree.opened` opens the tree it goes into, `tree.closed` is the last of its tree,
    /// and with `tree.recovered` the tree it names goes on under the name of its own.
    ///
    /// - Throws: `conflict` when an entry's tree is not open.
    func append(
        _ drafts: [LeafDraft],
        to heads: inout LogHeads
    ) throws(StoreError) -> [LeafPosition] {
        var positions: [LeafPosition] = []
        for draft in drafts {
            if draft.entry.facts.event == .treeOpened {
                try openTree(draft.tree, at: draft.entry.at, in: &heads)
            }
            if let recovery = draft.entry.facts.recovery {
                try goOn(from: recovery, as: draft.tree, at: draft.entry.at, in: &heads)
            }
            guard var head = heads.open[draft.tree] else {
                throw .conflict(.treeOpen(draft.tree))
            }
            let leaf = draft.entry.leaf(at: max(draft.entry.at, head.lastAt), source: source)
            try store(leaf, of: draft.entry, under: head)
            positions.append(LeafPosition(tree: draft.tree, index: head.size))
            head.size += 1
            head.lastAt = leaf.at
            heads.open[draft.tree] = head
            try connection.run(
                "UPDATE auditTree SET size = ?2 WHERE tree = ?1",
                head.tree,
                head.size
            )
            if draft.entry.facts.event == .treeClosed {
                try connection.run(
                    "UPDATE auditTree SET closedAt = ?2 WHERE tree = ?1",
                    head.tree,
                    leaf.at
                )
                heads.open[draft.tree] = nil
            }
        }
        return positions
    }

    private func openTree(
        _ origin: TreeOrigin,
        at: Timestamp,
        in heads: inout LogHeads
    ) throws(StoreError) {
        try connection.run(
            "INSERT INTO auditTree (origin, openedAt, size) VALUES (?1, ?2, 0)",
            origin,
            at
        )
        heads.open[origin] = LogHeads.Head(
            tree: connection.insertedRow,
            size: 0,
            lastAt: at
        )
    }

    private func goOn(
        from recovery: TreeRecovery,
        as origin: TreeOrigin,
        at: Timestamp,
        in heads: inout LogHeads
    ) throws(StoreError) {
        let found = recovery.found
        guard let head = heads.open[recovery.origin], head.size == found.size,
            try connection.root(of: head.tree, size: found.size) == found.root
        else { throw .conflict(.treeSize(recovery.origin, found.size)) }
        try connection.run(
            "INSERT INTO auditRecovery (tree, origin, openedAt, size) VALUES (?1, ?2, ?3, ?4)",
            head.tree,
            origin,
            at,
            found.size
        )
        heads.open[recovery.origin] = nil
        heads.open[origin] = head
    }

    private func store(
        _ leaf: AuditLeaf,
        of entry: SealedAuditEntry,
        under head: LogHeads.Head
    ) throws(StoreError) {
        let position = LeafNumber.position(head.tree, head.size)
        try connection.run("INSERT INTO auditLeaf VALUES (?1, ?2)", position, leaf.bytes)
        let nodes = try Merkle.appended(leafHash: leaf.hash, at: head.size) {
            (place: Merkle.NodePosition) throws(StoreError) in
            try connection.node(place, of: head.tree)
        }
        for node in nodes {
            try connection.run(
                "INSERT INTO auditNode VALUES (?1, ?2, ?3, ?4)",
                head.tree,
                node.position.level,
                node.position.index,
                node.hash
            )
        }
        for opening in entry.openings {
            try connection.run(
                "INSERT INTO auditOpening VALUES (?1, ?2, ?3, ?4)",
                position,
                opening.field,
                opening.keyReference,
                opening.sealed
            )
        }
        for tag in entry.tags {
            // Two values of one entry may be equal: the same tag once more is no news.
            try connection.run(
                "INSERT OR IGNORE INTO auditIndex VALUES (?1, ?2, ?3)",
                tag.kind,
                tag.tag,
                position
            )
        }
        if let statement = entry.statementSha256 {
            try connection.run(
                "INSERT INTO auditStatement VALUES (?1, ?2)",
                statement,
                position
            )
        }
    }
}

extension Connection {
    /// A stored node of a tree.
    ///
    /// - Throws: `damaged` when it is missing: a tree of that size has it.
    func node(_ place: Merkle.NodePosition, of tree: Int64) throws(StoreError) -> Digest {
        let hash: Digest? = try row(
            "SELECT hash FROM auditNode WHERE tree = ?1 AND level = ?2 AND nodeIndex = ?3",
            tree,
            place.level,
            place.index
        ) { row throws(StoreError) in try row[0] }
        guard let hash else { throw .damaged }
        return hash
    }
}

extension TreeOrigin: ColumnValue {
    init?(stored: SQLValue) {
        guard let text = String(stored: stored) else { return nil }
        self.init(text)
    }
    var stored: SQLValue { .text(text) }
}

extension CommitmentField: ColumnValue {}
extension IndexKind: ColumnValue {}
