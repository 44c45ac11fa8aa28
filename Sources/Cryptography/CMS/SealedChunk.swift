import Primitives

/// A chunk of a large part: AuthEnvelopedData with exactly one KEKRecipientInfo.
package struct SealedChunk: Sendable {
    private let parts: AuthEnvelopedDataParts
    private let recipient: KeyEncryptionRecipient

    /// - Throws: `tooLarge` above `Limits.chunkSealedBytes`; `malformed`.
    package init(reading der: [UInt8]) throws(CMSRefusal) {
        guard der.count <= Limits.chunkSealedBytes else { throw .tooLarge }
        let read = try wrap(CMSRefusal.malformed) { () throws(DERRefusal) in
            let parts = try AuthEnvelopedDataParts(reading: der)
            guard let element = parts.recipients.first, parts.recipients.count == 1 else {
                throw .notInProfile("recipientInfos")
            }
            return (parts, try KeyEncryptionRecipient(reading: element))
        }
        (parts, recipient) = read
    }

    /// Seals one chunk under a fresh key, wrapped by the message's chunk key (32 bytes), which is
    /// named by `keyID` (16 bytes).
    package static func seal(_ content: [UInt8], key: SecretBytes, keyID: [UInt8]) -> [UInt8] {
        precondition(keyID.count == KeyEncryptionRecipient.keyIdentifierBytes)
        let contentKey = SecretBytes.random(AESGCM.keyBytes)
        let recipient = KeyEncryptionRecipient(
            keyIdentifier: keyID,
            wrappedKey: KeyWrap.wrap(contentKey, with: key)
        )
        return AuthEnvelopedDataParts.seal(
            content,
            key: contentKey,
            recipients: [recipient.encoded]
        ).encoded.encoded
    }

    /// - Throws: `wrongRecipient` when the chunk names another key; else `cannotOpen`.
    package func open(key: SecretBytes, keyID: [UInt8]) throws(CMSRefusal) -> [UInt8] {
        guard recipient.keyIdentifier == keyID else { throw .wrongRecipient }
        return try parts.open(recipient.wrappedKey, with: key)
    }
}
