package import Cryptography
package import Primitives

/// Evidence that a leaf is in a log: index, hashes and checkpoint (C2SP tlog-proof@v1, without
/// `extra`).
package struct TlogProof: Hashable, Sendable {
    /// 63 hashes prove a leaf of any tree.
    package static let maximumHashes = 63
    package static let maximumBytes = 8 * 1024

    package let index: UInt64
    package let hashes: [Digest]
    package let checkpoint: Checkpoint

    package init(index: UInt64, hashes: [Digest], checkpoint: Checkpoint) {
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads the file strictly. Nothing is verified yet.
    package init(reading bytes: [UInt8]) throws(AuditRefusal) {
        let refusal = AuditRefusal.malformed(DecodingRefusal(.badForm, at: "tlog-proof"))
        guard bytes.count <= TlogProof.maximumBytes else {
            throw .malformed(DecodingRefusal(.tooLarge))
        }
        guard let (lines, note) = bytes.headAndNote,
            lines.count >= 2, lines.count <= 2 + TlogProof.maximumHashes,
            lines[0].hasSameBytes(as: TlogProof.header), lines[1].hasPrefix("index "),
            let index = Checkpoint.count(String(lines[1].dropFirst(6))),
            let hashes = TlogProof.hashes(lines.dropFirst(2))
        else { throw refusal }
        self.init(
            index: index,
            hashes: hashes,
            checkpoint: try Checkpoint(reading: note)
        )
    }

    /// The file, byte for byte as it is read.
    package var bytes: [UInt8] {
        let lines =
            [TlogProof.header, "index \(index)"]
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
