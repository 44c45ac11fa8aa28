import Cryptography
import Primitives

/// Generates the keys of a new exchange and certifies them.
struct FoundingKeys {
    typealias Certified = (key: KeyHandle, certificate: Certificate)

    /// Everything a new exchange begins with.
    struct Made {
        let exchange: ExchangeID
        let root: CertificateAuthority
        let member: CertificateAuthority
        let service: CertificateAuthority
        let receipts: Certified
        let registrar: Certified
        let server: Certified
        let logPublicKey: NotePublicKey
        let storage: KeyHandle

        var authorities: [CertificateAuthority] { [root, member, service] }
    }

    private let keyStore: any KeyStore
    private let random: any RandomSource
    /// Clocks of others may be a little behind ours.
    private let from: Timestamp

    init(_ keyStore: any KeyStore, _ random: any RandomSource, at now: Timestamp) {
        self.keyStore = keyStore
        self.random = random
        from = now.adding(.zero - Limits.clockTolerance)
    }

    /// `name` is the organisation of the authorities, `host` the name in the server certificate.
    func make(name: String, host: String) async throws(KeyStoreError) -> Made {
        let exchange = ExchangeID.make(random)
        let root = try await CertificateAuthority.selfSigned(
            key: try await keyStore.generate(.signing, label: KeyLabels.root),
            store: keyStore,
            subject: DistinguishedName(
                organisation: name,
                commonName: "Root \(from.dayInJapan.year)"
            ),
            serial: random.bytes(20),
            validity: Validity(of: .root, from: from)
        )
        let member = try await authority(
            .memberIssuing,
            DistinguishedName(organisation: name, commonName: "Member CA 1"),
            KeyLabels.member,
            below: root
        )
        let service = try await authority(
            .serviceIssuing,
            DistinguishedName(organisation: name, commonName: "Service CA 1"),
            KeyLabels.service,
            below: root
        )
        let own = DistinguishedName.service(exchange.text)
        let log = try await keyStore.generate(.log, label: KeyLabels.log)
        return Made(
            exchange: exchange,
            root: root,
            member: member,
            service: service,
            receipts: try await signing(
                ServiceKey.receipts.label(1),
                .exchangeReceipt,
                own,
                by: service
            ),
            registrar: try await signing(
                ServiceKey.registrar.label(1),
                .exchangeRegistrar,
                own,
                by: service
            ),
            server: try await certified(
                try await keyStore.generate(.transport, label: ServiceKey.server.label(1)),
                .exchangeServer(host: host),
                .service(host),
                by: service
            ),
            logPublicKey: try keyStore.notePublicKey(log),
            storage: try await keyStore.generate(.storage, label: KeyLabels.storage)
        )
    }

    private func authority(
        _ profile: CertificateProfile,
        _ subject: DistinguishedName,
        _ label: String,
        below root: CertificateAuthority
    ) async throws(KeyStoreError) -> CertificateAuthority {
        let made = try await signing(label, profile, subject, by: root)
        return CertificateAuthority(
            certificate: made.certificate,
            key: made.key,
            store: keyStore
        )
    }

    private func signing(
        _ label: String,
        _ profile: CertificateProfile,
        _ subject: DistinguishedName,
        by authority: CertificateAuthority
    ) async throws(KeyStoreError) -> Certified {
        let key = try await keyStore.generate(.signing, label: label)
        return try await certified(key, profile, subject, by: authority)
    }

    private func certified(
        _ key: KeyHandle,
        _ profile: CertificateProfile,
        _ subject: DistinguishedName,
        by authority: CertificateAuthority
    ) async throws(KeyStoreError) -> Certified {
        let certificate = try await authority.issue(
            profile,
            subject: subject,
            point: try keyStore.point(key),
            serial: random.bytes(20),
            validity: Validity(of: profile, from: from)
        )
        return (key, certificate)
    }
}
