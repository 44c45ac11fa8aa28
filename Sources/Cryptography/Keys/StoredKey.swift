import Primitives

/// A key with its use, as both stores keep it in memory. Refuses every other use.
struct StoredKey: Sendable {
    let handle: KeyHandle
    let publicBytes: [UInt8]
    private(set) var hasSignedRequest: Bool
    private let key: PrivateKey

    init(
        label: KeyLabel,
        use: KeyUse,
        key: PrivateKey,
        hasSignedRequest: Bool = false
    ) throws(KeyStoreError) {
        publicBytes = try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try key.publicBytes()
        }
        let keyID = KeyID(Hex.encode(SHA256.hash(publicBytes).bytes.prefix(20)))
        handle = KeyHandle(label: label, use: use, keyID: use == .log ? nil : keyID)
        self.key = key
        self.hasSignedRequest = hasSignedRequest
    }

    func point() throws(KeyStoreError) -> [UInt8] {
        guard handle.use != .log else { throw .wrongUse }
        return publicBytes
    }

    func noteKey() throws(KeyStoreError) -> NotePublicKey {
        guard handle.use == .log else { throw .wrongUse }
        return try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try NotePublicKey(publicBytes)
        }
    }

    func sign(_ digest: Digest) throws(KeyStoreError) -> [UInt8] {
        guard handle.use == .signing else { throw .wrongUse }
        return try signUnchecked(digest)
    }

    func sign(note: [UInt8]) throws(KeyStoreError) -> [UInt8] {
        guard handle.use == .log else { throw .wrongUse }
        return try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try key.sign(note: note)
        }
    }

    /// Takes the one request of an encryption key; other keys may sign theirs again.
    mutating func claimRequest() throws(KeyStoreError) {
        switch handle.use {
        case .log, .storage: throw .wrongUse
        case .signing, .transport: break
        case .encryption where hasSignedRequest: throw .requestAlreadySigned
        case .encryption: hasSignedRequest = true
        }
    }

    /// After `claimRequest`.
    func signRequest(_ digest: Digest) throws(KeyStoreError) -> [UInt8] {
        precondition(hasSignedRequest || handle.use != .encryption)
        return try signUnchecked(digest)
    }

    func derive(_ point: [UInt8]) throws(KeyStoreError) -> SecretBytes {
        guard handle.use == .encryption || handle.use == .storage else { throw .wrongUse }
        return try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try key.derive(try PublicPoint(point))
        }
    }

    func transportKey() throws(KeyStoreError) -> SecretBytes {
        guard handle.use == .transport else { throw .wrongUse }
        return try pem()
    }

    func pem() throws(KeyStoreError) -> SecretBytes {
        try wrap(KeyStoreError.library) { () throws(CryptographyError) in try key.pem() }
    }

    func pkcs8() throws(KeyStoreError) -> SecretBytes {
        try wrap(KeyStoreError.library) { () throws(CryptographyError) in try key.pkcs8() }
    }

    private func signUnchecked(_ digest: Digest) throws(KeyStoreError) -> [UInt8] {
        try wrap(KeyStoreError.library) { () throws(CryptographyError) in try key.sign(digest) }
    }
}

extension KeyUse {
    var algorithm: PrivateKey.Algorithm { self == .log ? .ed25519 : .p256 }
}

/// The unlocked keys of one store.
final class KeyRing: Sendable {
    private let keys = Lock<[KeyLabel: StoredKey]>([:])

    var handles: [KeyHandle] {
        keys.withLock { keys in keys.values.map(\.handle) }.sorted { $0.label < $1.label }
    }

    /// - Throws: `labelTaken` when there is a key of this label.
    func add(_ key: StoredKey) throws(KeyStoreError) {
        let isNew = keys.withLock { keys in
            guard keys[key.handle.label] == nil else { return false }
            keys[key.handle.label] = key
            return true
        }
        guard isNew else { throw .labelTaken }
    }

    func remove(_ handle: KeyHandle) { keys.withLock { keys in keys[handle.label] = nil } }

    func key(_ handle: KeyHandle) throws(KeyStoreError) -> StoredKey {
        let key = keys.withLock { keys in keys[handle.label] }
        guard let key, key.handle == handle else { throw .unknownKey }
        return key
    }

    /// The key with its request claimed: of two callers at one time, one gets it.
    func claimRequest(_ handle: KeyHandle) throws(KeyStoreError) -> StoredKey {
        try keys.withLock { (keys) throws(KeyStoreError) in
            guard var key = keys[handle.label], key.handle == handle else { throw .unknownKey }
            try key.claimRequest()
            keys[handle.label] = key
            return key
        }
    }

    static func label(_ text: String) throws(KeyStoreError) -> KeyLabel {
        guard let label = KeyLabel(text) else { throw .unsuitableLabel }
        return label
    }

    static func generate(_ use: KeyUse, _ label: KeyLabel) throws(KeyStoreError) -> StoredKey {
        let key = try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try PrivateKey.generate(use.algorithm)
        }
        return try StoredKey(label: label, use: use, key: key)
    }
}

/// A store whose unlocked keys are in a ring; only making, losing and marking a key differ.
protocol RingKeyStore: KeyStore {
    var ring: KeyRing { get }
}

extension RingKeyStore {
    package func handles() -> [KeyHandle] { ring.handles }

    package func publicPoint(_ key: KeyHandle) throws(KeyStoreError) -> [UInt8] {
        try ring.key(key).point()
    }

    package func notePublicKey(_ key: KeyHandle) throws(KeyStoreError) -> NotePublicKey {
        try ring.key(key).noteKey()
    }

    package func sign(_ key: KeyHandle, digest: Digest) async throws(KeyStoreError) -> [UInt8] {
        try ring.key(key).sign(digest)
    }

    package func sign(_ key: KeyHandle, note: [UInt8]) async throws(KeyStoreError) -> [UInt8] {
        try ring.key(key).sign(note: note)
    }

    package func derive(
        _ key: KeyHandle,
        point: [UInt8]
    ) async throws(KeyStoreError) -> SecretBytes {
        try ring.key(key).derive(point)
    }

    package func transportKey(_ key: KeyHandle) async throws(KeyStoreError) -> SecretBytes {
        try ring.key(key).transportKey()
    }
}
