package import Primitives

extension Merkle {
    /// Whether `proof` shows `leafHash` as leaf `index` of the tree `head` (RFC 9162 §2.1.3.2).
    package static func verifyInclusion(
        of leafHash: Digest,
        at index: UInt64,
        in head: TreeHead,
        proof: [Digest]
    ) -> Bool {
        guard index < head.size else { return false }
        var path = Path(node: index, last: head.size - 1)
        var root = leafHash
        for sibling in proof {
            guard path.last > 0 else { return false }
            if path.isRight {
                root = nodeHash(sibling, root)
                path.climbToRight()
            } else {
                root = nodeHash(root, sibling)
            }
            path.climb()
        }
        return path.last == 0 && root == head.root
    }

    /// Whether `proof` shows that the tree `new` continues the tree `old` (RFC 9162 §2.1.4.2).
    package static func verifyConsistency(
        from old: TreeHead,
        to new: TreeHead,
        proof: [Digest]
    ) -> Bool {
        guard old.size <= new.size else { return false }
        if old.size == new.size { return proof.isEmpty && old.root == new.root }
        if old.size == 0 { return proof.isEmpty && old.root == emptyRoot }
        let isComplete = old.size & (old.size - 1) == 0
        var hashes = (isComplete ? [old.root] : [])[...] + proof
        guard let first = hashes.popFirst() else { return false }
        var path = Path(node: old.size - 1, last: new.size - 1)
        path.skipRights()
        var (oldRoot, newRoot) = (first, first)
        for hash in hashes {
            guard path.last > 0 else { return false }
            if path.isRight {
                oldRoot = nodeHash(hash, oldRoot)
                newRoot = nodeHash(hash, newRoot)
                path.climbToRight()
            } else {
                newRoot = nodeHash(newRoot, hash)
            }
            path.climb()
        }
        return path.last == 0 && oldRoot == old.root && newRoot == new.root
    }

    /// Whether these leaves, and none but these, stand at `first` and after it in the tree `head`;
    /// `flanks` are the hashes beside them.
    package static func verifyRange(
        of leafHashes: [Digest],
        from first: UInt64,
        in head: TreeHead,
        flanks: [Digest]
    ) -> Bool {
        let count = UInt64(leafHashes.count)
        guard count > 0, first < head.size, count <= head.size - first else { return false }
        var rest = flanks[...]
        let shown = (range: first..<first + count, hashes: leafHashes)
        return root(of: 0..<head.size, shown, &rest) == head.root && rest.isEmpty
    }

    /// nil where `flanks` end too early.
    private static func root(
        of part: Range<UInt64>,
        _ shown: (range: Range<UInt64>, hashes: [Digest]),
        _ flanks: inout ArraySlice<Digest>
    ) -> Digest? {
        guard shown.range.overlaps(part) else { return flanks.popFirst() }
        guard part.count > 1 else {
            return shown.hashes[Int(part.lowerBound - shown.range.lowerBound)]
        }
        let (left, right) = halves(of: part)
        guard let leftRoot = root(of: left, shown, &flanks),
            let rightRoot = root(of: right, shown, &flanks)
        else { return nil }
        return nodeHash(leftRoot, rightRoot)
    }

    /// The way from a node to the root: its index and that of the last node on its level.
    private struct Path {
        var node: UInt64
        var last: UInt64

        /// Whether the next sibling stands on the left.
        var isRight: Bool { node & 1 == 1 || node == last }

        mutating func climb() {
            node >>= 1
            last >>= 1
        }

        /// Levels where an incomplete right edge has no sibling at all are passed over.
        mutating func climbToRight() {
            while node & 1 == 0, node != 0 { climb() }
        }

        mutating func skipRights() {
            while node & 1 == 1 { climb() }
        }
    }
}
