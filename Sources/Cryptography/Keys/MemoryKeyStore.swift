package import Primitives

/// A key store that ends with the process: for tests and simulations.
package final class MemoryKeyStore: RingKeyStore {
    let ring = KeyRing()
    private let seed: [UInt8]?

    /// - Parameter seed: with it, a label and a use always give the same P-256 or Ed25519 key.
    package init(seed: [UInt8]? = nil) { self.seed = seed }

    package func generate(
        _ use: KeyUse,
        label: String
    ) async throws(KeyStoreError) -> KeyHandle {
        let label = try KeyRing.label(label)
        let key = try key(use, label)
        try ring.add(key)
        return key.handle
    }

    package func signRequest(
        _ key: KeyHandle,
        digest: Digest
    ) async throws(KeyStoreError) -> [UInt8] {
        try ring.claimRequest(key).signRequest(digest)
    }

    package func destroy(_ key: KeyHandle) async throws(KeyStoreError) {
        _ = try ring.key(key)
        ring.remove(key)
    }

    private func key(_ use: KeyUse, _ label: KeyLabel) throws(KeyStoreError) -> StoredKey {
        guard let seed else { return try KeyRing.generate(use, label) }
        let secret = HKDF.derive(
            secret: seed,
            salt: [],
            info: "\(use.rawValue) \(label.text)".bytes,
            count: 32
        )
        let key = try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try PrivateKey.derived(use.algorithm, from: secret)
        }
        return try StoredKey(label: label, use: use, key: key)
    }
}

extension PrivateKey {
    /// The key of a fixed secret of 32 bytes, by way of its PKCS#8 form.
    static func derived(
        _ algorithm: Algorithm,
        from secret: [UInt8]
    ) throws(CryptographyError) -> PrivateKey {
        let algorithmIdentifier: DERValue
        let contents: DERValue
        switch algorithm {
        case .p256:
            algorithmIdentifier = .algorithm(.ecPublicKey, .objectIdentifier(.prime256v1))
            // The top bit cleared keeps every scalar below n; zero has no chance to come.
            let scalar = [secret[0] & 0x7F] + secret.dropFirst()
            contents = .sequence([.integer(1), .octetString(scalar)])
        case .ed25519:
            algorithmIdentifier = .algorithm(OID(1, 3, 101, 112))
            contents = .octetString(secret)
        }
        let pkcs8 = DERValue.sequence([
            .integer(0), algorithmIdentifier, .octetString(contents.encoded),
        ])
        return try PrivateKey.read(algorithm, pkcs8: SecretBytes(copying: pkcs8.encoded))
    }
}
