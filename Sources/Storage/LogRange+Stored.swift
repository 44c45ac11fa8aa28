package import Audit
package import Cryptography
package import Primitives

extension AuditReader {
    /// The leaves of a period as far as a checkpoint covers them, with the one before and the one
    /// after.
    ///
    /// - Returns: nil where there are more than `LogRange.most`, or no leaf at all.
    private func range(
        of period: AuditPeriod,
        below checkpoint: Checkpoint
    ) throws(StoreError) -> LogRange? {
        let (tree, size) = (checkpoint.origin, checkpoint.head.size)
        let start = try firstLeaf(of: tree, size, notBefore: period.start)
        let end = try firstLeaf(of: tree, size, notBefore: period.end)
        let shown = max(start, 1) - 1..<min(end + 1, size)
        guard !shown.isEmpty, shown.count <= LogRange.most,
            let flanks = try flanks(of: shown, in: tree, size: size)
        else { return nil }
        return LogRange(
            below: checkpoint,
            from: shown.lowerBound,
            leaves: try leaves(of: tree, from: shown.lowerBound, limit: shown.count),
            flanks: flanks
        )
    }

    /// The same below the newest checkpoint that somebody has cosigned and that shows where the
    /// period ends, else below the newest that somebody has cosigned, else below the newest of all;
    /// with those of its lines that hold.
    package func range(
        of period: AuditPeriod,
        in tree: TreeOrigin,
        key: NotePublicKey,
        witnesses: [ByteText: NotePublicKey]
    ) throws(StoreError) -> LogRange? {
        var signed: [Checkpoint] = []
        for checkpoint in try checkpoints(of: tree, limit: 64) {
            signed.append(
                try wrap({ _ in StoreError.damaged }) { () throws(AuditRefusal) in
                    try checkpoint.vouched(key: key, witnesses: witnesses)
                }
            )
        }
        guard let newest = signed.first else { return nil }
        let end = try firstLeaf(of: tree, newest.head.size, notBefore: period.end)
        let least = end < newest.head.size ? end + 1 : 0
        let cosigned = signed.filter { !$0.cosignatures.isEmpty }
        let seen = cosigned.first { $0.head.size >= least } ?? cosigned.first
        let found = try range(of: period, below: seen ?? newest)
        // Other leaves than the signed ones are not handed out as if they were whole.
        guard found?.isIncluded ?? true else { throw .damaged }
        return found
    }

    /// The index of the first leaf that is not before a moment, `size` without one. Leaves stand in
    /// the order of their times.
    private func firstLeaf(
        of tree: TreeOrigin,
        _ size: UInt64,
        notBefore time: Timestamp
    ) throws(StoreError) -> UInt64 {
        var (low, high) = (UInt64(0), size)
        while low < high {
            let middle = low + (high - low) / 2
            let bytes = try leaf(at: LeafPosition(tree: tree, index: middle)) ?? []
            let leaf = try wrap({ _ in StoreError.damaged }) { () throws(DecodingRefusal) in
                try AuditLeaf(reading: bytes, in: tree.kind)
            }
            if leaf.at < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
