package import Audit
package import Delivery
package import Primitives

extension AuditReader {
    /// The leaf that records a statement, with its inclusion under the `witnessed` checkpoint where
    /// that covers it, else under the newest; nil before one covers it.
    package func receiptProof(
        of statement: Digest,
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
            let proof = TlogProof(index: position.index, hashes: hashes, checkpoint: checkpoint)
            return ReceiptProof(leaf: leaf, tlogProof: proof.bytes)
        }
        return nil
    }
}
