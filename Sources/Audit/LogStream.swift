package import Cryptography
import Primitives

/// Judges a log whose leaves come page by page, against a checkpoint over all of them. It keeps a
/// few hashes, however long the log is: enough to tell that a leaf differs, not which one.
package struct LogStream: Sendable {
    package let checkpoint: Checkpoint
    /// How many leaves were read.
    package private(set) var size: UInt64 = 0
    private var faults: [LogFault] = []
    private var newest: Timestamp?
    private var recoveries: [TreeRecovery] = []
    /// Of each level the last complete subtree: all that a root and the next leaf need.
    private var subtrees: [Digest] = []

    package init(under checkpoint: Checkpoint, key: NotePublicKey) {
        self.checkpoint = checkpoint
        do throws(AuditRefusal) { try checkpoint.verify(key: key) } catch {
            faults.append(.checkpointUnsigned(size: checkpoint.head.size))
        }
    }

    package var isComplete: Bool { size >= checkpoint.head.size }

    /// The next leaves in order; those that the checkpoint does not cover are left out.
    package mutating func read(_ leaves: [[UInt8]]) {
        for bytes in leaves where !isComplete {
            judge(bytes)
            for node in Merkle.appended(leafHash: Merkle.leafHash(bytes), at: size, node: node) {
                if node.position.level == subtrees.count {
                    subtrees.append(node.hash)
                } else {
                    subtrees[node.position.level] = node.hash
                }
            }
            size += 1
        }
    }

    private mutating func judge(_ bytes: [UInt8]) {
        do throws(DecodingRefusal) {
            let leaf = try AuditLeaf(reading: bytes, in: checkpoint.origin.kind)
            if let newest, leaf.at < newest { faults.append(.timeWentBack(index: size)) }
            newest = leaf.at
            if let recovery = leaf.facts.recovery { judge(recovery) }
        } catch {
            faults.append(.leafMalformed(index: size))
        }
    }

    private mutating func judge(_ recovery: TreeRecovery) {
        recoveries.append(recovery)
        let isOwn =
            recovery.isPlaced(at: size, in: checkpoint.origin)
            && recovery.found.root == Merkle.root(size: size, node: node)
        if !isOwn { faults.append(.recoveryUnfounded(index: size)) }
    }

    private func node(_ position: Merkle.NodePosition) -> Digest { subtrees[position.level] }

    /// What stands against the log after the last leaf was read.
    package var verdict: LogVerdict {
        let head = checkpoint.head
        var faults = faults
        if size < head.size {
            faults.append(.treeCut(size: size, signedSize: head.size))
        } else if Merkle.root(size: size, node: node) != head.root {
            faults.append(.rootDiffers(after: 0, upTo: head.size))
        }
        return LogVerdict(
            origin: checkpoint.origin,
            size: size,
            faults: faults,
            recoveries: recoveries
        )
    }
}

/// What a reading of a whole log comes to.
package struct LogVerdict: Sendable {
    package let origin: TreeOrigin
    package let size: UInt64
    package let faults: [LogFault]
    /// Each time it went on from an older copy of itself, in order.
    package let recoveries: [TreeRecovery]

    package var isWhole: Bool { faults.isEmpty }
}
