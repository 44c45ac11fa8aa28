package import Primitives

/// Whether a certificate was good for a role at a time.
package enum ChainVerdict: Hashable, Sendable {
    case trusted(TrustedChain)
    /// No path of the profile to a root: the reason is for the local log.
    case untrusted(UntrustedReason)
    /// A certificate of the path had ended or not begun.
    case expired
    /// A certificate of the path was not to be trusted from `since` on.
    case revoked(since: Timestamp)
    /// An authority of the path has no list here, so nothing can be said. Hold, do not refuse.
    case listMissing
}

package enum UntrustedReason: Hashable, Sendable {
    case wrongRole
    /// libcrypto's code, `X509_V_ERR_…`.
    case path(Int32)
}

/// A path that holds, the certificate first and the root last.
package struct TrustedChain: Hashable, Sendable {
    package let certificates: [Certificate]
    /// The list that covers the first certificate.
    package let listNumber: Int
    package let listUpdated: Timestamp
    package let listEnds: Timestamp

    /// How old the list is; what age is too old, the caller decides (24 h, 72 h).
    package func listAge(at time: Timestamp) -> Duration { time.since(listUpdated) }
}
