package import Cryptography
package import Primitives

/// Signs tree heads with the key of one log. Heads come from committed rows only.
package struct CheckpointSigner: Sendable {
    package let publicKey: NotePublicKey
    private let store: any KeyStore
    private let key: KeyHandle

    /// Takes a log key of `store`.
    package init(store: any KeyStore, key: KeyHandle) throws(KeyStoreError) {
        publicKey = try store.notePublicKey(key)
        self.store = store
        self.key = key
    }

    package func checkpoint(
        _ origin: TreeOrigin,
        _ head: TreeHead
    ) async throws(KeyStoreError) -> Checkpoint {
        let signature = try await store.sign(key, note: Checkpoint.body(origin, head))
        return Checkpoint.assemble(origin, head, key: publicKey, signature: signature)
    }
}

extension CheckpointSigner {
    /// Cosigns another log's head. What it was judged by is committed before this is called.
    package func cosign(
        _ checkpoint: Checkpoint,
        as name: WitnessName,
        at time: Timestamp
    ) async throws(KeyStoreError) -> Cosignature {
        let signature = try await store.sign(
            key,
            note: Cosignature.message(checkpoint.body, at: time)
        )
        return Cosignature(by: name, key: publicKey, at: time, signature: signature)
    }
}

/// When a tree needs its next checkpoint.
package enum CheckpointPace {
    package static let interval = Duration.seconds(60)
    package static let leaves: UInt64 = 10_000

    /// Whether leaves wait for a checkpoint and it is time: `signedSize` is that of the newest one
    /// (0 without), `age` the time since then (nil without).
    package static func isDue(
        _ kind: TreeKind,
        size: UInt64,
        signedSize: UInt64,
        age: Duration?
    ) -> Bool {
        guard size > signedSize, let age else { return size > signedSize }
        return kind == .keys || age >= interval || size - signedSize >= leaves
    }
}
