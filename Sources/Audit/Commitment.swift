import Cryptography
package import Primitives

/// What a value is, within commitments.
package enum CommitmentField: String, CaseIterable, Sendable {
    case actorName, actorRole, desk, peer, object, patient, consent, network, details
}

/// A salted hash that binds to a value without telling it:
/// HMAC-SHA256(salt, `renkei-commitment-v1` ‖ 00 ‖ field ‖ 00 ‖ value).
package struct Commitment: Hashable, Sendable, CustomStringConvertible {
    package static let saltBytes = 32

    /// Base64url, 43 characters.
    package let text: String

    /// - Returns: nil unless `text` is base64url of 32 bytes.
    package init?(_ text: String) {
        guard Base64.decode(text)?.count == Digest.byteCount else { return nil }
        self.text = text
    }

    package static func make(
        field: CommitmentField,
        value: [UInt8],
        salt: [UInt8]
    ) -> Commitment {
        let message = "renkei-commitment-v1".bytes + [0] + field.rawValue.bytes + [0] + value
        return Commitment(HMACSHA256.code(for: message, key: salt))
    }

    package var description: String { text }

    private init(_ code: Digest) { text = Base64.encode(code.bytes) }
}

/// The value behind a commitment. Personal data; never printed.
package struct Opening: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let field: CommitmentField
    package let value: String
    /// 32 bytes, fresh for each opening.
    package let salt: [UInt8]

    package init(_ field: CommitmentField, _ value: String, random: some RandomSource) {
        self.init(field, value, salt: random.bytes(Commitment.saltBytes))
    }

    package init(_ field: CommitmentField, _ value: String, salt: [UInt8]) {
        precondition(salt.count == Commitment.saltBytes, "a salt has 32 bytes")
        self.field = field
        self.value = value
        self.salt = salt
    }

    /// Reads the member of a disclosure: `{field, value, salt}`.
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        field = try reader.value("field", CommitmentField.init(rawValue:))
        value = try reader.text("value")
        salt = try reader.bytes("salt")
        guard salt.count == Commitment.saltBytes else { throw reader.refusal(.badForm, "salt") }
        try reader.finish()
    }

    package var commitment: Commitment {
        Commitment.make(field: field, value: value.bytes, salt: salt)
    }

    /// The form in a disclosure.
    package var json: JSON {
        ["field": .string(field.rawValue), "value": .string(value), "salt": saltJSON]
    }

    package var description: String { "Opening(\(field))" }
    package var debugDescription: String { description }

    var saltJSON: JSON { .string(Base64.encode(salt)) }
}

/// An opening as the store keeps it: AES-256-GCM over `{salt, value}`, bound to tree, field and
/// commitment.
package struct SealedOpening: Hashable, Sendable {
    package let field: CommitmentField
    package let keyReference: Int64
    /// nonce (12) ‖ cipher ‖ tag (16).
    package let sealed: [UInt8]

    package init(field: CommitmentField, keyReference: Int64, sealed: [UInt8]) {
        self.field = field
        self.keyReference = keyReference
        self.sealed = sealed
    }

    init(_ opening: Opening, origin: TreeOrigin, by key: DataKey) {
        let plain: JSON = ["value": .string(opening.value), "salt": opening.saltJSON]
        let context = SealedOpening.context(origin, opening.field, opening.commitment)
        self.init(
            field: opening.field,
            keyReference: key.reference,
            sealed: key.sealRaw(plain.canonicalBytes, additional: context)
        )
    }

    /// Opens with the commitment as it stands in the leaf.
    ///
    /// - Throws: `wrongOpening` for another key, tree, field or commitment.
    package func open(
        _ commitment: Commitment,
        origin: TreeOrigin,
        by key: DataKey
    ) throws(AuditRefusal) -> Opening {
        let context = SealedOpening.context(origin, field, commitment)
        let plain = try wrap({ _ in AuditRefusal.wrongOpening }) { () throws(CryptographyError) in
            try key.openRaw(sealed, additional: context)
        }
        let opening = try wrap(AuditRefusal.malformed) { () throws(DecodingRefusal) in
            var reader = try ObjectReader(try JSON(canonical: plain))
            let value = try reader.text("value")
            let salt = try reader.bytes("salt")
            try reader.finish()
            guard salt.count == Commitment.saltBytes else { throw DecodingRefusal(.badForm) }
            return Opening(field, value, salt: salt)
        }
        guard opening.commitment == commitment else { throw .wrongOpening }
        return opening
    }

    private static func context(
        _ origin: TreeOrigin,
        _ field: CommitmentField,
        _ commitment: Commitment
    ) -> [UInt8] {
        (origin.text + field.rawValue + commitment.text).bytes
    }
}
