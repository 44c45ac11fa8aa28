import Cryptography
package import Primitives

/// That a tree says of itself that it went on from another one: its leaf `tree.recovered`, and the
/// hashes that lead from it to the checkpoint of the proof it travels with.
///
/// As text: the leaf on one line, then each hash in base64 on its line.
package struct RecoveryProof: Hashable, Sendable {
    package let leaf: [UInt8]
    package let hashes: [Digest]

    package init(leaf: [UInt8], hashes: [Digest]) {
        self.leaf = leaf
        self.hashes = hashes
    }

    /// - Returns: nil unless `bytes` has the form; nothing is verified yet.
    init?(reading bytes: [UInt8]) {
        guard bytes.last == newline else { return nil }
        let lines = bytes.dropLast().split(separator: newline, omittingEmptySubsequences: false)
        guard let leaf = lines.first, !leaf.isEmpty, leaf.count <= Limits.leafBytes,
            lines.count <= 1 + TlogProof.maximumHashes,
            let hashes = TlogProof.hashes(
                lines.dropFirst().map { String(decoding: $0, as: UTF8.self) }
            )
        else { return nil }
        self.init(leaf: Array(leaf), hashes: hashes)
    }

    var bytes: [UInt8] {
        leaf + [newline]
            + hashes.flatMap { Base64.encode($0.bytes, .standard).bytes + [newline] }
    }

    /// What the leaf says, when it stands where it must: behind the copy that it names.
    ///
    /// - Throws: `malformed`, `wrongOrigin` for a leaf of another kind, `notIncluded`.
    func recovery(under checkpoint: Checkpoint) throws(AuditRefusal) -> TreeRecovery {
        let read = try wrap(AuditRefusal.malformed) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: leaf, in: checkpoint.origin.kind)
        }
        guard let recovery = read.facts.recovery,
            recovery.isPlaced(at: recovery.found.size, in: checkpoint.origin)
        else { throw .wrongOrigin }
        let isIncluded = Merkle.verifyInclusion(
            of: read.hash,
            at: recovery.found.size,
            in: checkpoint.head,
            proof: hashes
        )
        guard isIncluded else { throw .notIncluded }
        return recovery
    }
}
