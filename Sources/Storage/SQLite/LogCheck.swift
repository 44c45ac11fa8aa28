import Audit
import Primitives

extension Connection {
    /// Looks at every tree before anything is written.
    ///
    /// - Throws: `rolledBack` when a tree does not contain its newest checkpoint, `damaged` when
    ///   its leaves and its size or nodes do not agree.
    func checkLog() throws(StoreError) {
        for (origin, tree) in try namedTrees() {
            let checkpoint = try newestCheckpoint(of: tree)?.checkpoint
            let covered = checkpoint?.head.size ?? 0
            guard covered <= tree.size else { throw .rolledBack(origin.kind) }
            if let checkpoint, try root(of: tree.number, size: covered) != checkpoint.head.root {
                throw .rolledBack(origin.kind)
            }
            try checkTail(of: tree, from: covered)
        }
    }

    /// The same for a store that is to be recovered: whatever was signed, its trees must be whole,
    /// for others will go on from them.
    ///
    /// - Throws: `damaged`.
    func checkWholeLog() throws(StoreError) {
        for (_, tree) in try namedTrees() {
            try checkTail(of: tree, from: 0)
            for index in 0..<tree.size { try checkNodes(completedBy: index, of: tree.number) }
        }
    }

    private func checkNodes(completedBy index: UInt64, of tree: Int64) throws(StoreError) {
        let leaf = try node(Merkle.NodePosition(level: 0, index: index), of: tree)
        let completed = try Merkle.appended(leafHash: leaf, at: index) {
            (place: Merkle.NodePosition) throws(StoreError) in try node(place, of: tree)
        }
        for made in completed {
            guard try node(made.position, of: tree) == made.hash else { throw .damaged }
        }
    }

    func namedTrees() throws(StoreError) -> [(TreeOrigin, StoredTree)] {
        try rows("SELECT origin, tree, signing, size FROM auditNamedTree") {
            row throws(StoreError) in
            let tree = StoredTree(number: try row[1], signing: try row[2], size: try row[3])
            return (try row[0], tree)
        }
    }

    /// Leaves above the newest checkpoint have nobody's signature yet: each is hashed again.
    private func checkTail(of tree: StoredTree, from: UInt64) throws(StoreError) {
        let tail: [[UInt8]] = try rows(
            "SELECT leaf FROM auditLeaf WHERE position >= ?1 AND position < ?2 ORDER BY position",
            LeafNumber.position(tree.number, from),
            LeafNumber.position(tree.number + 1, 0)
        ) { row throws(StoreError) in try row[0] }
        guard from + UInt64(tail.count) == tree.size else { throw .damaged }
        for (offset, leaf) in tail.enumerated() {
            let place = Merkle.NodePosition(level: 0, index: from + UInt64(offset))
            guard try node(place, of: tree.number) == Merkle.leafHash(leaf) else {
                throw .damaged
            }
        }
    }

    /// Keeps a checkpoint of a tree that contains it.
    func save(_ checkpoint: Checkpoint, signedAt: Timestamp) throws(StoreError) {
        guard let tree = try tree(checkpoint.origin), checkpoint.head.size <= tree.size,
            try root(of: tree.number, size: checkpoint.head.size) == checkpoint.head.root
        else { throw .damaged }
        // The first note of a size stands: Ed25519 signs the same body to the same bytes.
        try run(
            "INSERT OR IGNORE INTO auditCheckpoint VALUES (?1, ?2, ?3, ?4)",
            tree.signing,
            checkpoint.head.size,
            checkpoint.note,
            signedAt
        )
    }
}
