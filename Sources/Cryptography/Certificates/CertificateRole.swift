import Primitives

/// What a certificate entitles its key to, by its extended key usage.
package enum CertificateRole: String, Sendable, CaseIterable {
    case memberSigning, memberEncryption, memberTransport
    case exchangeServer, exchangeReceipt, exchangeRegistrar

    package var isMember: Bool {
        switch self {
        case .memberSigning, .memberEncryption, .memberTransport: true
        case .exchangeServer, .exchangeReceipt, .exchangeRegistrar: false
        }
    }
}

/// The fixed fields of one kind of certificate, as data.
package enum CertificateProfile: Hashable, Sendable {
    case root
    /// The own authority of a gateway's pages: for TLS at this host and at nothing else.
    case pagesRoot(host: String)
    case memberIssuing, serviceIssuing
    case memberSigning, memberEncryption, memberTransport
    /// TLS server; the host (at most 64 ASCII characters) is subject and dNSName.
    case exchangeServer(host: String)
    case exchangeReceipt, exchangeRegistrar

    package var role: CertificateRole? {
        switch self {
        case .root, .pagesRoot, .memberIssuing, .serviceIssuing: nil
        case .memberSigning: .memberSigning
        case .memberEncryption: .memberEncryption
        case .memberTransport: .memberTransport
        case .exchangeServer: .exchangeServer
        case .exchangeReceipt: .exchangeReceipt
        case .exchangeRegistrar: .exchangeRegistrar
        }
    }

    package var isAuthority: Bool { role == nil }

    /// Whether it signs itself.
    package var isRoot: Bool {
        switch self {
        case .root, .pagesRoot: true
        default: false
        }
    }

    /// How long a new certificate lasts.
    package var life: Duration {
        switch self {
        case .root, .pagesRoot: .days(3653)
        case .memberIssuing, .serviceIssuing: .days(1096)
        case .memberSigning, .exchangeServer: .days(90)
        case .memberEncryption, .exchangeReceipt, .exchangeRegistrar: .days(365)
        case .memberTransport: .days(30)
        }
    }

    /// How long after its beginning it is renewed; nil for the root, which is replaced by hand.
    package var renewedAfter: Duration? {
        switch self {
        case .root, .pagesRoot: nil
        case .memberIssuing, .serviceIssuing: .days(730)
        case .memberSigning, .exchangeServer: .days(60)
        case .memberEncryption, .exchangeReceipt, .exchangeRegistrar: .days(273)
        case .memberTransport: .days(20)
        }
    }

    /// Bits of KeyUsage (RFC 5280 §4.2.1.3).
    var keyUsage: [Int] {
        let digitalSignature = 0
        let nonRepudiation = 1
        let keyAgreement = 4
        let certificateSign = 5
        let listSign = 6
        return switch self {
        case .root, .pagesRoot, .memberIssuing, .serviceIssuing: [certificateSign, listSign]
        case .memberSigning, .exchangeReceipt, .exchangeRegistrar:
            [digitalSignature, nonRepudiation]
        case .memberEncryption: [keyAgreement]
        case .memberTransport, .exchangeServer: [digitalSignature]
        }
    }

    /// ExtendedKeyUsage in this order; empty for authorities, which have none.
    var extendedKeyUsage: [OID] {
        switch self {
        case .root, .pagesRoot, .memberIssuing, .serviceIssuing: []
        case .memberSigning: [.emailProtection, .memberSigning]
        case .memberEncryption: [.emailProtection, .memberEncryption]
        case .memberTransport: [.clientAuth, .memberTransport]
        case .exchangeServer: [.serverAuth]
        case .exchangeReceipt: [.emailProtection, .exchangeReceipt]
        case .exchangeRegistrar: [.emailProtection, .exchangeRegistrar]
        }
    }

    /// The organisation below which an issuing authority may name subjects.
    var permittedOrganisation: String? {
        switch self {
        case .memberIssuing: DistinguishedName.memberOrganisation
        case .serviceIssuing: DistinguishedName.serviceOrganisation
        default: nil
        }
    }

    /// Whether the profile may carry this subject.
    func fits(_ subject: DistinguishedName) -> Bool {
        guard let role else { return true }
        let organisation =
            role.isMember
            ? DistinguishedName.memberOrganisation : DistinguishedName.serviceOrganisation
        guard subject.organisation.hasSameBytes(as: organisation) else { return false }
        return switch self {
        case .exchangeServer(let host): subject.commonName.hasSameBytes(as: host)
        case .exchangeReceipt, .exchangeRegistrar: ExchangeID(subject.commonName) != nil
        default: MemberID(subject.commonName) != nil
        }
    }
}
