import Primitives

/// A 32-byte secret wrapped to a P-256 key, such as a data key to the storage key.
///
/// The form is the one a message is sealed in: a KeyAgreeRecipientInfo (RFC 5753 §3.1.1) with a
/// fresh ephemeral key and AES-256 key wrap, so that a token which can open messages can open this.
package enum WrappedKey {
    /// Takes a secret of 32 bytes.
    package static func wrap(
        _ secret: SecretBytes,
        to point: PublicPoint
    ) throws(CryptographyError) -> [UInt8] {
        try KeyAgreeRecipient.make(secret, to: point).encoded.encoded
    }

    /// Opens with the private key in `store` that `wrapped` names.
    ///
    /// - Throws: `malformed`; `wrongRecipient` for another key; `keyStore` when the store fails;
    ///   `cannotOpen` when the bytes were changed.
    package static func unwrap(
        _ wrapped: [UInt8],
        with key: KeyHandle,
        in store: any KeyStore
    ) async throws(CMSRefusal) -> SecretBytes {
        let recipient = try Primitives.wrap(CMSRefusal.malformed) { () throws(DERRefusal) in
            try KeyAgreeRecipient(reading: wrapped)
        }
        guard key.keyID == KeyID(bytes: recipient.keyIdentifier) else { throw .wrongRecipient }
        let shared = try await Primitives.wrap(CMSRefusal.keyStore) {
            () async throws(KeyStoreError) in
            try await store.derive(key, point: recipient.ephemeral)
        }
        let wrappingKey = KeyAgreeRecipient.wrappingKey(shared)
        return try Primitives.wrap({ _ in CMSRefusal.cannotOpen }) { () throws(CryptographyError) in
            try KeyWrap.unwrap(recipient.wrappedKey, with: wrappingKey)
        }
    }
}
