package import Audit
package import Cryptography
import Directory
package import Primitives
package import Storage

/// Makes a new exchange: its root, both issuing authorities, its own keys and certificates, and the
/// first leaves of both trees, all in one commit.
package struct Founding {
    private let name: String
    private let host: LogHost
    private let keyStore: any KeyStore
    private let now: Timestamp
    private let random: any RandomSource

    /// - Parameters:
    ///   - name: of the exchange, the organisation in the authorities' subjects.
    ///   - host: by which gateways reach it; also the host in the origins of its trees.
    ///   - keyStore: empty.
    package init(
        name: String,
        host: LogHost,
        keyStore: any KeyStore,
        now: Timestamp,
        random: any RandomSource
    ) {
        self.name = name
        self.host = host
        self.keyStore = keyStore
        self.now = now
        self.random = random
    }

    /// - Returns: the root certificate, which is kept outside the store: everything is checked
    ///   against it.
    package func found(
        _ store: any ExchangeStore
    ) async throws(ExchangeFault) -> Certificate {
        let made = try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await certificates()
        }
        let policy = try await policy(made)
        var writer = KeysTreeWriter(exchange: made.exchange, now: now, random: random)
        let year = TreeOrigin.fiscalYear(of: now)
        writer.opened(.keys(host, fiscalYear: year))
        writer.opened(.transport(host, fiscalYear: year))
        for authority in [made.root, made.member, made.service] {
            writer.authority(authority.certificate)
        }
        for certificate in [made.receipts, made.registrar, made.server] {
            writer.certificate(certificate, of: nil)
        }
        for list in try await lists(made) { writer.list(list) }
        writer.statement(.policyChanged, policy, about: nil)
        let finished = writer
        let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(now)]) { _ in
            (writes: finished.writes, audit: finished.audit)
        }
        let ring = DataKeyRing(keyStore: keyStore, storageKey: made.storage, random: random)
        let key = try await wrap(ExchangeFault.dataKey) { () async throws(DataKeyFault) in
            try await ring.key(of: year, in: store)
        }
        let host = host
        let change = proposal.finished([]) { entry in
            entry.sealed(
                origin: entry.tree == .keys
                    ? .keys(host, fiscalYear: year) : .transport(host, fiscalYear: year),
                by: key
            )
        }
        _ = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.commit(change)
        }
        return made.root.certificate
    }

    private struct Made {
        let exchange: ExchangeID
        let root: CertificateAuthority
        let member: CertificateAuthority
        let service: CertificateAuthority
        let receipts: Certificate
        let registrar: Certificate
        let server: Certificate
        let storage: KeyHandle
    }

    private func certificates() async throws(KeyStoreError) -> Made {
        let exchange = ExchangeID.make(random)
        let rootKey = try await keyStore.generate(.signing, label: KeyLabels.root)
        let root = try await CertificateAuthority.selfSigned(
            key: rootKey,
            store: keyStore,
            subject: DistinguishedName(
                organisation: name,
                commonName: "Root \(now.dayInJapan.year)"
            ),
            serial: random.bytes(20),
            validity: validity(.root)
        )
        let member = try await authority(.memberIssuing, "Member CA 1", KeyLabels.member, root)
        let service = try await authority(.serviceIssuing, "Service CA 1", KeyLabels.service, root)
        let own = try await own(exchange, service)
        _ = try await keyStore.generate(.log, label: KeyLabels.log)
        return Made(
            exchange: exchange,
            root: root,
            member: member,
            service: service,
            receipts: own.receipts,
            registrar: own.registrar,
            server: own.server,
            storage: try await keyStore.generate(.storage, label: KeyLabels.storage)
        )
    }

    private func own(
        _ exchange: ExchangeID,
        _ service: CertificateAuthority
    ) async throws(KeyStoreError) -> (
        receipts: Certificate, registrar: Certificate, server: Certificate
    ) {
        let receipts = try await keyStore.generate(.signing, label: KeyLabels.receipts)
        let registrar = try await keyStore.generate(.signing, label: KeyLabels.registrar)
        let server = try await keyStore.generate(.transport, label: KeyLabels.server)
        return (
            receipts: try await issue(.exchangeReceipt, exchange.text, receipts, service),
            registrar: try await issue(.exchangeRegistrar, exchange.text, registrar, service),
            server: try await issue(
                .exchangeServer(host: hostName),
                hostName,
                server,
                service
            )
        )
    }

    /// The host without a port.
    private var hostName: String {
        String(host.text.prefix { $0 != ":" })
    }

    private func authority(
        _ profile: CertificateProfile,
        _ commonName: String,
        _ label: String,
        _ root: CertificateAuthority
    ) async throws(KeyStoreError) -> CertificateAuthority {
        let key = try await keyStore.generate(.signing, label: label)
        let certificate = try await root.issue(
            profile,
            subject: DistinguishedName(organisation: name, commonName: commonName),
            point: try keyStore.point(key),
            serial: random.bytes(20),
            validity: validity(profile)
        )
        return CertificateAuthority(certificate: certificate, key: key, store: keyStore)
    }

    private func issue(
        _ profile: CertificateProfile,
        _ commonName: String,
        _ key: KeyHandle,
        _ authority: CertificateAuthority
    ) async throws(KeyStoreError) -> Certificate {
        try await authority.issue(
            profile,
            subject: .service(commonName),
            point: try keyStore.point(key),
            serial: random.bytes(20),
            validity: validity(profile)
        )
    }

    private func validity(_ profile: CertificateProfile) -> Validity {
        // Clocks of others may be a little behind ours.
        Validity(of: profile, from: now.adding(.zero - Limits.clockTolerance))
    }

    /// The root's list lives a year, as only new authorities need the root key; the others' are
    /// renewed every hour.
    private func lists(
        _ made: Made
    ) async throws(ExchangeFault) -> [CertificateRevocationList] {
        var lists: [CertificateRevocationList] = []
        for (authority, life) in [
            (made.root, Duration.days(365)), (made.member, .hours(72)), (made.service, .hours(72)),
        ] {
            lists.append(
                try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
                    try await authority.revocationList(
                        number: 1,
                        thisUpdate: now,
                        nextUpdate: now.adding(life),
                        entries: []
                    )
                }
            )
        }
        return lists
    }

    private func policy(_ made: Made) async throws(ExchangeFault) -> SignedStatement {
        try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            guard let log = keyStore.handle(labelled: KeyLabels.log),
                let registrar = keyStore.handle(labelled: KeyLabels.registrar)
            else { throw KeyStoreError.unknownKey }
            let key = try keyStore.notePublicKey(log)
            let year = TreeOrigin.fiscalYear(of: now)
            let origins: [TreeOrigin] = [
                .keys(host, fiscalYear: year), .transport(host, fiscalYear: year),
            ]
            let policy = Policy(
                issuer: made.exchange,
                number: 1,
                logs: origins.map { LogKey(origin: ByteText($0.text), publicKey: key) },
                from: now
            )
            let signer = StatementSigner(
                store: keyStore,
                key: registrar,
                certificate: made.registrar,
                issuing: made.service.certificate
            )
            return try await signer.sign(policy, at: now)
        }
    }
}

/// Under which names an exchange's keys lie in its key store.
enum KeyLabels {
    static let root = "root"
    static let member = "member-ca-1"
    static let service = "service-ca-1"
    static let receipts = "receipts-1"
    static let registrar = "registrar-1"
    static let server = "server-1"
    static let log = "log-1"
    static let storage = "storage-1"
}
