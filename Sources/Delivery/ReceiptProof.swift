package import Audit
package import Cryptography
package import Directory
import Primitives

/// That a receipt's promise was kept: the leaf that carries its hash, and that leaf's inclusion.
///
/// Source: `audit-log.md` 3.4.
package struct ReceiptProof: Hashable, Sendable {
    package let leaf: [UInt8]
    package let tlogProof: [UInt8]

    package init(leaf: [UInt8], tlogProof: [UInt8]) {
        self.leaf = leaf
        self.tlogProof = tlogProof
    }

    /// - Throws: `malformed`, `otherStatement`, `wrongOrigin`, `unknownKey`, `badSignature`,
    ///   `notIncluded`. A tree that went on from the promised one keeps the promise too.
    /// - Returns: the checkpoint that covers the leaf.
    @discardableResult
    package func verify(
        _ receipt: SignedStatement,
        promisedIn origin: TreeOrigin,
        key: NotePublicKey
    ) throws(AuditRefusal) -> Checkpoint {
        let read = try wrap(AuditRefusal.malformed) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: leaf, in: origin.kind)
        }
        guard read.facts.statementSha256 == receipt.sha256 else { throw .otherStatement }
        let proof = try TlogProof(reading: tlogProof)
        try proof.verify(standsFor: origin)
        try proof.verify(leaf: leaf, key: key)
        return proof.checkpoint
    }

    /// The same with the log key that the directory names.
    @discardableResult
    package func verify(
        _ receipt: Receipt,
        in directory: DirectoryView
    ) throws(AuditRefusal) -> Checkpoint {
        let origin = receipt.head.logOrigin
        guard let key = directory.logKey(of: origin) else { throw .unknownKey }
        return try verify(receipt.statement, promisedIn: origin, key: key)
    }
}

extension DirectoryView {
    /// The key that signs the checkpoints of a tree: a member's by its membership, the exchange's
    /// by the newest policy that names the tree.
    package func logKey(of origin: TreeOrigin) -> NotePublicKey? {
        if let member = origin.member { return self.membership(of: member)?.logPublicKey }
        let name = ByteText(origin.text)
        for (_, policy) in policies.reversed() {
            if let log = policy.logs.first(where: { $0.origin == name }) { return log.publicKey }
        }
        return nil
    }
}
