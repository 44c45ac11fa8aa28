import Audit
import Directory

/// A message at its recipient's gateway (`exchange-api.md` 16.3), as a table.
package enum ReceivedMachine {
    package enum State: String, CaseIterable, Sendable {
        /// In memory or a sealed temporary file; a crash forgets it and it is fetched again.
        case fetched
        /// Quarantined: it can be judged neither good nor bad yet. Not acknowledged.
        case held
        case delivered, opened, confirmed, replied, refused
        /// Taken back by its sender before anybody opened it, and never opened any more.
        case withdrawn

        /// The word that is shown; nil before the message is known to be good.
        package var shown: DeliveryState? {
            switch self {
            case .fetched, .held: nil
            case .delivered: .delivered
            case .opened: .opened
            case .confirmed: .confirmed
            case .replied: .replied
            case .refused: .refused
            case .withdrawn: .withdrawn
            }
        }
    }

    package enum Event: CaseIterable, Sendable {
        case fetch
        /// Opening failed with a public code.
        case refuse
        /// The list is too old, the directory unverified, or the exchange's receipt missing; or
        /// not.
        case hold, free
        /// `expiresAt` has passed.
        case expire
        /// Steps 1 to 18 of opening passed.
        case deliver
        /// A person with the right opens it, confirms it.
        case open, confirm
        /// A reply was accepted.
        case reply
        /// The sender takes it back.
        case withdraw
        /// The same id again, with the same or with other bytes.
        case sameBytes, otherBytes
    }

    /// `state` is nil where the message is not known.
    package static func step(_ state: State?, _ event: Event) -> Step<State> {
        switch (state, event) {
        case (nil, .fetch): .to(.fetched)
        case (nil, _): .refuses(.outOfOrder)
        case (_, .fetch): .repeats()
        case (.fetched?, .sameBytes), (.held?, .sameBytes): .repeats()
        case (_, .sameBytes): .repeats(audit: .messageDuplicate)
        case (_, .otherBytes): .repeats(audit: .messageConflict)
        case (.fetched?, _), (.held?, _): unjudged(state, event)
        case (let state?, _): judged(state, event)
        }
    }

    private static func unjudged(_ state: State?, _ event: Event) -> Step<State> {
        switch (state, event) {
        case (.fetched, .refuse), (.held, .expire):
            .to(.refused, .messageRefused, signing: [.refused])
        case (.fetched, .hold): .to(.held, .messageQuarantined)
        case (.held, .hold): .repeats()
        case (.held, .free): .to(.fetched, .messageFreed)
        case (.held, .withdraw): withdrawn
        case (.fetched, .deliver):
            .to(.delivered, .messageDelivered, .consentGranted, signing: [.delivered])
        default: .refuses(.outOfOrder)
        }
    }

    private static func judged(_ state: State, _ event: Event) -> Step<State> {
        switch (state, event) {
        case (.delivered, .open): .to(.opened, .sheetOpened, signing: [.opened])
        // Confirmed from the list without having been opened: both are signed.
        case (.delivered, .confirm):
            .to(.confirmed, .sheetOpened, .messageConfirmed, signing: [.opened, .confirmed])
        case (.opened, .confirm): .to(.confirmed, .messageConfirmed, signing: [.confirmed])
        // Only the first of each makes a receipt; each further one is a leaf.
        case (.opened, .open), (.confirmed, .open), (.replied, .open): .to(state, .sheetOpened)
        case (.confirmed, .confirm): .to(.confirmed, .messageConfirmed)
        case (.delivered, .withdraw): withdrawn
        case (.opened, .withdraw), (.confirmed, .withdraw), (.replied, .withdraw):
            .to(state, .withdrawalAnswered, signing: [.withdrawalAnswer])
        // A refusal has told the sender more; a withdrawal stands already.
        case (.refused, .withdraw), (.withdrawn, .withdraw): .repeats()
        // Answered from the list without having been opened: who answers has taken note of it.
        case (.delivered, .reply), (.opened, .reply), (.confirmed, .reply), (.replied, .reply):
            .to(.replied, .messageReplied)
        default: .refuses(.outOfOrder)
        }
    }

    private static let withdrawn: Step<State> =
        .to(.withdrawn, .withdrawalAnswered, signing: [.withdrawalAnswer])
}
