package import Audit
package import Cryptography
import Delivery
import Directory
package import Primitives
package import Storage

extension ExchangeIdentity {
    /// Finds this exchange's own keys and certificates again: handles in the key store, the
    /// certificates in the `keys` tree, everything under `root`.
    package static func load(
        root: Certificate,
        keyStore: any KeyStore,
        store: any ExchangeStore
    ) async throws(ExchangeFault) -> ExchangeIdentity {
        let tree = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in try log.openTree(.keys) }
        }
        guard let origin = tree?.origin else { throw .notFounded }
        let view = try await DirectoryView.replayed(from: store, origin, root: root)
        let receipts = try own(KeyLabels.receipts, keyStore, view)
        let registrar = try own(KeyLabels.registrar, keyStore, view)
        guard let id = receipts.certificate.exchange else { throw .notFounded }
        let (log, storage) = try (
            handle(KeyLabels.log, keyStore), handle(KeyLabels.storage, keyStore)
        )
        return ExchangeIdentity(
            id: id,
            host: origin.host,
            root: root,
            keyStore: keyStore,
            signers: (
                receipts: try signer(receipts, keyStore, view),
                registrar: try signer(registrar, keyStore, view),
                log: try wrap(ExchangeFault.keyStore) { () throws(KeyStoreError) in
                    try CheckpointSigner(store: keyStore, key: log)
                }
            ),
            authorities: (
                member: try authority(KeyLabels.member, keyStore, view),
                service: try authority(KeyLabels.service, keyStore, view)
            ),
            storageKey: storage
        )
    }

    /// Certificate chain and key for the TLS listener, both PEM.
    package func serverCredentials(
        _ view: DirectoryView
    ) async throws(ExchangeFault) -> (chain: String, key: SecretBytes) {
        let own = try Self.own(KeyLabels.server, keyStore, view)
        let chain = own.certificate.pem + serviceAuthority.certificate.pem
        let key = try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await keyStore.transportKey(own.key)
        }
        return (chain, key)
    }

    private typealias Own = (key: KeyHandle, certificate: Certificate)

    private static func handle(
        _ label: String,
        _ keyStore: any KeyStore
    ) throws(ExchangeFault) -> KeyHandle {
        guard let handle = keyStore.handle(labelled: label) else { throw .notFounded }
        return handle
    }

    private static func own(
        _ label: String,
        _ keyStore: any KeyStore,
        _ view: DirectoryView
    ) throws(ExchangeFault) -> Own {
        let key = try handle(label, keyStore)
        guard let certificate = key.keyID.flatMap({ view.certificate(keyID: $0) }) else {
            throw .notFounded
        }
        return (key, certificate)
    }

    private static func signer(
        _ own: Own,
        _ keyStore: any KeyStore,
        _ view: DirectoryView
    ) throws(ExchangeFault) -> StatementSigner {
        guard let issuing = view.issuing(for: own.certificate) else { throw .notFounded }
        return StatementSigner(
            store: keyStore,
            key: own.key,
            certificate: own.certificate,
            issuing: issuing
        )
    }

    private static func authority(
        _ label: String,
        _ keyStore: any KeyStore,
        _ view: DirectoryView
    ) throws(ExchangeFault) -> CertificateAuthority {
        let own = try own(label, keyStore, view)
        return CertificateAuthority(certificate: own.certificate, key: own.key, store: keyStore)
    }
}

extension DirectoryView {
    /// The directory as the store's `keys` tree tells it.
    static func replayed(
        from store: any ExchangeStore,
        _ origin: TreeOrigin,
        root: Certificate
    ) async throws(ExchangeFault) -> DirectoryView {
        let leaves = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.read { stored throws(StoreError) in
                try stored.directoryLeaves(of: origin, from: 0, limit: .max)
            }
        }
        var view = DirectoryView(root: root)
        for leaf in leaves {
            view = try wrap({ _ in ExchangeFault.directory(index: leaf.index) }) {
                () throws(DirectoryRefusal) in
                try view.applying(leaf: leaf.leaf, object: leaf.object)
            }
        }
        return view
    }
}
