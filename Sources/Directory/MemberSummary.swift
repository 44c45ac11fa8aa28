package import Cryptography
package import Primitives

/// What a view knows of one member.
package struct MemberSummary: Sendable {
    package let membership: Membership
    /// The bytes of `membership`, for evidence.
    package let membershipStatement: SignedStatement
    package internal(set) var entry: DirectoryEntry?
    package internal(set) var entryStatement: SignedStatement?
    /// From the last entry that a key without a recovery signed: what to call for a comparison.
    package internal(set) var telephone: TelephoneNumber?
    /// In the order of the tree.
    package internal(set) var certificates: [MemberCertificate] = []

    package var memberID: MemberID { membership.memberID }
}

/// A certificate as the tree holds it.
package struct MemberCertificate: Hashable, Sendable {
    package let certificate: Certificate
    package internal(set) var standing: KeyStanding
    /// From a rotation: nobody uses the key before.
    package internal(set) var usableFrom: Timestamp?
    /// From the rotation to the next key: what is sealed to this one is taken in until then.
    package internal(set) var acceptedUntil: Timestamp?

    init(certificate: Certificate, standing: KeyStanding) {
        self.certificate = certificate
        self.standing = standing
    }

    /// A key that follows a known one without a rotation: it is shown, an alarm to its owner, and
    /// used for nothing (`keys-and-directory.md` 5.1).
    package var isHeld: Bool { standing == .held }

    /// Whether its member began anew with this very certificate.
    package var isRecovery: Bool { standing == .recovered(from: certificate.sha256) }
}

/// Why a key of a member may be used, or may not.
package enum KeyStanding: Hashable, Sendable {
    /// The member's first, or said to follow by one that stands.
    case standing
    /// The registrar vouches that the member began anew with this certificate, or it follows one
    /// of those: good for whoever has compared the fingerprint by telephone.
    case recovered(from: Digest)
    case held
}
