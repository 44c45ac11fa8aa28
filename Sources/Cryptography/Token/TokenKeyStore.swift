package import Primitives

/// Storage keys in a token, all others in files.
///
/// Beside the key files lies for each storage key `<label>.token`: its label and its public point,
/// sealed as they are. So the folder knows its keys without the token, and nobody can put another
/// point there to which the data keys would be wrapped. A storage key that was made in a file
/// before stays usable until the next one takes its place.
package final class TokenKeyStore: KeyStore {
    private let files: FileKeyStore
    private let token: Token
    private let owner: String
    private let keys: Lock<[KeyLabel: TokenKey]>

    /// The `owner` stands before each label in the token.
    ///
    /// - Throws: what a store of files throws, but that a key is in a token.
    package init(
        folder: String,
        unlockSecret: SecretBytes,
        token: Token,
        owner: String
    ) throws(KeyStoreError) {
        files = try FileKeyStore(folder: folder, unlockSecret: unlockSecret, hasToken: true)
        self.token = token
        self.owner = owner
        keys = Lock(
            Dictionary(uniqueKeysWithValues: files.tokenKeys.map { ($0.handle.label, $0) })
        )
    }

    /// Whether the token is there and has the key; one in a file is there.
    package func check(_ key: KeyHandle) async throws(KeyStoreError) {
        guard let own = own(key) else {
            _ = try files.publicPoint(key)
            return
        }
        try await wrap(KeyStoreError.token) { () async throws(TokenFault) in
            try await token.check(own.point)
        }
    }

    package func generate(
        _ use: KeyUse,
        label: String
    ) async throws(KeyStoreError) -> KeyHandle {
        guard use == .storage else { return try await files.generate(use, label: label) }
        let label = try KeyRing.label(label)
        guard handle(labelled: label.text) == nil else { throw .labelTaken }
        let point = try await wrap(KeyStoreError.token) { () async throws(TokenFault) in
            try await token.generate(label: "\(owner) \(label)")
        }
        let key = TokenKey(label: label, point: point)
        // A crash before this leaves a key in the token to which nothing was ever wrapped.
        let isNew = keys.withLock { keys in
            guard keys[label] == nil else { return false }
            keys[label] = key
            return true
        }
        guard isNew else { throw .labelTaken }
        do throws(KeyStoreError) { try files.write(key) } catch {
            keys.withLock { $0[label] = nil }
            throw error
        }
        return key.handle
    }

    package func handles() -> [KeyHandle] {
        let own = keys.withLock { keys in keys.values.map(\.handle) }
        return (files.handles() + own).sorted { $0.label < $1.label }
    }

    package func publicPoint(_ key: KeyHandle) throws(KeyStoreError) -> [UInt8] {
        if let own = own(key) { return own.point.bytes }
        return try files.publicPoint(key)
    }

    package func notePublicKey(_ key: KeyHandle) throws(KeyStoreError) -> NotePublicKey {
        guard own(key) == nil else { throw .wrongUse }
        return try files.notePublicKey(key)
    }

    package func sign(_ key: KeyHandle, digest: Digest) async throws(KeyStoreError) -> [UInt8] {
        guard own(key) == nil else { throw .wrongUse }
        return try await files.sign(key, digest: digest)
    }

    package func sign(_ key: KeyHandle, note: [UInt8]) async throws(KeyStoreError) -> [UInt8] {
        guard own(key) == nil else { throw .wrongUse }
        return try await files.sign(key, note: note)
    }

    package func signRequest(
        _ key: KeyHandle,
        digest: Digest
    ) async throws(KeyStoreError) -> [UInt8] {
        guard own(key) == nil else { throw .wrongUse }
        return try await files.signRequest(key, digest: digest)
    }

    package func derive(
        _ key: KeyHandle,
        point: [UInt8]
    ) async throws(KeyStoreError) -> SecretBytes {
        guard let own = own(key) else { return try await files.derive(key, point: point) }
        let other = try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try PublicPoint(point)
        }
        return try await wrap(KeyStoreError.token) { () async throws(TokenFault) in
            try await token.derive(own.point, with: other)
        }
    }

    package func transportKey(_ key: KeyHandle) async throws(KeyStoreError) -> SecretBytes {
        guard own(key) == nil else { throw .wrongUse }
        return try await files.transportKey(key)
    }

    /// In the token first: cut short between, it can be done again.
    package func destroy(_ key: KeyHandle) async throws(KeyStoreError) {
        guard let own = own(key) else { return try await files.destroy(key) }
        try await wrap(KeyStoreError.token) { () async throws(TokenFault) in
            try await token.destroy(own.point)
        }
        try files.remove(own)
        keys.withLock { $0[key.label] = nil }
    }

    private func own(_ handle: KeyHandle) -> TokenKey? {
        keys.withLock { keys in keys[handle.label].flatMap { $0.handle == handle ? $0 : nil } }
    }
}

/// What the folder knows of a storage key in a token.
struct TokenKey: Sendable {
    let handle: KeyHandle
    let point: PublicPoint

    init(label: KeyLabel, point: PublicPoint) {
        handle = KeyHandle(label: label, use: .storage, keyID: point.keyID)
        self.point = point
    }
}
