package import Primitives

/// What a key is for. A store uses a key for nothing else.
package enum KeyUse: String, Sendable, CaseIterable {
    /// Statements, sheets, certificates and lists.
    case signing
    /// Opening what was sealed to the organisation.
    case encryption
    /// TLS; the only key that leaves a store.
    case transport
    /// Ed25519: checkpoints and cosignatures.
    case log
    /// Wrapping the data keys of the organisation's own store.
    case storage
}

/// The form of a key's name in its store, `^[a-z0-9][a-z0-9.-]{0,63}$`.
package enum KeyLabelForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-")
        else { return false }
        return text.utf8.allSatisfy { octet in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
                || octet == UInt8(ascii: ".") || octet == UInt8(ascii: "-")
        }
    }
}

package typealias KeyLabel = Identifier<KeyLabelForm>

/// Names a key in its store. It stays good when the store is opened again.
package struct KeyHandle: Hashable, Sendable {
    package let label: KeyLabel
    package let use: KeyUse
    /// nil for log keys, which are Ed25519.
    package let keyID: KeyID?
}

/// Where private keys live. Nothing but the transport key ever leaves a store.
package protocol KeyStore: Sendable {
    /// Makes a key. The label is of `KeyLabelForm` and not yet in the store.
    func generate(_ use: KeyUse, label: String) async throws(KeyStoreError) -> KeyHandle
    /// All keys, in the order of their labels.
    func handles() -> [KeyHandle]
    /// The 65-byte point of a P-256 key.
    func publicPoint(_ key: KeyHandle) throws(KeyStoreError) -> [UInt8]
    func notePublicKey(_ key: KeyHandle) throws(KeyStoreError) -> NotePublicKey
    /// Signing keys only; DER `r, s`.
    func sign(_ key: KeyHandle, digest: Digest) async throws(KeyStoreError) -> [UInt8]
    /// Log keys only: Ed25519 over the whole message.
    func sign(_ key: KeyHandle, note: [UInt8]) async throws(KeyStoreError) -> [UInt8]
    /// Signs the key's own certificate request: signing and transport keys at will, an encryption
    /// key once and never again.
    func signRequest(_ key: KeyHandle, digest: Digest) async throws(KeyStoreError) -> [UInt8]
    /// ECDH with an encryption or storage key; 32 bytes.
    func derive(_ key: KeyHandle, point: [UInt8]) async throws(KeyStoreError) -> SecretBytes
    /// Transport keys only, for libssl and libcurl: PKCS#8 as PEM.
    func transportKey(_ key: KeyHandle) async throws(KeyStoreError) -> SecretBytes
    func destroy(_ key: KeyHandle) async throws(KeyStoreError)
}

extension KeyStore {
    package func handle(labelled label: String) -> KeyHandle? {
        handles().first { $0.label.text.hasSameBytes(as: label) }
    }

    /// `publicPoint`, parsed.
    package func point(_ key: KeyHandle) throws(KeyStoreError) -> PublicPoint {
        let bytes = try publicPoint(key)
        return try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try PublicPoint(bytes)
        }
    }
}
