import Primitives

/// KeyAgreeRecipientInfo (RFC 5753 §3.1.1) for one P-256 recipient.
struct KeyAgreeRecipient {
    let keyIdentifier: [UInt8]
    /// A point of the curve, fresh for each recipient of each message.
    let ephemeral: [UInt8]
    let wrappedKey: [UInt8]

    private static let originatorAlgorithm = DERValue.algorithm(.ecPublicKey)
    private static let keyWrap = DERValue.algorithm(.aes256Wrap)
    private static let keyEncryption = DERValue.algorithm(.stdDHSHA256KDF, keyWrap)

    /// ECC-CMS-SharedInfo (RFC 5753 §7.2): the wrap algorithm and a key length of 256 bits.
    static let sharedInfo = DERValue.sequence([
        keyWrap, DERValue(.constructed(2), [.octetString([0, 0, 1, 0])]),
    ]).encoded

    var encoded: DERValue {
        let publicKey = DERValue(
            .constructed(1),
            [KeyAgreeRecipient.originatorAlgorithm, .bitString(ephemeral)]
        )
        let encryptedKey = DERValue.sequence([
            DERValue(.constructed(0), [.octetString(keyIdentifier)]), .octetString(wrappedKey),
        ])
        return DERValue(
            .constructed(1),
            [
                .integer(3), DERValue(.constructed(0), [publicKey]),
                KeyAgreeRecipient.keyEncryption, .sequence([encryptedKey]),
            ]
        )
    }
}

extension KeyAgreeRecipient {
    init(reading element: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(element)
        var fields = try reader.constructed(.constructed(1))
        try fields.expect(DERValue.integer(3).encoded, "recipient version")
        var originator = try fields.constructed(.constructed(0))
        var publicKey = try originator.constructed(.constructed(1))
        try publicKey.expect(KeyAgreeRecipient.originatorAlgorithm.encoded, "originatorKey")
        ephemeral = try publicKey.octetsOfBitString()
        try publicKey.finish()
        try originator.finish()
        try fields.expect(KeyAgreeRecipient.keyEncryption.encoded, "keyEncryptionAlgorithm")
        var keys = try fields.constructed(.sequence)
        var key = try keys.constructed(.sequence)
        var identifier = try key.constructed(.constructed(0))
        keyIdentifier = try identifier.primitive(.octetString)
        try identifier.finish()
        wrappedKey = try key.primitive(.octetString)
        try key.finish()
        try keys.finish()
        try fields.finish()
        try reader.finish()
        guard keyIdentifier.count == 20 else { throw .notInProfile("rKeyId") }
        guard wrappedKey.count == KeyWrap.wrappedBytes else { throw .notInProfile("encryptedKey") }
        do throws(CryptographyError) { _ = try PublicPoint(ephemeral) } catch {
            throw .notInProfile("originatorKey")
        }
    }

    /// Wraps the content key to one recipient under a fresh ephemeral key.
    static func make(
        _ contentKey: SecretBytes,
        to recipient: PublicPoint
    ) throws(CryptographyError) -> KeyAgreeRecipient {
        let ephemeral = try PrivateKey.generate(.p256)
        let shared = try ephemeral.derive(recipient)
        return KeyAgreeRecipient(
            keyIdentifier: recipient.keyIDBytes,
            ephemeral: try ephemeral.publicBytes(),
            wrappedKey: KeyWrap.wrap(contentKey, with: wrappingKey(shared))
        )
    }

    /// X9.63 key derivation with SHA-256, one block: SHA-256(Z ‖ 00000001 ‖ SharedInfo).
    static func wrappingKey(_ shared: SecretBytes) -> SecretBytes {
        SecretBytes(hashing: shared, [0, 0, 0, 1] + sharedInfo)
    }
}

/// KeyTransRecipientInfo (RFC 5652 §6.2.1) for an outsider's RSA key.
struct KeyTransportRecipient {
    let keyIdentifier: [UInt8]
    let encryptedKey: [UInt8]

    /// RSAES-OAEP with SHA-256 twice; the empty label is left out as the default.
    private static let keyEncryption = DERValue.algorithm(
        .rsaesOAEP,
        .sequence([
            DERValue(.constructed(0), [.algorithm(.sha256)]),
            DERValue(.constructed(1), [.algorithm(.mgf1, .algorithm(.sha256))]),
        ])
    )

    var encoded: DERValue {
        .sequence([
            .integer(2), DERValue(.primitive(0), keyIdentifier),
            KeyTransportRecipient.keyEncryption, .octetString(encryptedKey),
        ])
    }

    static func make(
        _ contentKey: SecretBytes,
        to recipient: RSAPublicKey
    ) throws(CryptographyError) -> KeyTransportRecipient {
        KeyTransportRecipient(
            keyIdentifier: recipient.keyID.bytes,
            encryptedKey: try recipient.encrypt(contentKey)
        )
    }
}

extension KeyTransportRecipient {
    init(reading element: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(element)
        var fields = try reader.constructed(.sequence)
        try fields.expect(DERValue.integer(2).encoded, "recipient version")
        keyIdentifier = try fields.primitive(.primitive(0))
        try fields.expect(KeyTransportRecipient.keyEncryption.encoded, "keyEncryptionAlgorithm")
        encryptedKey = try fields.primitive(.octetString)
        try fields.finish()
        try reader.finish()
        guard keyIdentifier.count == 20 else { throw .notInProfile("rid") }
        guard RSAPublicKey.modulusOctets.contains(encryptedKey.count) else {
            throw .notInProfile("encryptedKey")
        }
    }
}

/// A recipient of a message: one of ours, or an outsider with an RSA key.
enum Recipient {
    case keyAgree(KeyAgreeRecipient)
    case keyTransport(KeyTransportRecipient)

    var keyIdentifier: [UInt8] {
        switch self {
        case .keyAgree(let recipient): recipient.keyIdentifier
        case .keyTransport(let recipient): recipient.keyIdentifier
        }
    }

    init(reading element: [UInt8]) throws(DERRefusal) {
        self =
            element.first == DERTag.sequence.octet
            ? .keyTransport(try KeyTransportRecipient(reading: element))
            : .keyAgree(try KeyAgreeRecipient(reading: element))
    }
}

/// KEKRecipientInfo (RFC 5652 §6.2.3) of a chunk.
struct KeyEncryptionRecipient {
    let keyIdentifier: [UInt8]
    let wrappedKey: [UInt8]

    static let keyIdentifierBytes = 16
    private static let keyWrap = DERValue.algorithm(.aes256Wrap)

    var encoded: DERValue {
        DERValue(
            .constructed(2),
            [
                .integer(4), .sequence([.octetString(keyIdentifier)]),
                KeyEncryptionRecipient.keyWrap, .octetString(wrappedKey),
            ]
        )
    }
}

extension KeyEncryptionRecipient {
    init(reading element: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(element)
        var fields = try reader.constructed(.constructed(2))
        try fields.expect(DERValue.integer(4).encoded, "recipient version")
        var identifier = try fields.constructed(.sequence)
        keyIdentifier = try identifier.primitive(.octetString)
        try identifier.finish()
        try fields.expect(KeyEncryptionRecipient.keyWrap.encoded, "keyEncryptionAlgorithm")
        wrappedKey = try fields.primitive(.octetString)
        try fields.finish()
        guard keyIdentifier.count == KeyEncryptionRecipient.keyIdentifierBytes else {
            throw .notInProfile("keyIdentifier")
        }
        guard wrappedKey.count == KeyWrap.wrappedBytes else { throw .notInProfile("encryptedKey") }
    }
}
