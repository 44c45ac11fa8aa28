import Primitives

/// The fields of an AuthEnvelopedData, taken apart strictly or put together. Which kinds of
/// recipient are allowed is the caller's matter.
struct AuthEnvelopedDataParts {
    /// RecipientInfo values whole, in DER order.
    let recipients: [[UInt8]]
    let nonce: [UInt8]
    /// A part of the bytes it was read from, which may be large.
    let cipher: ArraySlice<UInt8>
    let tag: [UInt8]

    private static let version = DERValue.integer(0)

    /// ContentInfo.
    var encoded: DERValue {
        let algorithm = DERValue.algorithm(
            .aes256GCM,
            .sequence([.octetString(nonce), .integer(AESGCM.tagBytes)])
        )
        let enveloped = DERValue.sequence([
            AuthEnvelopedDataParts.version,
            .setOf(recipients.map(DERValue.init(encoded:))),
            .sequence([.objectIdentifier(.data), algorithm, DERValue(.primitive(0), Array(cipher))]
            ),
            .octetString(tag),
        ])
        return .sequence([
            .objectIdentifier(.authEnvelopedData), DERValue(.constructed(0), [enveloped]),
        ])
    }

    /// Seals under a fresh nonce; the key is fresh too.
    static func seal(
        _ content: [UInt8],
        key: SecretBytes,
        recipients: [DERValue]
    ) -> AuthEnvelopedDataParts {
        let nonce = SystemRandom().bytes(AESGCM.nonceBytes)
        let sealed = AESGCM.seal(content, key: key, nonce: nonce, additional: [])
        return AuthEnvelopedDataParts(
            recipients: recipients.map(\.encoded),
            nonce: nonce,
            cipher: sealed.cipher[...],
            tag: sealed.tag
        )
    }

    /// - Throws: `cannotOpen` alone. A wrong wrapped key is not told before the tag is checked: a
    ///   random key takes its place, so that both failures cost the same.
    func open(_ wrappedKey: [UInt8], with wrappingKey: SecretBytes) throws(CMSRefusal) -> [UInt8] {
        var key = SecretBytes.random(AESGCM.keyBytes)
        do throws(CryptographyError) {
            key = try KeyWrap.unwrap(wrappedKey, with: wrappingKey)
        } catch {
            // The random key goes on in its place.
        }
        do throws(CryptographyError) {
            return try AESGCM.open(cipher, tag: tag, key: key, nonce: nonce, additional: [])
        } catch {
            throw .cannotOpen
        }
    }
}

extension AuthEnvelopedDataParts {
    init(reading der: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(der)
        var contentInfo = try reader.constructed(.sequence)
        try contentInfo.expect(DERValue.objectIdentifier(.authEnvelopedData).encoded, "contentType")
        var wrapper = try contentInfo.constructed(.constructed(0))
        var enveloped = try wrapper.constructed(.sequence)
        try enveloped.expect(AuthEnvelopedDataParts.version.encoded, "version")
        recipients = try enveloped.setOf()
        var encrypted = try enveloped.constructed(.sequence)
        try encrypted.expect(DERValue.objectIdentifier(.data).encoded, "contentType")
        var algorithm = try encrypted.constructed(.sequence)
        try algorithm.expect(DERValue.objectIdentifier(.aes256GCM).encoded, "contentEncryption")
        var parameters = try algorithm.constructed(.sequence)
        nonce = try parameters.primitive(.octetString)
        try parameters.expect(DERValue.integer(AESGCM.tagBytes).encoded, "ICVlen")
        try parameters.finish()
        try algorithm.finish()
        cipher = try encrypted.slice(.primitive(0))
        try encrypted.finish()
        tag = try enveloped.primitive(.octetString)
        try enveloped.finish()
        try wrapper.finish()
        try contentInfo.finish()
        try reader.finish()
        guard nonce.count == AESGCM.nonceBytes else { throw .notInProfile("nonce") }
        guard tag.count == AESGCM.tagBytes else { throw .notInProfile("mac") }
    }
}
