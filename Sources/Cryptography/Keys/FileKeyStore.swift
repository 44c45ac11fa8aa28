package import Primitives

/// Keys in files, sealed under an unlock secret.
///
/// Folder 0700, files 0600. `unlock.der` holds salt, scrypt cost and a sealed check; `<label>.key`
/// holds one key: PKCS#8 under AES-256-GCM, with label, use and public key as additional data. The
/// scrypt key is made once, when the store is opened; the unlocked keys stay in locked memory.
/// OpenSSL's own encrypted PKCS#8 is not used: it refuses more than 32 MiB of scrypt memory.
package final class FileKeyStore: RingKeyStore {
    let ring = KeyRing()
    /// Those that the folder knows and a token has.
    let tokenKeys: [TokenKey]
    private let folder: KeyFolder
    private let sealingKey: SecretBytes

    /// Opens the store in `folder`, or makes it there. `cost` is for a new store, nil for what fits
    /// its secret; an existing one knows its own.
    ///
    /// - Throws: `wrongUnlockSecret`, `exposedKeyFile`, `damagedKeyFile`, `disk`; `token` where a
    ///   key is in a token.
    package convenience init(
        folder path: String,
        unlockSecret: SecretBytes,
        cost: ScryptCost? = nil
    ) throws(KeyStoreError) {
        try self.init(folder: path, unlockSecret: unlockSecret, cost: cost, hasToken: false)
    }

    init(
        folder path: String,
        unlockSecret: SecretBytes,
        cost: ScryptCost? = nil,
        hasToken: Bool
    ) throws(KeyStoreError) {
        folder = try KeyFolder(path: path)
        if let bytes = try folder.read(UnlockFile.name) {
            sealingKey = try UnlockFile(reading: bytes).unlock(unlockSecret)
        } else {
            let made = try UnlockFile.make(unlockSecret, cost ?? .fitting(unlockSecret))
            try folder.write(UnlockFile.name, made.file.encoded)
            sealingKey = made.key
        }
        var tokenKeys: [TokenKey] = []
        for name in try folder.names(suffix: KeyFile.tokenSuffix) {
            guard let bytes = try folder.read(name + KeyFile.tokenSuffix) else { continue }
            guard hasToken else { throw .token(.notNamed) }
            let key = try KeyFile.openToken(bytes, sealingKey)
            guard key.handle.label.text.hasSameBytes(as: name) else { throw .damagedKeyFile }
            tokenKeys.append(key)
        }
        self.tokenKeys = tokenKeys
        for name in try folder.names(suffix: KeyFile.suffix) {
            guard let bytes = try folder.read(name + KeyFile.suffix) else { continue }
            let key = try KeyFile.open(bytes, sealingKey)
            guard key.handle.label.text.hasSameBytes(as: name) else { throw .damagedKeyFile }
            try ring.add(key)
        }
    }

    package func generate(
        _ use: KeyUse,
        label: String
    ) async throws(KeyStoreError) -> KeyHandle {
        let label = try KeyRing.label(label)
        let key = try KeyRing.generate(use, label)
        // The ring first: of two callers with one label, the second must not overwrite the file.
        try ring.add(key)
        do throws(KeyStoreError) { try write(key) } catch {
            ring.remove(key.handle)
            throw error
        }
        return key.handle
    }

    /// The mark of an encryption key is on the disk before its signature is given out.
    package func signRequest(
        _ key: KeyHandle,
        digest: Digest
    ) async throws(KeyStoreError) -> [UInt8] {
        let stored = try ring.claimRequest(key)
        if stored.hasSignedRequest { try write(stored) }
        return try stored.signRequest(digest)
    }

    package func destroy(_ key: KeyHandle) async throws(KeyStoreError) {
        _ = try ring.key(key)
        try folder.remove(key.label.text + KeyFile.suffix)
        ring.remove(key)
    }

    /// A private key in the clear, so that a demonstration can open its own messages with the
    /// `openssl` program. `renkei demo` alone may call it, and says so.
    package func privateKeyPEM(
        _ key: KeyHandle,
        reason: DemonstrationOnly
    ) throws(KeyStoreError) -> SecretBytes {
        try ring.key(key).pem()
    }

    /// The one reason for which a private key is shown.
    package enum DemonstrationOnly: Sendable { case demonstration }

    func write(_ key: TokenKey) throws(KeyStoreError) {
        let name = key.handle.label.text + KeyFile.tokenSuffix
        try folder.write(name, KeyFile.seal(key, sealingKey))
    }

    func remove(_ key: TokenKey) throws(KeyStoreError) {
        try folder.remove(key.handle.label.text + KeyFile.tokenSuffix)
    }

    private func write(_ key: StoredKey) throws(KeyStoreError) {
        try folder.write(key.handle.label.text + KeyFile.suffix, KeyFile.seal(key, sealingKey))
    }
}
