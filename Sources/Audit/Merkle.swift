import Cryptography
package import Primitives

/// How many leaves a tree has and what its root is.
package struct TreeHead: Hashable, Sendable {
    package let size: UInt64
    package let root: Digest

    package init(size: UInt64, root: Digest) {
        self.size = size
        self.root = root
    }

    package static let empty = TreeHead(size: 0, root: Merkle.emptyRoot)
}

/// The tree arithmetic of RFC 6962 §2.1 over stored nodes.
///
/// Only complete subtrees are stored: the node at (`level`, `index`) covers the 2^`level` leaves
/// from `index` · 2^`level`, so a node never changes once written. Whoever keeps them lends them
/// through a closure and its own errors pass through.
package enum Merkle {
    /// The place of a complete subtree. Level 0 holds the leaf hashes.
    package struct NodePosition: Hashable, Sendable {
        package let level: Int
        package let index: UInt64

        package init(level: Int, index: UInt64) {
            self.level = level
            self.index = index
        }
    }

    /// A complete subtree and its hash.
    package struct Node: Hashable, Sendable {
        package let position: NodePosition
        package let hash: Digest
    }

    package static let emptyRoot = SHA256.hash([UInt8]())

    package static func leafHash(_ leaf: [UInt8]) -> Digest { SHA256.hash([0], leaf) }

    package static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        SHA256.hash([1], left.bytes, right.bytes)
    }

    /// The nodes that leaf number `index` completes: its own hash first, then upwards.
    ///
    /// `node` lends stored nodes; it is asked only for left siblings.
    package static func appended<Failure: Error>(
        leafHash: Digest,
        at index: UInt64,
        node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> [Node] {
        var nodes = [Node(position: NodePosition(level: 0, index: index), hash: leafHash)]
        var hash = leafHash
        var position = index
        while position & 1 == 1 {
            let left = NodePosition(level: nodes.count - 1, index: position - 1)
            hash = nodeHash(try node(left), hash)
            position >>= 1
            nodes.append(
                Node(position: NodePosition(level: nodes.count, index: position), hash: hash)
            )
        }
        return nodes
    }

    /// The root of the first `size` leaves, also of an earlier size than the present one.
    package static func root<Failure: Error>(
        size: UInt64,
        node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> Digest {
        size == 0 ? emptyRoot : try subtree(0..<size, node)
    }

    /// The inclusion proof of leaf `index` in the tree of `size`, leaf's sibling first.
    package static func inclusion<Failure: Error>(
        index: UInt64,
        size: UInt64,
        node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest] {
        precondition(index < size, "only a leaf of the tree has a proof")
        var proof: [Digest] = []
        var range = 0..<size
        while range.upperBound - range.lowerBound > 1 {
            let (left, right) = halves(of: range)
            range = left.contains(index) ? left : right
            proof.append(try subtree(left.contains(index) ? right : left, node))
        }
        return proof.reversed()
    }

    /// The proof that the tree of size `to` continues the one of size `from`.
    package static func consistency<Failure: Error>(
        from: UInt64,
        to: UInt64,
        node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest] {
        precondition(from <= to, "a tree only grows")
        guard from > 0 else { return [] }
        var proof: [Digest] = []
        var range = 0..<to
        while range.upperBound != from {
            let (left, right) = halves(of: range)
            let goesLeft = from <= left.upperBound
            proof.append(try subtree(goesLeft ? right : left, node))
            range = goesLeft ? left : right
        }
        // The old tree's own part is known to the verifier only where it is the whole old tree.
        if range.lowerBound > 0 { proof.append(try subtree(range, node)) }
        return proof.reversed()
    }

    /// What leads from the leaves of `range` to the root of the tree of `size`: the hash of each
    /// greatest subtree that holds none of them, from left to right.
    package static func flanks<Failure: Error>(
        of range: Range<UInt64>,
        size: UInt64,
        node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest] {
        precondition(!range.isEmpty && range.upperBound <= size, "leaves of the tree have a proof")
        return try flanks(of: range, in: 0..<size, node)
    }

    private static func flanks<Failure: Error>(
        of range: Range<UInt64>,
        in whole: Range<UInt64>,
        _ node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest] {
        guard range.overlaps(whole) else { return [try subtree(whole, node)] }
        guard whole.clamped(to: range) != whole else { return [] }
        let (left, right) = halves(of: whole)
        return try flanks(of: range, in: left, node) + flanks(of: range, in: right, node)
    }

    private static func subtree<Failure: Error>(
        _ range: Range<UInt64>,
        _ node: (NodePosition) throws(Failure) -> Digest
    ) throws(Failure) -> Digest {
        let count = range.upperBound - range.lowerBound
        guard count & (count - 1) != 0 else {
            let level = count.trailingZeroBitCount
            return try node(NodePosition(level: level, index: range.lowerBound >> UInt64(level)))
        }
        let (left, right) = halves(of: range)
        return nodeHash(try subtree(left, node), try subtree(right, node))
    }

    /// Parts a range of at least two leaves at the greatest power of two below its length.
    static func halves(of range: Range<UInt64>) -> (Range<UInt64>, Range<UInt64>) {
        let last = range.upperBound - range.lowerBound - 1
        let middle = range.lowerBound + 1 << UInt64(63 - last.leadingZeroBitCount)
        return (range.lowerBound..<middle, middle..<range.upperBound)
    }
}
