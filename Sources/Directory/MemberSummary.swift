package import Cryptography
package import Primitives

/// What a view knows of one member.
package struct MemberSummary: Sendable {
    package let membership: Membership
    /// The bytes of `membership`, for evidence.
    package let membershipStatement: SignedStatement
    package internal(set) var entry: DirectoryEntry?
    package internal(set) var entryStatement: SignedStatement?
    /// In the order of the tree.
    package internal(set) var certificates: [MemberCertificate] = []

    package var memberID: MemberID { membership.memberID }
}

/// A certificate as the tree holds it.
package struct MemberCertificate: Hashable, Sendable {
    package let certificate: Certificate
    /// A key that follows a known one without a rotation: it is shown, an alarm to its owner, and
    /// used for nothing (`keys-and-directory.md` 5.1).
    package let isHeld: Bool
}
