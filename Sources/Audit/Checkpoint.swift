package import Cryptography
package import Primitives

/// A signed tree head of one of our trees (C2SP tlog-checkpoint, without extension lines).
package struct Checkpoint: Hashable, Sendable {
    package let origin: TreeOrigin
    package let head: TreeHead
    private let signed: SignedNote

    /// The bytes of the signed note, as received.
    package var note: [UInt8] { signed.bytes }

    /// Reads a note strictly. The signature is **not** checked yet; call `verify`.
    package init(reading note: [UInt8]) throws(AuditRefusal) {
        let signed = try wrap(AuditRefusal.malformed) { () throws(DecodingRefusal) in
            try SignedNote(reading: note)
        }
        guard let (origin, head) = Checkpoint.parts(ofBody: signed.text),
            let origin = TreeOrigin(origin)
        else { throw .malformed(DecodingRefusal(.badForm, at: "checkpoint")) }
        self.init(origin: origin, head: head, signed: signed)
    }

    /// The signed part: origin, size and root, each on its line.
    package static func body(_ origin: TreeOrigin, _ head: TreeHead) -> [UInt8] {
        "\(origin)\n\(head.size)\n\(Base64.encode(head.root.bytes, .standard))\n".bytes
    }

    /// Joins a body to the log key's signature over it. The key name is the origin.
    package static func assemble(
        _ origin: TreeOrigin,
        _ head: TreeHead,
        key: NotePublicKey,
        signature: [UInt8]
    ) -> Checkpoint {
        let signed = SignedNote(
            text: body(origin, head),
            name: origin.text,
            key: key,
            signature: signature
        )
        return Checkpoint(origin: origin, head: head, signed: signed)
    }

    /// The lines of witnesses below the log's own; none of them is checked.
    package var cosignatures: [Cosignature] {
        signed.signatures.compactMap { Cosignature($0) }
    }

    /// What a log key signs and a witness cosigns: origin, size and root.
    package var body: [UInt8] { signed.text }

    /// The same head with lines of witnesses below it.
    package func cosigned(by lines: [Cosignature]) -> Checkpoint {
        Checkpoint(origin: origin, head: head, signed: signed.adding(lines.map(\.signature)))
    }

    /// - Throws: `unknownKey`, `badSignature`.
    package func verify(key: NotePublicKey) throws(AuditRefusal) {
        try signed.verify(name: origin.text, key: key)
    }

    /// The same head with no lines but the log's own and one each of those of `witnesses` that
    /// hold.
    ///
    /// - Throws: as `verify`.
    package func vouched(
        key: NotePublicKey,
        witnesses: [ByteText: NotePublicKey]
    ) throws(AuditRefusal) -> Checkpoint {
        let own = try signed.verify(name: origin.text, key: key)
        var unseen = witnesses
        let lines = cosignatures.filter { line in
            // A time that no text can tell is no witness's.
            guard let key = unseen[line.witness], line.at.dayInJapan.year < 10_000,
                line.holds(over: self, key: key)
            else { return false }
            unseen[line.witness] = nil
            return true
        }
        let note = signed.keeping([own] + lines.map(\.signature))
        return Checkpoint(origin: origin, head: head, signed: note)
    }

    /// - Returns: nil unless `body` is three lines: a name, a decimal size, a root in base64.
    static func parts(ofBody body: [UInt8]) -> (origin: String, head: TreeHead)? {
        let lines = body.split(separator: newline, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 4, lines[3].isEmpty, !lines[0].isEmpty,
            let size = count(lines[1]), let root = Base64.decode(lines[2], .standard),
            let root = Digest(root), size > 0 || root == Merkle.emptyRoot
        else { return nil }
        return (lines[0], TreeHead(size: size, root: root))
    }

    /// A decimal below 2^40 (the store's bound for one tree) without leading zeros.
    static func count(_ text: String) -> UInt64? {
        guard text.utf8.count <= 13, let value = Decimal.value(text.bytes), value < 1 << 40,
            String(value).hasSameBytes(as: text)
        else { return nil }
        return UInt64(value)
    }

    private init(origin: TreeOrigin, head: TreeHead, signed: SignedNote) {
        self.origin = origin
        self.head = head
        self.signed = signed
    }
}
