package import Audit
package import Cryptography
package import Directory
package import Primitives

/// The exchange of a `World`: authorities, services and log.
package struct WorldExchange: Sendable {
    package let id: ExchangeID
    package let host: LogHost
    package let store: MemoryKeyStore
    package let root: CertificateAuthority
    package let memberAuthority: CertificateAuthority
    package let serviceAuthority: CertificateAuthority
    /// Signs `accepted` and the other receipts of the exchange.
    package let receipts: StatementSigner
    /// Signs `membership`, `policy`, and entries of members on paper.
    package let registrar: StatementSigner
    /// TLS server, for the host name `localhost`.
    package let server: (key: KeyHandle, certificate: Certificate)
    package let logKey: KeyHandle
    package let logPublicKey: NotePublicKey
    let start: Timestamp
    let random: SeededRandom

    package var authorities: [CertificateAuthority] { [root, memberAuthority, serviceAuthority] }

    package var certificates: [Certificate] {
        [receipts.certificate, registrar.certificate, server.certificate]
    }

    package var keysOrigin: TreeOrigin { .keys(host, fiscalYear: TreeOrigin.fiscalYear(of: start)) }

    package var transportOrigin: TreeOrigin {
        .transport(host, fiscalYear: TreeOrigin.fiscalYear(of: start))
    }

    package var policy: Policy {
        Policy(
            issuer: id,
            number: 1,
            logs: [keysOrigin, transportOrigin].map {
                LogKey(origin: ByteText($0.text), publicKey: logPublicKey)
            },
            from: start
        )
    }

    static func make(
        seed: UInt64,
        at start: Timestamp,
        _ random: SeededRandom
    ) async throws -> WorldExchange {
        let store = MemoryKeyStore(seed: "exchange \(seed)".bytes)
        let maker = WorldIssuer(store: store, start: start, random: random)
        let root = try await maker.root()
        let members = try await maker.authority(.memberIssuing, "Member CA 1", below: root)
        let services = try await maker.authority(.serviceIssuing, "Service CA 1", below: root)
        let id = ExchangeID.make(random)
        let server = try await maker.certified(
            .transport,
            .exchangeServer(host: "localhost"),
            by: services,
            for: .service("localhost")
        )
        let logKey = try await store.generate(.log, label: "log")
        return WorldExchange(
            id: id,
            host: try required(LogHost("exchange.example")),
            store: store,
            root: root,
            memberAuthority: members,
            serviceAuthority: services,
            receipts: try await maker.signer(.exchangeReceipt, by: services, for: id),
            registrar: try await maker.signer(.exchangeRegistrar, by: services, for: id),
            server: server,
            logKey: logKey,
            logPublicKey: try store.notePublicKey(logKey),
            start: start,
            random: random
        )
    }

    /// A list that begins an hour before `time` and ends 72 hours later.
    package func list(
        of authority: CertificateAuthority,
        number: Int,
        at time: Timestamp,
        revoked: [RevokedCertificate] = []
    ) async throws -> CertificateRevocationList {
        let thisUpdate = time.adding(.hours(-1))
        return try await authority.revocationList(
            number: number,
            thisUpdate: thisUpdate,
            nextUpdate: thisUpdate.adding(
                authority.certificate == root.certificate ? .days(365) : .hours(72)
            ),
            entries: revoked
        )
    }

    /// A certificate for a key of somebody else's store.
    package func issue(
        _ profile: CertificateProfile,
        to member: MemberID,
        point: PublicPoint,
        from: Timestamp
    ) async throws -> Certificate {
        try await memberAuthority.issue(
            profile,
            subject: .member(member),
            point: point,
            serial: random.bytes(20),
            validity: Validity(of: profile, from: from)
        )
    }

    package func membership(of member: WorldMember) -> Membership {
        var membership = Membership(
            issuer: PartyID(id),
            memberID: member.id,
            profile: member.profile,
            standing: MemberStanding(since: start),
            verification: Verification(by: "registrar", at: start)
        )
        membership.logPublicKey = member.logPublicKey
        return membership
    }
}

/// Makes keys and certificates that are good from a day before the world begins.
struct WorldIssuer {
    let store: MemoryKeyStore
    let start: Timestamp
    let random: SeededRandom

    private var from: Timestamp { start.adding(.days(-1)) }

    func root() async throws -> CertificateAuthority {
        try await CertificateAuthority.selfSigned(
            key: try await store.generate(.signing, label: "root"),
            store: store,
            subject: WorldIssuer.name("Root 2026"),
            serial: random.bytes(20),
            validity: Validity(of: .root, from: from)
        )
    }

    func authority(
        _ profile: CertificateProfile,
        _ name: String,
        below root: CertificateAuthority
    ) async throws -> CertificateAuthority {
        let label = name.lowercased().split(separator: " ").joined(separator: "-")
        let key = try await store.generate(.signing, label: label)
        let certificate = try await root.issue(
            profile,
            subject: WorldIssuer.name(name),
            point: try store.point(key),
            serial: random.bytes(20),
            validity: Validity(of: profile, from: from)
        )
        return CertificateAuthority(certificate: certificate, key: key, store: store)
    }

    func certified(
        _ use: KeyUse,
        _ profile: CertificateProfile,
        by authority: CertificateAuthority,
        for subject: DistinguishedName
    ) async throws -> (key: KeyHandle, certificate: Certificate) {
        let label = profile.role?.rawValue.lowercased() ?? ""
        let key = try await store.generate(use, label: label)
        let certificate = try await authority.issue(
            profile,
            subject: subject,
            point: try store.point(key),
            serial: random.bytes(20),
            validity: Validity(of: profile, from: from)
        )
        return (key, certificate)
    }

    func signer(
        _ profile: CertificateProfile,
        by authority: CertificateAuthority,
        for exchange: ExchangeID
    ) async throws -> StatementSigner {
        let made = try await certified(
            .signing,
            profile,
            by: authority,
            for: .service(exchange.text)
        )
        return StatementSigner(
            store: store,
            key: made.key,
            identity: SigningIdentity(
                certificate: made.certificate,
                issuing: authority.certificate
            )
        )
    }

    private static func name(_ commonName: String) -> DistinguishedName {
        DistinguishedName(organisation: "Test Exchange", commonName: commonName)
    }
}
