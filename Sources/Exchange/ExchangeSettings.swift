import Audit
package import Directory
import Primitives

/// What an operator may set, with its defaults.
package struct ExchangeSettings: Sendable {
    package var operatorTelephone: TelephoneNumber?
    package var bodiesAfterEnd = Limits.bodiesAfterEnd
    /// What a member may do, as members are told.
    package var limits = PolicyLimits()
    package var joiningCode = Limits.joiningCode
    package var listEvery = ListRules.every
    package var listLife = ListRules.life
    package var checkpointEvery = CheckpointPace.interval
    /// Asked for each new message, so it must be quick.
    package var diskRoom: @Sendable () -> DiskRoom = { .ample }

    package init() {}
}

/// How often a revocation list comes, and how long it lasts (`keys-and-directory.md` 8).
package enum ListRules {
    package static let every = Duration.hours(1)
    package static let life = Duration.hours(72)
}

/// How long a member that has left may come back under its id.
package enum ReturnRules {
    package static let within = Duration.days(30)
}
