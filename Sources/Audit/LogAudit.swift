package import Cryptography
package import Primitives

/// What an auditor was given of one tree.
package struct LogCopy: Sendable {
    package let origin: TreeOrigin
    package let leaves: [[UInt8]]
    package let checkpoints: [Checkpoint]
    /// The stored leaf hashes, where they were copied too: with them a fault is named exactly. They
    /// are trusted only if they lead to a signed root.
    package var leafHashes: [Digest] = []

    package init(origin: TreeOrigin, leaves: [[UInt8]], checkpoints: [Checkpoint]) {
        self.origin = origin
        self.leaves = leaves
        self.checkpoints = checkpoints
    }
}

/// The check of a copied tree, without network or database.
package struct LogAudit: Sendable {
    /// What became of the promise that a receipt is.
    package enum Promise: Hashable, Sendable {
        case kept(index: UInt64)
        /// The leaf is there, but no checkpoint covers it yet.
        case uncovered(index: UInt64)
        case missing
        /// The receipt names another log.
        case otherLog
    }

    package let origin: TreeOrigin
    package let size: UInt64
    /// How many leaves the newest good checkpoint covers.
    package let coveredSize: UInt64
    /// In the order of the checks; empty when the log is whole.
    package let faults: [LogFault]
    /// Each time it went on from an older copy of itself, in order.
    package let recoveries: [TreeRecovery]
    private let statements: [Digest: UInt64]

    package var isWhole: Bool { faults.isEmpty }

    package init(of copy: LogCopy, key: NotePublicKey) {
        var faults: [LogFault] = []
        let signed = LogAudit.signedHeads(of: copy, key: key, &faults)
        let tree = MerkleTree(leafHashes: copy.leaves.map(Merkle.leafHash))
        let read = LogAudit.read(copy, tree, &faults)
        let good = signed.prefix { tree.contains($0) }
        if good.count < signed.count {
            let after = good.last?.size ?? 0
            faults.append(LogAudit.fault(of: tree, against: signed[good.count], after, copy))
        }
        origin = copy.origin
        size = tree.size
        coveredSize = good.last?.size ?? 0
        self.faults = faults
        recoveries = read.recoveries
        statements = Dictionary(read.statements) { first, _ in first }
    }

    /// Whether the leaf that a receipt promised is in this log, under a checkpoint.
    ///
    /// `missing` is evidence against the issuer once the newest checkpoint was signed after the
    /// receipt's time and the merge delay; that comparison is the caller's.
    package func promise(of receipt: Digest, logOrigin: TreeOrigin) -> Promise {
        guard logOrigin == origin || recoveries.contains(where: { $0.succeeds(logOrigin) }) else {
            return .otherLog
        }
        guard let index = statements[receipt] else { return .missing }
        return index < coveredSize ? .kept(index: index) : .uncovered(index: index)
    }

    /// The heads of all checkpoints with a good signature, by size.
    private static func signedHeads(
        of copy: LogCopy,
        key: NotePublicKey,
        _ faults: inout [LogFault]
    ) -> [TreeHead] {
        var heads: [UInt64: TreeHead] = [:]
        for checkpoint in copy.checkpoints {
            let head = checkpoint.head
            guard checkpoint.origin == copy.origin else {
                faults.append(.checkpointOfOtherLog(size: head.size))
                continue
            }
            do throws(AuditRefusal) { try checkpoint.verify(key: key) } catch {
                faults.append(.checkpointUnsigned(size: head.size))
                continue
            }
            if let other = heads[head.size], other != head {
                faults.append(.twoRoots(size: head.size))
            }
            heads[head.size] = head
        }
        return heads.values.sorted { $0.size < $1.size }
    }

    /// Reads every leaf strictly and returns which statement stands at which index.
    private static func read(
        _ copy: LogCopy,
        _ tree: MerkleTree,
        _ faults: inout [LogFault]
    ) -> (statements: [(Digest, UInt64)], recoveries: [TreeRecovery]) {
        var statements: [(Digest, UInt64)] = []
        var recoveries: [TreeRecovery] = []
        var newest: Timestamp?
        for (index, bytes) in zip(UInt64(0)..., copy.leaves) {
            do throws(DecodingRefusal) {
                let leaf = try AuditLeaf(reading: bytes, in: copy.origin.kind)
                if let newest, leaf.at < newest { faults.append(.timeWentBack(index: index)) }
                newest = leaf.at
                if let statement = leaf.facts.statementSha256 {
                    statements.append((statement, index))
                }
                if let recovery = leaf.facts.recovery {
                    recoveries.append(recovery)
                    let isOwn =
                        recovery.isPlaced(at: index, in: copy.origin)
                        && tree.contains(recovery.found)
                    if !isOwn { faults.append(.recoveryUnfounded(index: index)) }
                }
            } catch {
                faults.append(.leafMalformed(index: index))
            }
        }
        return (statements, recoveries)
    }

    /// Names how `tree` differs from the signed `head`, with the copied hashes if they lead to it.
    private static func fault(
        of tree: MerkleTree,
        against head: TreeHead,
        _ after: UInt64,
        _ copy: LogCopy
    ) -> LogFault {
        let cut = LogFault.treeCut(size: tree.size, signedSize: head.size)
        guard MerkleTree(leafHashes: copy.leafHashes).contains(head) else {
            return tree.size < head.size ? cut : .rootDiffers(after: after, upTo: head.size)
        }
        // The root vouches for the place of the difference; what lies behind only helps to name it.
        let signed = copy.leafHashes
        let found = tree.leafHashes
        guard let place = zip(signed, found).enumerated().first(where: { $1.0 != $1.1 })?.offset
        else { return cut }
        let index = UInt64(place)
        if !signed.contains(found[place]) {
            let isAdded = found.dropFirst(place + 1).starts(with: signed.dropFirst(place))
            return isAdded ? .leafAdded(index: index) : .leafChanged(index: index)
        }
        return found.contains(signed[place])
            ? .leavesReordered(index: index) : .leafDropped(index: index)
    }
}
