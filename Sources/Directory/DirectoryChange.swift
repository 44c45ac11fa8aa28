package import Cryptography
package import Primitives

/// One leaf of the `keys` tree with its object, as far as the directory is concerned.
package enum DirectoryChange: Sendable {
    /// An issuing authority.
    case authority(Certificate)
    /// A member's certificate, or with nil one of the exchange.
    case certificate(MemberID?, Certificate)
    case list(CertificateRevocationList)
    /// A revocation, membership, directory entry or policy.
    case statement(SignedStatement)
}
