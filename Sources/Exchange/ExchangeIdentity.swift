package import Audit
package import Cryptography
package import Directory
package import Primitives

/// Who this exchange is and what it signs with.
package struct ExchangeIdentity: Sendable {
    package let id: ExchangeID
    package let host: LogHost
    package let root: Certificate
    package let keyStore: any KeyStore
    /// Signs receipts (`exchangeReceipt`).
    package let receipts: StatementSigner
    /// Signs membership, policy and revocations (`exchangeRegistrar`).
    package let registrar: StatementSigner
    package let log: CheckpointSigner
    package let memberAuthority: CertificateAuthority
    package let serviceAuthority: CertificateAuthority
    /// Wraps the data keys of the store.
    package let storageKey: KeyHandle

    package init(
        id: ExchangeID,
        host: LogHost,
        root: Certificate,
        keyStore: any KeyStore,
        signers: (receipts: StatementSigner, registrar: StatementSigner, log: CheckpointSigner),
        authorities: (member: CertificateAuthority, service: CertificateAuthority),
        storageKey: KeyHandle
    ) {
        self.id = id
        self.host = host
        self.root = root
        self.keyStore = keyStore
        receipts = signers.receipts
        registrar = signers.registrar
        log = signers.log
        memberAuthority = authorities.member
        serviceAuthority = authorities.service
        self.storageKey = storageKey
    }
}

/// What an operator may set, with its defaults.
package struct ExchangeSettings: Sendable {
    package var operatorTelephone: String?
    package var bodiesAfterEnd = Limits.bodiesAfterEnd
    package var pairMessages = 2000
    package var pairBytes: Int64 = 512 * 1024 * 1024
    package var openChunkBytes: Int64 = 2 * 1024 * 1024 * 1024
    package var joiningCode = Limits.joiningCode
    package var signingDays = 90
    package var encryptionDays = 365
    package var transportDays = 30
    package var listEvery = Duration.hours(1)
    package var listLife = Duration.hours(72)
    package var checkpointEvery = Duration.seconds(60)

    package init() {}
}
