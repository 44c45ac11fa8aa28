import Audit
import Primitives

extension Connection {
    /// Looks at every tree before anything is written.
    ///
    /// - Throws: `rolledBack` when a tree does not contain its newest checkpoint, `damaged` when
    ///   its leaves and its size or nodes do not agree.
    func checkLog() throws(StoreError) {
        let trees = try rows("SELECT origin, tree, size FROM auditTree") {
            row throws(StoreError) in
            (try row[0] as TreeOrigin, StoredTree(number: try row[1], size: try row[2]))
        }
        for (origin, tree) in trees {
            let checkpoint = try newestCheckpoint(of: tree.number)?.checkpoint
            let covered = checkpoint?.head.size ?? 0
            guard covered <= tree.size else { throw .rolledBack(origin.kind) }
            if let checkpoint, try root(of: tree.number, size: covered) != checkpoint.head.root {
                throw .rolledBack(origin.kind)
            }
            try checkTail(of: tree, from: covered)
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
            tree.number,
            checkpoint.head.size,
            checkpoint.note,
            signedAt
        )
    }
}
