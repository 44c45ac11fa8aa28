import Primitives

/// The form of one key on disk:
/// `SEQUENCE { header SEQUENCE { version 1, label, use, publicKey OCTET STRING, requestSigned
/// BOOLEAN }, nonce OCTET STRING, sealed OCTET STRING, tag OCTET STRING }`.
enum KeyFile {
    static let suffix = ".key"

    static func seal(_ key: StoredKey, _ sealingKey: SecretBytes) throws(KeyStoreError) -> [UInt8] {
        let header = DERValue.sequence([
            .integer(1), .text(key.handle.label.text), .text(key.handle.use.rawValue),
            .octetString(key.publicBytes), DERValue(.boolean, [key.hasSignedRequest ? 0xFF : 0]),
        ]).encoded
        let nonce = SystemRandom().bytes(AESGCM.nonceBytes)
        let sealed = try key.pkcs8().withBytes { plain in
            AESGCM.seal(plain, key: sealingKey, nonce: nonce, additional: header)
        }
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
            var plain = try AESGCM.open(
                file.cipher[...],
                tag: file.tag,
                key: sealingKey,
                nonce: file.nonce,
                additional: file.header
            )
            return try PrivateKey.read(file.use.algorithm, pkcs8: SecretBytes(moving: &plain))
        }
        return try StoredKey(
            label: file.label,
            use: file.use,
            key: key,
            hasSignedRequest: file.hasSignedRequest
        )
    }
}

private struct SealedKey {
    let header: [UInt8]
    let label: KeyLabel
    let use: KeyUse
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
        _ = try fields.primitive(.octetString)
        hasSignedRequest = try fields.boolean()
        try fields.finish()
    }
}
