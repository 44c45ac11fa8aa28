package import Cryptography

/// The three keys of a member.
package enum MemberKeyUsage: String, Sendable, CaseIterable {
    case signing, encryption, transport

    package var role: CertificateRole {
        switch self {
        case .signing: .memberSigning
        case .encryption: .memberEncryption
        case .transport: .memberTransport
        }
    }

    package var profile: CertificateProfile {
        switch self {
        case .signing: .memberSigning
        case .encryption: .memberEncryption
        case .transport: .memberTransport
        }
    }

    package init?(_ role: CertificateRole?) {
        switch role {
        case .memberSigning: self = .signing
        case .memberEncryption: self = .encryption
        case .memberTransport: self = .transport
        case .exchangeServer, .exchangeReceipt, .exchangeRegistrar, nil: return nil
        }
    }
}
