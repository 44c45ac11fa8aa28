import Audit
import Cryptography
import Directory
import Primitives

/// Who this exchange is and what it signs with: handles in the key store, their certificates in the
/// directory.
struct ExchangeIdentity: Sendable {
    let id: ExchangeID
    /// Signs receipts.
    private(set) var receipts: StatementSigner
    /// Signs membership, policy and revocations.
    private(set) var registrar: StatementSigner
    let log: CheckpointSigner
    let memberAuthority: CertificateAuthority
    let serviceAuthority: CertificateAuthority
    private(set) var server: (key: KeyHandle, certificate: Certificate)
    /// Wraps the data keys of the store.
    let storageKey: KeyHandle

    /// - Throws: `notFounded` where a key or its certificate is missing.
    init(in keyStore: any KeyStore, _ view: DirectoryView) throws(ExchangeFault) {
        let finder = IdentityFinder(keyStore: keyStore, view: view)
        receipts = try finder.signer(.receipts)
        registrar = try finder.signer(.registrar)
        guard let id = receipts.certificate.exchange else { throw .notFounded }
        self.id = id
        memberAuthority = try finder.authority(KeyLabels.member)
        serviceAuthority = try finder.authority(KeyLabels.service)
        server = try finder.certified(.server)
        storageKey = try finder.handle(KeyLabels.storage)
        let logKey = try finder.handle(KeyLabels.log)
        log = try wrap(ExchangeFault.keyStore) { () throws(KeyStoreError) in
            try CheckpointSigner(store: keyStore, key: logKey)
        }
    }

    func certificate(_ own: ServiceKey) -> Certificate {
        switch own {
        case .receipts: receipts.certificate
        case .registrar: registrar.certificate
        case .server: server.certificate
        }
    }
}

private struct IdentityFinder {
    let keyStore: any KeyStore
    let view: DirectoryView

    func handle(_ label: String) throws(ExchangeFault) -> KeyHandle {
        guard let handle = keyStore.handle(labelled: label) else { throw .notFounded }
        return handle
    }

    /// The newest key of this kind that has its certificate.
    func certified(
        _ own: ServiceKey
    ) throws(ExchangeFault) -> (key: KeyHandle, certificate: Certificate) {
        var number = 1
        var newest: (key: KeyHandle, certificate: Certificate)?
        while let key = keyStore.handle(labelled: own.label(number)) {
            if let certificate = key.keyID.flatMap({ view.certificate(keyID: $0) }) {
                newest = (key, certificate)
            }
            number += 1
        }
        guard let newest else { throw .notFounded }
        return newest
    }

    func signer(_ own: ServiceKey) throws(ExchangeFault) -> StatementSigner {
        let own = try certified(own)
        guard let issuing = view.issuing(for: own.certificate) else { throw .notFounded }
        return StatementSigner(
            store: keyStore,
            key: own.key,
            identity: SigningIdentity(certificate: own.certificate, issuing: issuing)
        )
    }

    func authority(_ label: String) throws(ExchangeFault) -> CertificateAuthority {
        let key = try handle(label)
        guard let certificate = view.issuingAuthorities.first(where: { $0.keyID == key.keyID })
        else { throw .notFounded }
        return CertificateAuthority(certificate: certificate, key: key, store: keyStore)
    }
}
