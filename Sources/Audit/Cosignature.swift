package import Cryptography
package import Primitives

/// A witness's line below a checkpoint: it has seen this head, and none that contradicts it (C2SP
/// tlog-cosignature, `cosignature/v1`).
package struct Cosignature: Hashable, Sendable {
    let signature: SignedNote.Signature

    /// - Returns: nil for a line of another form. Nothing is checked yet; call `holds`.
    init?(_ signature: SignedNote.Signature) {
        // A time of five bytes lasts for 34,000 years.
        guard signature.bytes.count == Cosignature.byteCount,
            signature.bytes[..<3].allSatisfy({ $0 == 0 })
        else { return nil }
        self.signature = signature
    }

    /// Reads a line as it stands in a note.
    package init(reading line: String) throws(AuditRefusal) {
        let signature = try wrap(AuditRefusal.malformed) { () throws(DecodingRefusal) in
            try SignedNote.signature(line.bytes)
        }
        guard let read = Cosignature(signature) else {
            throw .malformed(DecodingRefusal(.badForm, at: "cosignature"))
        }
        self = read
    }

    init(by name: WitnessName, key: NotePublicKey, at time: Timestamp, signature: [UInt8]) {
        self.signature = SignedNote.Signature(
            name: ByteText(name.text),
            keyHash: key.noteHash(name: name.text, type: Cosignature.type),
            bytes: Cosignature.seconds(of: time).bigEndianBytes + signature
        )
    }

    /// The witness that claims to have signed.
    package var witness: ByteText { signature.name }

    /// When the witness saw the head; whole seconds.
    package var at: Timestamp {
        Timestamp(
            milliseconds: Int64(signature.bytes[..<8].reduce(0) { $0 << 8 | Int64($1) }) * 1000
        )
    }

    package var line: String { signature.line }

    /// Whether `key`, under the name it claims, has signed exactly this head.
    package func holds(over checkpoint: Checkpoint, key: NotePublicKey) -> Bool {
        signature.keyHash == key.noteHash(name: witness.text, type: Cosignature.type)
            && key.verify(
                Array(signature.bytes[8...]),
                over: Cosignature.message(checkpoint.body, at: at)
            )
    }

    /// What a witness signs of a checkpoint's body.
    static func message(_ body: [UInt8], at time: Timestamp) -> [UInt8] {
        "cosignature/v1\ntime \(seconds(of: time))\n".bytes + body
    }

    private static func seconds(of time: Timestamp) -> UInt64 { UInt64(time.milliseconds / 1000) }

    /// Signature type of the signed note.
    private static let type: UInt8 = 4
    /// Eight of time, 64 of Ed25519.
    private static let byteCount = 72
}

/// Under which name a witness cosigns: `<host>/witness/<memberId>` for a member, `<host>/witness`
/// for the exchange itself.
package struct WitnessName: Hashable, Sendable {
    package let text: String

    package init(_ host: LogHost, member: MemberID? = nil) {
        text = "\(host)/witness" + (member.map { "/\($0)" } ?? "")
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(56 - 8 * $0)) }
    }
}
