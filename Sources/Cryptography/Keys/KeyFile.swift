import Primitives

/// The form of one key on disk:
/// `SEQUENCE { header SEQUENCE { version 1, label, use, publicKey OCTET STRING, requestSigned
/// BOOLEAN }, nonce OCTET STRING, sealed OCTET STRING, tag OCTET STRING }`. Of a key in a token the
/// sealed octets are none.
enum KeyFile {
    static let suffix = ".key"
    static let tokenSuffix = ".token"

    static func seal(_ key: StoredKey, _ sealingKey: SecretBytes) throws(KeyStoreError) -> [UInt8] {
        let header = header(key.handle, key.publicBytes, hasSignedRequest: key.hasSignedRequest)
        return try key.pkcs8().withBytes { plain in seal(plain, header, sealingKey) }
    }

    static func seal(_ key: TokenKey, _ sealingKey: SecretBytes) -> [UInt8] {
        seal([], header(key.handle, key.point.bytes, hasSignedRequest: false), sealingKey)
    }

    private static func header(
        _ handle: KeyHandle,
        _ publicBytes: [UInt8],
        hasSignedRequest: Bool
    ) -> [UInt8] {
        DERValue.sequence([
            .integer(1), .text(handle.label.text), .text(handle.use.rawValue),
            .octetString(publicBytes), DERValue(.boolean, [hasSignedRequest ? 0xFF : 0]),
        ]).encoded
    }

    private static func seal(
        _ plain: [UInt8],
        _ header: [UInt8],
        _ sealingKey: SecretBytes
    ) -> [UInt8] {
        let nonce = SystemRandom().bytes(AESGCM.nonceBytes)
        let sealed = AESGCM.seal(plain, key: sealingKey, nonce: nonce, additional: header)
        return DERValue.sequence([
            DERValue(encoded: header), .octetString(nonce), .octetString(sealed.cipher),
            .octetString(sealed.tag),
        ]).encoded
    }

    /// - Throws: `damagedKeyFile` when any byte is not as it was written.
    static func open(
        _ bytes: [UInt8],
        _ sealingKey: SecretBytes
    ) throws(KeyStoreError) -> StoredKey {
        let file = try wrap(KeyStoreError.damaged) { () throws(DERRefusal) in
            try SealedKey(reading: bytes)
        }
        let key = try wrap(KeyStoreError.damaged) { () throws(CryptographyError) in
            var plain = try file.open(sealingKey)
            guard !plain.isEmpty else { throw .unsuitableInput }
            return try PrivateKey.read(file.use.algorithm, pkcs8: SecretBytes(moving: &plain))
        }
        return try StoredKey(
            label: file.label,
            use: file.use,
            key: key,
            hasSignedRequest: file.hasSignedRequest
        )
    }

    /// - Throws: `damagedKeyFile` when any byte is not as it was written.
    static func openToken(
        _ bytes: [UInt8],
        _ sealingKey: SecretBytes
    ) throws(KeyStoreError) -> TokenKey {
        let file = try wrap(KeyStoreError.damaged) { () throws(DERRefusal) in
            try SealedKey(reading: bytes)
        }
        return try wrap(KeyStoreError.damaged) { () throws(CryptographyError) in
            guard try file.open(sealingKey).isEmpty, file.use == .storage else {
                throw .unsuitableInput
            }
            return TokenKey(label: file.label, point: try PublicPoint(file.publicBytes))
        }
    }
}

private struct SealedKey {
    let header: [UInt8]
    let label: KeyLabel
    let use: KeyUse
    let publicBytes: [UInt8]
    let hasSignedRequest: Bool
    let nonce: [UInt8]
    let cipher: [UInt8]
    let tag: [UInt8]

    init(reading bytes: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(bytes)
        var file = try reader.constructed(.sequence)
        header = try file.value(.sequence)
        nonce = try file.primitive(.octetString)
        cipher = try file.primitive(.octetString)
        tag = try file.primitive(.octetString)
        try file.finish()
        try reader.finish()

        var headerReader = DERReader(header)
        var fields = try headerReader.constructed(.sequence)
        try fields.expect(DERValue.integer(1).encoded, "version")
        guard let label = KeyLabel(try fields.text()), let use = KeyUse(rawValue: try fields.text())
        else { throw .badValue }
        self.label = label
        self.use = use
        publicBytes = try fields.primitive(.octetString)
        hasSignedRequest = try fields.boolean()
        try fields.finish()
    }

    func open(_ sealingKey: SecretBytes) throws(CryptographyError) -> [UInt8] {
        try AESGCM.open(
            cipher[...],
            tag: tag,
            key: sealingKey,
            nonce: nonce,
            additional: header
        )
    }
}
