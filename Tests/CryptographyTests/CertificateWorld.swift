import Cryptography
import Primitives
import Testing

/// One small world of certificates: a root, both issuing authorities, and a member and an exchange
/// with every certificate they have. Same seed, same keys.
struct CertificateWorld {
    static let start = time("2026-11-01T00:00:00.000Z")
    static let now = time("2026-11-21T02:03:04.000Z")
    static let member = memberID("mabcdefghijklmnopqrstuvwxya")
    static let otherMember = memberID("maaaaaaaaaaaaaaaaaaaaaaaaaa")
    static let exchange = "xabcdefghijklmnopqrstuvwxya"
    static let host = "localhost"

    let store: MemoryKeyStore
    let root: CertificateAuthority
    let members: CertificateAuthority
    let services: CertificateAuthority

    static func make() async throws -> CertificateWorld { try await make(seed: [1]) }

    static func make(seed: [UInt8]) async throws -> CertificateWorld {
        let store = MemoryKeyStore(seed: seed)
        let name = DistinguishedName(organisation: "試験用連携基盤", commonName: "Root 2026")
        let root = try await CertificateAuthority.selfSigned(
            key: store.generate(.signing, label: "root"),
            store: store,
            subject: name,
            serial: serial(),
            validity: Validity(of: .root, from: start)
        )
        return CertificateWorld(
            store: store,
            root: root,
            members: try await issuing(.memberIssuing, "Member CA 1", root, store),
            services: try await issuing(.serviceIssuing, "Service CA 1", root, store)
        )
    }

    /// A key of `label` and its certificate, made when first asked for.
    func certificate(
        _ profile: CertificateProfile,
        of member: MemberID = CertificateWorld.member,
        label: String? = nil,
        from: Timestamp = CertificateWorld.start
    ) async throws -> (certificate: Certificate, key: KeyHandle) {
        let isMember = profile.role?.isMember == true
        let label = label ?? "\(member.text).\(profile.role?.rawValue.lowercased() ?? "")"
        var key = store.handle(labelled: label)
        if key == nil { key = try await store.generate(use(profile), label: label) }
        let known = try #require(key)
        let certificate = try await (isMember ? members : services).issue(
            profile,
            subject: isMember ? .member(member) : .service(serviceName(profile)),
            point: store.point(known),
            serial: CertificateWorld.serial(),
            validity: Validity(of: profile, from: from)
        )
        return (certificate, known)
    }

    func identity() async throws -> (identity: SigningIdentity, key: KeyHandle) {
        let made = try await certificate(.memberSigning)
        let identity = SigningIdentity(
            certificate: made.certificate,
            issuing: members.certificate
        )
        return (identity, made.key)
    }

    /// Encryption keys and certificates of so many members.
    func recipients(
        _ count: Int
    ) async throws -> [(certificate: Certificate, key: KeyHandle)] {
        var recipients: [(certificate: Certificate, key: KeyHandle)] = []
        for index in 0..<count {
            let member = MemberID.make(SystemRandom())
            let label = "recipient-\(index)"
            recipients.append(try await certificate(.memberEncryption, of: member, label: label))
        }
        return recipients
    }

    /// Lists of all three authorities, empty but for `entries` in that of the members'.
    func lists(
        _ entries: [RevokedCertificate] = [],
        number: Int = 1,
        at time: Timestamp = CertificateWorld.start
    ) async throws -> [CertificateRevocationList] {
        var lists: [CertificateRevocationList] = []
        for authority in [root, members, services] {
            lists.append(
                try await authority.revocationList(
                    number: number,
                    thisUpdate: time,
                    nextUpdate: time.adding(.hours(72)),
                    entries: authority.certificate == members.certificate ? entries : []
                )
            )
        }
        return lists
    }

    func trustStore(_ lists: [CertificateRevocationList]) -> TrustStore {
        TrustStore(
            roots: [root.certificate],
            intermediates: [members.certificate, services.certificate],
            lists: lists
        )
    }

    static func serial() -> [UInt8] { SystemRandom().bytes(20) }

    private func use(_ profile: CertificateProfile) -> KeyUse {
        switch profile.role {
        case .memberEncryption: .encryption
        case .memberTransport, .exchangeServer: .transport
        default: .signing
        }
    }

    private func serviceName(_ profile: CertificateProfile) -> String {
        if case .exchangeServer(let host) = profile { host } else { CertificateWorld.exchange }
    }

    private static func issuing(
        _ profile: CertificateProfile,
        _ name: String,
        _ root: CertificateAuthority,
        _ store: MemoryKeyStore
    ) async throws -> CertificateAuthority {
        let label = profile == .memberIssuing ? "member-ca" : "service-ca"
        let key = try await store.generate(.signing, label: label)
        let certificate = try await root.issue(
            profile,
            subject: DistinguishedName(
                organisation: root.certificate.subject.organisation,
                commonName: name
            ),
            point: store.point(key),
            serial: serial(),
            validity: Validity(of: profile, from: start)
        )
        return CertificateAuthority(certificate: certificate, key: key, store: store)
    }
}

/// A time of the source code; a misspelt one is the beginning of 1970 and fails its test.
func time(_ text: String) -> Timestamp { Timestamp(text) ?? Timestamp(milliseconds: 0) }

private func memberID(_ text: String) -> MemberID {
    MemberID(text) ?? MemberID.make(SystemRandom())
}

extension CertificateProfile {
    static let leaves: [CertificateProfile] = [
        .memberSigning, .memberEncryption, .memberTransport,
        .exchangeServer(host: CertificateWorld.host), .exchangeReceipt, .exchangeRegistrar,
    ]
}
