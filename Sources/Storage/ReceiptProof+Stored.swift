import Audit
package import Delivery
package import Primitives

extension AuditReader {
    /// The leaf that records a statement, with its inclusion under the newest checkpoint; nil
    /// before one covers it.
    package func receiptProof(of statement: Digest) throws(StoreError) -> ReceiptProof? {
        for position in try positions(ofStatement: statement) {
            guard let saved = try checkpoint(of: position.tree),
                position.index < saved.checkpoint.head.size,
                let leaf = try leaf(at: position),
                let hashes = try inclusion(of: position, size: saved.checkpoint.head.size)
            else { continue }
            let proof = TlogProof(
                index: position.index,
                hashes: hashes,
                checkpoint: saved.checkpoint
            )
            return ReceiptProof(leaf: leaf, tlogProof: proof.bytes)
        }
        return nil
    }
}
