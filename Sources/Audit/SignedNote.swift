package import Cryptography
package import Primitives

/// A text with signature lines below it (C2SP signed-note).
///
/// The text ends with a line end; then a blank line; then lines
/// `— name base64(keyHash ‖ signature)`. Lines of other keys are kept and ignored.
package struct SignedNote: Hashable, Sendable {
    package struct Signature: Hashable, Sendable {
        package let name: ByteText
        /// Four bytes that pick the key (`NotePublicKey.noteHash`).
        package let keyHash: [UInt8]
        package let bytes: [UInt8]

        /// As it stands below the text, without the line end.
        package var line: String {
            "\(SignedNote.dash)\(name.text) \(Base64.encode(keyHash + bytes, .standard))"
        }
    }

    package static let maximumBytes = 4 * 1024
    package static let maximumSignatures = 16

    package let bytes: [UInt8]
    /// What is signed, last line end included.
    package let text: [UInt8]
    package let signatures: [Signature]

    /// Signatures are **not** checked yet.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        guard bytes.count <= SignedNote.maximumBytes else { throw DecodingRefusal(.tooLarge) }
        guard String(utf8Bytes: bytes) != nil else { throw DecodingRefusal(.badUTF8) }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == newline }),
            let end = SignedNote.endOfText(bytes), bytes.last == newline
        else { throw DecodingRefusal(.badSyntax) }
        self.bytes = bytes
        text = Array(bytes[..<end])
        let lines = bytes[(end + 1)...].dropLast()
            .split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= SignedNote.maximumSignatures else { throw DecodingRefusal(.tooLarge) }
        var signatures: [Signature] = []
        for line in lines { signatures.append(try SignedNote.signature(Array(line))) }
        self.signatures = signatures
    }

    /// The note of `text`, which ends with a line end, with one Ed25519 signature.
    package init(text: [UInt8], name: String, key: NotePublicKey, signature: [UInt8]) {
        precondition(text.last == newline, "the text of a note ends with a line end")
        let line = Signature(
            name: ByteText(name),
            keyHash: key.noteHash(name: name),
            bytes: signature
        )
        self.text = text
        signatures = [line]
        bytes = text + [newline] + line.line.bytes + [newline]
    }

    /// The same text with further lines below, those it has already left out.
    func adding(_ lines: [Signature]) -> SignedNote {
        var note = self
        for line in lines where !note.signatures.contains(line) {
            note = SignedNote(
                text: text,
                signatures: note.signatures + [line],
                bytes: note.bytes + line.line.bytes + [newline]
            )
        }
        return note
    }

    /// The same text with no lines but these below.
    func keeping(_ lines: [Signature]) -> SignedNote {
        let below = lines.map { $0.line.bytes + [newline] }
        return SignedNote(
            text: text,
            signatures: lines,
            bytes: text + [newline] + Array(below.joined())
        )
    }

    private init(text: [UInt8], signatures: [Signature], bytes: [UInt8]) {
        self.text = text
        self.signatures = signatures
        self.bytes = bytes
    }

    /// - Throws: `unknownKey` without a line by this name and key, `badSignature`.
    @discardableResult
    package func verify(name: String, key: NotePublicKey) throws(AuditRefusal) -> Signature {
        let keyHash = key.noteHash(name: name)
        guard
            let line = signatures.first(where: {
                $0.name == ByteText(name) && $0.keyHash == keyHash
            })
        else { throw .unknownKey }
        guard line.bytes.count == 64, key.verify(line.bytes, over: text) else {
            throw .badSignature
        }
        return line
    }

    fileprivate static let dash = "\u{2014} "

    /// Where the blank line stands: the last one, since no signature line is empty.
    private static func endOfText(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropFirst().last { bytes[$0] == newline && bytes[$0 - 1] == newline }
    }

    /// Reads one line strictly.
    static func signature(_ line: [UInt8]) throws(DecodingRefusal) -> Signature {
        let refusal = DecodingRefusal(.badForm, at: "signature")
        guard line.starts(with: dash.utf8) else { throw refusal }
        let parts = line.dropFirst(dash.utf8.count)
            .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(UInt8(ascii: "+")),
            let bytes = Base64.decode(String(decoding: parts[1], as: UTF8.self), .standard),
            bytes.count > 4
        else { throw refusal }
        return Signature(
            name: ByteText(String(decoding: parts[0], as: UTF8.self)),
            keyHash: Array(bytes[..<4]),
            bytes: Array(bytes[4...])
        )
    }
}

extension NotePublicKey {
    /// The key hash of signature type Ed25519 (0x01): four bytes of SHA-256(name ‖ LF ‖ 01 ‖ key).
    package func noteHash(name: String) -> [UInt8] { noteHash(name: name, type: 1) }

    func noteHash(name: String, type: UInt8) -> [UInt8] {
        Array(SHA256.hash(name.bytes, [newline, type], bytes).bytes[..<4])
    }
}

let newline = UInt8(ascii: "\n")
