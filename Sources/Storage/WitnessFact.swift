package import Audit

/// What witnesses have seen: of the own trees, or of other logs with this place as the witness. No
/// leaf records it.
package enum WitnessFact: Sendable {
    /// A witness's line below an own checkpoint; the same again is harmless.
    case cosigned(TreeOrigin, size: UInt64, Cosignature)
    /// The newest head of another log, to be kept **before** it is cosigned. Nothing is kept where
    /// the head kept so far has another size than `after` (0: none).
    case saw(WitnessedHead, after: UInt64)
}
