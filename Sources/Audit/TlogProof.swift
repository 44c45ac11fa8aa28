package import Cryptography
package import Primitives

/// Evidence that a leaf is in a log: index, hashes and checkpoint (C2SP tlog-proof@v1). In `extra`
/// stands the leaf by which the tree went on from another one, where that matters.
package struct TlogProof: Hashable, Sendable {
    /// 63 hashes prove a leaf of any tree.
    package static let maximumHashes = 63
    package static let maximumBytes = 12 * 1024

    package let index: UInt64
    package let hashes: [Digest]
    package let checkpoint: Checkpoint
    /// Not verified before `succession` is called.
    package let extra: RecoveryProof?

    package init(
        index: UInt64,
        hashes: [Digest],
        checkpoint: Checkpoint,
        extra: RecoveryProof? = nil
    ) {
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
        self.extra = extra
    }

    /// Reads the file strictly. Nothing is verified yet.
    package init(reading bytes: [UInt8]) throws(AuditRefusal) {
        let refusal = AuditRefusal.malformed(DecodingRefusal(.badForm, at: "tlog-proof"))
        guard bytes.count <= TlogProof.maximumBytes else {
            throw .malformed(DecodingRefusal(.tooLarge))
        }
        guard let (all, note) = bytes.headAndNote, let header = all.first,
            header.hasSameBytes(as: TlogProof.header)
        else { throw refusal }
        let extra = all.dropFirst().first.flatMap { $0.hasPrefix("extra ") ? $0.dropFirst(6) : nil }
        let lines = all.dropFirst(extra == nil ? 1 : 2)
        guard let first = lines.first, first.hasPrefix("index "),
            lines.count <= 1 + TlogProof.maximumHashes,
            let index = Checkpoint.count(String(first.dropFirst(6))),
            let hashes = TlogProof.hashes(lines.dropFirst())
        else { throw refusal }
        var recovery: RecoveryProof?
        if let extra {
            guard let bytes = Base64.decode(String(extra), .standard),
                let read = RecoveryProof(reading: bytes)
            else { throw refusal }
            recovery = read
        }
        self.init(
            index: index,
            hashes: hashes,
            checkpoint: try Checkpoint(reading: note),
            extra: recovery
        )
    }

    /// The file, byte for byte as it is read.
    package var bytes: [UInt8] {
        let extra = extra.map { ["extra \(Base64.encode($0.bytes, .standard))"] } ?? []
        let lines =
            [TlogProof.header] + extra + ["index \(index)"]
            + hashes.map { Base64.encode($0.bytes, .standard) }
        return lines.joined(separator: "\n").bytes + [newline, newline] + checkpoint.note
    }

    /// - Throws: `unknownKey`, `badSignature`, `notIncluded`.
    package func verify(leaf: [UInt8], key: NotePublicKey) throws(AuditRefusal) {
        try checkpoint.verify(key: key)
        let isIncluded = Merkle.verifyInclusion(
            of: Merkle.leafHash(leaf),
            at: index,
            in: checkpoint.head,
            proof: hashes
        )
        guard isIncluded else { throw .notIncluded }
    }

    /// - Throws: `wrongOrigin` unless this is a proof in `tree`, or in one that says of itself that
    ///   it went on from `tree`, in a leaf under the same checkpoint.
    package func verify(standsFor tree: TreeOrigin) throws(AuditRefusal) {
        guard checkpoint.origin != tree else { return }
        guard let extra else { throw .wrongOrigin }
        let recovery = try extra.recovery(under: checkpoint)
        guard checkpoint.origin.isNewer(than: tree), recovery.succeeds(tree) else {
            throw .wrongOrigin
        }
    }

    private static let header = "c2sp.org/tlog-proof@v1"

    /// Hashes of a proof, each in base64 on its line.
    static func hashes(_ lines: some Sequence<String>) -> [Digest]? {
        var hashes: [Digest] = []
        for line in lines {
            guard let hash = Base64.decode(line, .standard), let hash = Digest(hash) else {
                return nil
            }
            hashes.append(hash)
        }
        return hashes
    }
}

extension [UInt8] {
    /// The lines before the first blank one, and the note after it; nil without a blank line.
    var headAndNote: (lines: [String], note: [UInt8])? {
        let end = indices.dropFirst().first { self[$0] == newline && self[$0 - 1] == newline }
        guard let end else { return nil }
        let lines = self[..<(end - 1)].split(separator: newline, omittingEmptySubsequences: false)
        return (lines.map { String(decoding: $0, as: UTF8.self) }, Array(self[(end + 1)...]))
    }
}
