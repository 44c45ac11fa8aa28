package import Cryptography
package import Primitives

/// Some leaves of a tree as an auditor is handed them, with the newest checkpoint over the tree.
package struct LogPage: Sendable {
    /// How many leaves a page has, unless the tree ends before: some MiB.
    package static let most = 4096

    package let leaves: [[UInt8]]
    package let checkpoint: Checkpoint
    package let key: NotePublicKey

    package init(leaves: [[UInt8]], checkpoint: Checkpoint, key: NotePublicKey) {
        self.leaves = leaves
        self.checkpoint = checkpoint
        self.key = key
    }

    /// Reads what `json` and `files` of a page hold. No signature is checked here.
    package init(reading json: JSON, _ files: [[UInt8]]) throws(AuditRefusal) {
        guard files.count == 2 else { throw .malformed(DecodingRefusal(.missingMember)) }
        let bytes = try wrap(AuditRefusal.malformed) { () throws(DecodingRefusal) -> [UInt8] in
            var reader = try ObjectReader(json)
            return try reader.bytes("publicKey")
        }
        do throws(CryptographyError) {
            key = try NotePublicKey(bytes)
        } catch { throw .malformed(DecodingRefusal(.badForm, at: "/publicKey")) }
        leaves = files[0].split(separator: newline).map(Array.init)
        checkpoint = try Checkpoint(reading: files[1])
    }

    package var json: JSON {
        [
            "origin": .string(checkpoint.origin.text),
            "size": .integer(Int64(checkpoint.head.size)),
            "publicKey": .string(Base64.encode(key.bytes)),
        ]
    }

    /// The leaves, one a line (they are canonical JSON and hold no line end), and the checkpoint.
    package var files: [[UInt8]] {
        [Array(leaves.map { $0 + [newline] }.joined()), checkpoint.note]
    }
}
