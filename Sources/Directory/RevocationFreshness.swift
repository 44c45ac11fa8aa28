import Primitives

/// How old the revocation lists are that a judgement stands on (`keys-and-directory.md` 8).
package enum RevocationFreshness: String, CaseIterable, Sendable {
    case fresh
    /// Accepted, and said so in the receipt and on the screen.
    case stale
    /// The message is held, not refused; people are told.
    case unknown

    /// An older list is none.
    package static let oldest = Duration.hours(72)

    /// `age` is nil where a list is missing. A list from the future says nothing of now: one of the
    /// two clocks is wrong.
    package init(age: Duration?) {
        switch age {
        case .some(..<(.zero - Limits.clockTolerance)): self = .unknown
        case .some(...Duration.hours(24)): self = .fresh
        case .some(...RevocationFreshness.oldest): self = .stale
        default: self = .unknown
        }
    }
}
