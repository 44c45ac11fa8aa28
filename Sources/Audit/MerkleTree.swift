package import Primitives

/// A tree in memory: the `keys` tree that a gateway replays, or a copied log under audit.
package struct MerkleTree: Sendable {
    private var levels: [[Digest]] = [[]]

    package init() {}

    package init(leafHashes: some Sequence<Digest>) {
        for hash in leafHashes { append(leafHash: hash) }
    }

    package var size: UInt64 { UInt64(levels[0].count) }
    package var leafHashes: [Digest] { levels[0] }
    package var head: TreeHead { TreeHead(size: size, root: root(size: size)) }

    package mutating func append(leaf: [UInt8]) { append(leafHash: Merkle.leafHash(leaf)) }

    package mutating func append(leafHash: Digest) {
        for added in Merkle.appended(leafHash: leafHash, at: size, node: node) {
            if added.position.level == levels.count { levels.append([]) }
            levels[added.position.level].append(added.hash)
        }
    }

    /// Sizes are at most `self.size`, here and below.
    package func root(size: UInt64) -> Digest { Merkle.root(size: size, node: node) }

    package func inclusion(index: UInt64, size: UInt64) -> [Digest] {
        Merkle.inclusion(index: index, size: size, node: node)
    }

    package func consistency(from: UInt64, to: UInt64) -> [Digest] {
        Merkle.consistency(from: from, to: to, node: node)
    }

    package func flanks(of range: Range<UInt64>, size: UInt64) -> [Digest] {
        Merkle.flanks(of: range, size: size, node: node)
    }

    /// Whether this tree holds or continues the tree `head`.
    package func contains(_ head: TreeHead) -> Bool {
        head.size <= size && root(size: head.size) == head.root
    }

    private func node(_ position: Merkle.NodePosition) -> Digest {
        levels[position.level][Int(position.index)]
    }
}
