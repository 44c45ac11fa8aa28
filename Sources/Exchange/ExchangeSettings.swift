import Audit
package import Directory
import Primitives

/// What an operator may set, with its defaults.
package struct ExchangeSettings: Sendable {
    package var operatorTelephone: TelephoneNumber?
    package var bodiesAfterEnd = Limits.bodiesAfterEnd
    /// What may wait from one member for another.
    package var pairMessages = PolicyLimits()[.pairMessages]
    package var pairBytes = Int64(PolicyLimits()[.pairBytes])
    package var openChunkBytes = Int64(PolicyLimits()[.openChunkBytes])
    package var joiningCode = Limits.joiningCode
    package var listEvery = ListRules.every
    package var listLife = ListRules.life
    package var checkpointEvery = CheckpointPace.interval

    package init() {}

    /// As members are told of them.
    var limits: PolicyLimits {
        var limits = PolicyLimits()
        limits[.pairMessages] = pairMessages
        limits[.pairBytes] = Int(pairBytes)
        limits[.openChunkBytes] = Int(openChunkBytes)
        return limits
    }
}

/// How often a revocation list comes, and how long it lasts (`keys-and-directory.md` 8).
package enum ListRules {
    package static let every = Duration.hours(1)
    package static let life = Duration.hours(72)
}
