package import Cryptography
package import Primitives

/// By what a leaf can be found again. The number stands in the store.
package enum IndexKind: Int, CaseIterable, Sendable {
    case actor = 1
    case patient = 2
    case message = 3
    case desk = 4

    var name: String {
        switch self {
        case .actor: "actor"
        case .patient: "patient"
        case .message: "message"
        case .desk: "desk"
        }
    }
}

/// A keyed hash of a value to look for: equal values of one year have equal tags, and nobody
/// without the key can try values.
package struct IndexTag: Hashable, Sendable {
    package let kind: IndexKind
    /// 16 bytes.
    package let tag: [UInt8]

    package init(kind: IndexKind, tag: [UInt8]) {
        self.kind = kind
        self.tag = tag
    }
}

/// A value key of one fiscal year, or of one person in it, opened: seals columns and openings, and
/// makes index tags.
///
/// A sealed column is `01` ‖ nonce (12) ‖ cipher ‖ tag (16), AES-256-GCM; its context (table,
/// column and row) is authenticated, so a value moved to another place does not open.
package struct DataKey: Sendable, CustomStringConvertible {
    package static let secretBytes = 32
    package static let tagBytes = 16

    /// Row of the wrapped key.
    package let reference: Int64
    package let secret: SecretBytes
    private let indexKey: SecretBytes
    private let random: any RandomSource

    /// The secret has 32 bytes.
    package init(reference: Int64, secret: SecretBytes, random: any RandomSource) {
        precondition(secret.count == DataKey.secretBytes, "a data key has 32 bytes")
        self.reference = reference
        self.secret = secret
        self.random = random
        // Tags and seals never share a key: the index key is derived from the secret.
        let derived = HMACSHA256.code(for: "renkei-index-v1".bytes, secret: secret)
        indexKey = SecretBytes(copying: derived.bytes)
    }

    package func seal(_ plain: [UInt8], context: String) -> [UInt8] {
        [DataKey.version] + sealRaw(plain, additional: context.bytes)
    }

    /// - Throws: `cannotOpen` for another key, another context or any changed byte.
    package func open(
        _ sealed: [UInt8],
        context: String
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.first == DataKey.version else { throw .cannotOpen }
        return try openRaw(Array(sealed.dropFirst()), additional: context.bytes)
    }

    package func tag(_ kind: IndexKind, _ value: [UInt8]) -> IndexTag {
        IndexTag(kind: kind, tag: tag(named: kind.name, value: value))
    }

    /// The first 16 bytes of HMAC-SHA256(index key, name ‖ value), for columns of other tables.
    package func tag(named name: String, value: [UInt8]) -> [UInt8] {
        let code = HMACSHA256.code(for: name.bytes + value, secret: indexKey)
        return Array(code.bytes[..<DataKey.tagBytes])
    }

    package var description: String { "DataKey(\(reference))" }

    /// Another data key under this one.
    func wrap(_ other: SecretBytes, of subject: [UInt8]) -> [UInt8] {
        other.withBytes { seal($0, context: Self.wrapping(subject)) }
    }

    func unwrap(_ wrapped: [UInt8], of subject: [UInt8]) throws(CryptographyError) -> SecretBytes {
        var bytes = try open(wrapped, context: Self.wrapping(subject))
        guard bytes.count == Self.secretBytes else { throw .cannotOpen }
        return SecretBytes(moving: &bytes)
    }

    private static func wrapping(_ subject: [UInt8]) -> String {
        "dataKey/" + Base64.encode(subject)
    }

    func sealRaw(_ plain: [UInt8], additional: [UInt8]) -> [UInt8] {
        let nonce = random.bytes(AESGCM.nonceBytes)
        let (cipher, tag) = AESGCM.seal(
            plain,
            key: secret,
            nonce: nonce,
            additional: additional
        )
        return nonce + cipher + tag
    }

    func openRaw(
        _ sealed: [UInt8],
        additional: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= AESGCM.nonceBytes + AESGCM.tagBytes else { throw .cannotOpen }
        return try AESGCM.open(
            sealed[AESGCM.nonceBytes..<(sealed.count - AESGCM.tagBytes)],
            tag: Array(sealed.suffix(AESGCM.tagBytes)),
            key: secret,
            nonce: Array(sealed.prefix(AESGCM.nonceBytes)),
            additional: additional
        )
    }

    private static let version: UInt8 = 1
}
