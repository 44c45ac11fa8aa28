package import Primitives

/// A message sealed to one or more keys: AuthEnvelopedData (RFC 5083) with AES-256-GCM, in the one
/// accepted form. Recipients have P-256 keys; outsiders may have RSA keys.
package struct AuthEnvelopedData: Sendable {
    package let der: [UInt8]
    /// In the order of the message; 1 to `Limits.recipients`, all different.
    package let recipientKeyIDs: [KeyID]
    private let parts: AuthEnvelopedDataParts
    private let recipients: [Recipient]

    /// - Throws: `tooLarge` above `limit`; `malformed` for every other form.
    package init(reading der: [UInt8], limit: Int) throws(CMSRefusal) {
        guard der.count <= limit else { throw .tooLarge }
        self.der = der
        let read = try wrap(CMSRefusal.malformed) { () throws(DERRefusal) in
            let parts = try AuthEnvelopedDataParts(reading: der)
            return (parts, try AuthEnvelopedData.recipients(parts))
        }
        (parts, recipients) = read
        recipientKeyIDs = recipients.map { KeyID(bytes: $0.keyIdentifier) }
    }

    /// Seals `content` under a fresh key and nonce: sealing twice gives other bytes.
    /// Recipients are encryption certificates and outsiders' keys, 1 to `Limits.recipients` in all,
    /// with different keys; else `unsuitableInput`.
    package static func seal(
        _ content: [UInt8],
        to recipients: [Certificate],
        outsiders: [RSAPublicKey] = []
    ) throws(CryptographyError) -> [UInt8] {
        let keyIDs = recipients.map(\.keyID) + outsiders.map(\.keyID)
        guard (1...Limits.recipients).contains(keyIDs.count), Set(keyIDs).count == keyIDs.count,
            recipients.allSatisfy({ $0.role == .memberEncryption })
        else { throw .unsuitableInput }
        return try seal(content, to: recipients.map(\.point), outsiders)
    }

    /// The same to keys that no certificate of ours names.
    package static func seal(
        _ content: [UInt8],
        to keys: [SealingKey]
    ) throws(CryptographyError) -> [UInt8] {
        guard (1...Limits.recipients).contains(keys.count), Set(keys).count == keys.count else {
            throw .unsuitableInput
        }
        return try seal(content, to: keys.map(\.point), [])
    }

    private static func seal(
        _ content: [UInt8],
        to points: [PublicPoint],
        _ outsiders: [RSAPublicKey]
    ) throws(CryptographyError) -> [UInt8] {
        let key = SecretBytes.random(AESGCM.keyBytes)
        var infos: [DERValue] = []
        for point in points {
            infos.append(try KeyAgreeRecipient.make(key, to: point).encoded)
        }
        for outsider in outsiders {
            infos.append(try KeyTransportRecipient.make(key, to: outsider).encoded)
        }
        return AuthEnvelopedDataParts.seal(content, key: key, recipients: infos).encoded.encoded
    }

    /// Opens with the key `keyID`, whose store answers `derive`.
    ///
    /// - Returns: content whose tag was checked. No signature is checked here.
    /// - Throws: `wrongRecipient` when the key is not named; `keyStore` when the store fails;
    ///   `cannotOpen` for everything else.
    package func open(
        keyID: KeyID,
        derive: (_ point: [UInt8]) async throws(KeyStoreError) -> SecretBytes
    ) async throws(CMSRefusal) -> [UInt8] {
        guard let index = recipientKeyIDs.firstIndex(of: keyID) else { throw .wrongRecipient }
        // Nobody here holds an RSA key, so an entry of that kind is for somebody else.
        guard case .keyAgree(let recipient) = recipients[index] else { throw .wrongRecipient }
        let shared = try await wrap(CMSRefusal.keyStore) { () async throws(KeyStoreError) in
            try await derive(recipient.ephemeral)
        }
        let wrappingKey = KeyAgreeRecipient.wrappingKey(shared)
        return try parts.open(recipient.wrappedKey, with: wrappingKey)
    }

    /// The same, with a key in a store.
    package func open(
        with key: KeyHandle,
        in store: any KeyStore
    ) async throws(CMSRefusal) -> [UInt8] {
        guard let keyID = key.keyID else { throw .wrongRecipient }
        return try await open(keyID: keyID) { (point) throws(KeyStoreError) in
            try await store.derive(key, point: point)
        }
    }

    private static func recipients(
        _ parts: AuthEnvelopedDataParts
    ) throws(DERRefusal) -> [Recipient] {
        guard (1...Limits.recipients).contains(parts.recipients.count) else {
            throw .notInProfile("recipientInfos")
        }
        var recipients: [Recipient] = []
        for element in parts.recipients {
            recipients.append(try Recipient(reading: element))
        }
        guard Set(recipients.map(\.keyIdentifier)).count == recipients.count else {
            throw .notInProfile("recipientInfos")
        }
        return recipients
    }
}
