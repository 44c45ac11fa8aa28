import Audit
import Primitives

/// A snapshot of a database with a log in it.
protocol SQLiteSnapshot: AuditReader {
    var connection: Connection { get }
}

extension SQLiteSnapshot {
    func trees() throws(StoreError) -> [TreeRow] {
        try connection.rows(
            "SELECT origin, openedAt, closedAt, size FROM auditNamedTree ORDER BY tree"
        ) { row throws(StoreError) in
            TreeRow(
                origin: try row[0],
                openedAt: try row[1],
                closedAt: try row[2],
                size: try row[3]
            )
        }
    }

    func head(
        of tree: TreeOrigin,
        size: UInt64
    ) throws(StoreError) -> TreeHead? {
        guard let stored = try connection.tree(tree), size <= stored.size else { return nil }
        return TreeHead(size: size, root: try connection.root(of: stored.number, size: size))
    }

    func leaf(at position: LeafPosition) throws(StoreError) -> [UInt8]? {
        try leaves(of: position.tree, from: position.index, limit: 1).first
    }

    func leaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [[UInt8]] {
        guard let stored = try connection.tree(tree), from < stored.size else { return [] }
        return try connection.rows(
            """
            SELECT leaf FROM auditLeaf WHERE position BETWEEN ?1 AND ?2
            ORDER BY position LIMIT ?3
            """,
            LeafNumber.position(stored.number, from),
            LeafNumber.position(stored.number, stored.size - 1),
            limit
        ) { row throws(StoreError) in try row[0] }
    }

    func inclusion(
        of position: LeafPosition,
        size: UInt64
    ) throws(StoreError) -> [Digest]? {
        guard let stored = try connection.tree(position.tree), size <= stored.size,
            position.index < size
        else { return nil }
        return try Merkle.inclusion(index: position.index, size: size) {
            place throws(StoreError) in try connection.node(place, of: stored.number)
        }
    }

    func consistency(
        of tree: TreeOrigin,
        from: UInt64,
        to: UInt64
    ) throws(StoreError) -> [Digest]? {
        guard let stored = try connection.tree(tree), from <= to, to <= stored.size else {
            return nil
        }
        return try Merkle.consistency(from: from, to: to) {
            place throws(StoreError) in try connection.node(place, of: stored.number)
        }
    }

    func flanks(
        of range: Range<UInt64>,
        in tree: TreeOrigin,
        size: UInt64
    ) throws(StoreError) -> [Digest]? {
        guard let stored = try connection.tree(tree), size <= stored.size, !range.isEmpty,
            range.upperBound <= size
        else { return nil }
        return try Merkle.flanks(of: range, size: size) {
            place throws(StoreError) in try connection.node(place, of: stored.number)
        }
    }

    func positions(
        ofStatement sha256: Digest
    ) throws(StoreError) -> [LeafPosition] {
        try connection.positions(
            "SELECT position FROM auditStatement WHERE statement = ?1 ORDER BY position",
            sha256
        )
    }

    func positions(tagged tag: IndexTag) throws(StoreError) -> [LeafPosition] {
        try connection.positions(
            "SELECT position FROM auditIndex WHERE kind = ?1 AND tag = ?2 ORDER BY position",
            tag.kind,
            tag.tag
        )
    }

    func isTagged(_ position: LeafPosition, _ tag: IndexTag) throws(StoreError) -> Bool {
        guard let stored = try connection.tree(position.tree) else { return false }
        return try connection.exists(
            "SELECT 1 FROM auditIndex WHERE kind = ?1 AND tag = ?2 AND position = ?3",
            tag.kind,
            tag.tag,
            LeafNumber.position(stored.number, position.index)
        )
    }

    func openings(
        at position: LeafPosition
    ) throws(StoreError) -> [SealedOpening] {
        guard let stored = try connection.tree(position.tree) else { return [] }
        return try connection.rows(
            """
            SELECT field, keyReference, sealed FROM auditOpening WHERE position = ?1
            ORDER BY field
            """,
            LeafNumber.position(stored.number, position.index)
        ) { row throws(StoreError) in
            SealedOpening(field: try row[0], keyReference: try row[1], sealed: try row[2])
        }
    }

    func recoveryPlaces(of tree: TreeOrigin) throws(StoreError) -> [UInt64] {
        guard let stored = try connection.tree(tree) else { return [] }
        return try connection.rows(
            "SELECT size FROM auditRecovery WHERE tree = ?1 ORDER BY name",
            stored.number
        ) { row throws(StoreError) in try row[0] }
    }

    func checkpoint(of tree: TreeOrigin) throws(StoreError) -> SavedCheckpoint? {
        guard let stored = try connection.tree(tree) else { return nil }
        return try connection.newestCheckpoint(of: stored)
    }
}

/// A tree by its number.
struct StoredTree {
    /// Of its leaves and nodes.
    let number: Int64
    /// Of what was signed under its present name.
    let signing: Int64
    let size: UInt64
}

extension Connection {
    func tree(_ origin: TreeOrigin) throws(StoreError) -> StoredTree? {
        try row("SELECT tree, signing, size FROM auditNamedTree WHERE origin = ?1", origin) {
            row throws(StoreError) in
            StoredTree(number: try row[0], signing: try row[1], size: try row[2])
        }
    }

    func root(of tree: Int64, size: UInt64) throws(StoreError) -> Digest {
        try Merkle.root(size: size) { place throws(StoreError) in try node(place, of: tree) }
    }

    func newestCheckpoint(of tree: StoredTree) throws(StoreError) -> SavedCheckpoint? {
        try row(
            """
            SELECT note, signedAt FROM auditCheckpoint WHERE tree = ?1
            ORDER BY size DESC LIMIT 1
            """,
            tree.signing
        ) { row throws(StoreError) in
            SavedCheckpoint(checkpoint: try Checkpoint(stored: row[0]), signedAt: try row[1])
        }
    }

    func positions(
        _ text: String,
        _ values: any ColumnValue...
    ) throws(StoreError) -> [LeafPosition] {
        let numbers: [Int64] = try collect(text, values) { row throws(StoreError) in try row[0] }
        var origins: [Int64: TreeOrigin] = [:]
        let trees = try rows("SELECT tree, origin FROM auditNamedTree") { row throws(StoreError) in
            (try row[0] as Int64, try row[1] as TreeOrigin)
        }
        for (number, origin) in trees { origins[number] = origin }
        var positions: [LeafPosition] = []
        for number in numbers {
            guard let tree = origins[LeafNumber.tree(number)] else { throw .damaged }
            positions.append(LeafPosition(tree: tree, index: LeafNumber.index(number)))
        }
        return positions
    }
}

extension Checkpoint {
    init(stored note: [UInt8]) throws(StoreError) {
        self = try wrap({ (_: AuditRefusal) in StoreError.damaged }) { () throws(AuditRefusal) in
            try Checkpoint(reading: note)
        }
    }
}
