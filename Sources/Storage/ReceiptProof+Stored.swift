package import Audit
package import Delivery
package import Primitives

extension AuditReader {
    /// The leaf that records a statement, with its inclusion under the `witnessed` checkpoint where
    /// that covers it, else under the newest; nil before one covers it. Where the tree has gone on
    /// from another one since it was `promised`, the leaf that says so is beside it.
    package func receiptProof(
        of statement: Digest,
        promisedIn promised: TreeOrigin? = nil,
        witnessed: Checkpoint? = nil
    ) throws(StoreError) -> ReceiptProof? {
        for position in try positions(ofStatement: statement) {
            guard let newest = try checkpoint(of: position.tree)?.checkpoint else { continue }
            let checkpoint =
                [witnessed, newest].compactMap(\.self).first {
                    $0.origin == position.tree && position.index < $0.head.size
                }
            guard let checkpoint, let leaf = try leaf(at: position),
                let hashes = try inclusion(of: position, size: checkpoint.head.size)
            else { continue }
            let proof = TlogProof(
                index: position.index,
                hashes: hashes,
                checkpoint: checkpoint,
                extra: try succession(from: promised, to: checkpoint)
            )
            return ReceiptProof(leaf: leaf, tlogProof: proof.bytes)
        }
        return nil
    }

    /// The leaf by which the tree of `checkpoint` went on from another one, nil for the same.
    private func succession(
        from tree: TreeOrigin?,
        to checkpoint: Checkpoint
    ) throws(StoreError) -> RecoveryProof? {
        guard let tree, tree != checkpoint.origin else { return nil }
        let (origin, size) = (checkpoint.origin, checkpoint.head.size)
        let known = try recoveries(of: origin).last { $0.succeeds(tree) }
        guard let index = known?.found.size else { return nil }
        let position = LeafPosition(tree: origin, index: index)
        guard let leaf = try leaf(at: position),
            let hashes = try inclusion(of: position, size: size)
        else { return nil }
        return RecoveryProof(leaf: leaf, hashes: hashes)
    }
}
