import Audit
import Directory

/// One recipient's copy of a message at the sender's gateway (`exchange-api.md` 16.2), as a table.
///
/// States never move backwards. The one exception is `lapsed`, which an `accepted` receipt that
/// comes late disproves itself.
package enum SentMachine {
    package enum State: String, CaseIterable, Sendable {
        case draft
        /// Waiting out the hold window (取消可); nothing is sealed.
        case held
        /// Waiting for a person before anything left: a key, a capability or the consent is gone.
        case blocked
        /// Sealed and stored; nothing has left.
        case sealed
        /// Bytes may have left: only the exchange knows what became of them.
        case attempted
        /// The exchange will not have it: only a new message helps.
        case stopped
        case accepted, delivered, opened, confirmed, replied
        case refused, expired, undeliverable
        /// `expiresAt` passed without a receipt of the exchange.
        case lapsed
        case withdrawn

        /// The word that is shown.
        package var shown: DeliveryState {
            switch self {
            case .draft: .draft
            case .held, .blocked, .sealed, .attempted, .stopped: .queued
            case .accepted: .accepted
            case .delivered: .delivered
            case .opened: .opened
            case .confirmed: .confirmed
            case .replied: .replied
            case .refused: .refused
            case .expired: .expired
            case .undeliverable, .lapsed: .undeliverable
            case .withdrawn: .withdrawn
            }
        }
    }

    package enum Event: CaseIterable, Sendable {
        /// Send was pressed; the consent permits it, or does not.
        case permitted, denied
        case cancel
        /// The hold window is over and the recipient's key is good; or key or capability is not.
        case seal, block
        case consentWithdrawn
        /// What blocked it is gone.
        case free
        case attempt
        /// A problem whose `resend` is `newMessage` or `never`.
        case stop
        /// `expiresAt` has passed.
        case lapse
        /// Verified statements of exchange and recipient.
        case accepted, delivered, refused, opened, confirmed, expired, undeliverable
        /// A person takes back what may have left.
        case withdraw
        /// The verified answers to that: unread by anybody, or perhaps not.
        case takenBack, notTakenBack
        /// A sheet that answers this one was delivered here.
        case reply
    }

    package static func step(_ state: State, _ event: Event) -> Step<State> {
        switch state {
        case .draft: draft(event)
        case .held, .blocked, .sealed: unsent(state, event)
        case .attempted, .stopped, .lapsed: uncertain(state, event)
        case .accepted, .delivered, .opened, .confirmed, .replied: underWay(state, event)
        case .refused, .expired, .undeliverable, .withdrawn: ended(state, event)
        }
    }

    private static func draft(_ event: Event) -> Step<State> {
        switch event {
        case .permitted: .to(.held, .consentGranted, .messageQueued)
        case .denied: .to(.draft, .consentDenied)
        default: .refuses(.outOfOrder)
        }
    }

    private static func unsent(_ state: State, _ event: Event) -> Step<State> {
        switch (state, event) {
        case (_, .cancel), (_, .withdraw): .to(.withdrawn, .messageCancelled)
        case (.blocked, .block), (.blocked, .consentWithdrawn): .repeats()
        case (_, .block): .to(.blocked, .messageHeld)
        case (_, .consentWithdrawn): .to(.blocked, .consentDenied, .messageHeld)
        case (.blocked, .free): .to(.held, .messageQueued)
        case (.held, .seal): .to(.sealed, .messageSigned)
        case (.sealed, .attempt): .to(.attempted, .messageSent)
        case (_, .lapse): .to(.lapsed, .messageUndeliverable)
        default: .refuses(.outOfOrder)
        }
    }

    private static func uncertain(_ state: State, _ event: Event) -> Step<State> {
        switch (state, event) {
        // Its time was over, and the person was told so: it shall not arrive any more.
        case (.lapsed, .accepted):
            .to(.accepted, .messageAccepted, .withdrawalRequested, signing: [.withdrawal])
        case (_, .accepted): .to(.accepted, .messageAccepted)
        // Withdrawn as soon as it is certain that there is something to withdraw.
        case (.attempted, .withdraw), (.lapsed, .withdraw): .to(state, .withdrawalRequested)
        case (.attempted, .attempt), (.stopped, .stop), (.lapsed, .lapse): .repeats()
        case (.attempted, .stop): .to(.stopped, .messageHeld)
        case (.attempted, .lapse), (.stopped, .lapse): .to(.lapsed, .messageUndeliverable)
        case (.stopped, .cancel), (.stopped, .withdraw): .to(.withdrawn, .messageCancelled)
        default: .refuses(.outOfOrder)
        }
    }

    private static func underWay(_ state: State, _ event: Event) -> Step<State> {
        switch (state, event) {
        case (_, .accepted): .repeats()
        case (.accepted, .refused): .to(.refused, .receiptReceived)
        case (.accepted, .expired): .to(.expired, .receiptReceived)
        case (.accepted, .undeliverable): .to(.undeliverable, .receiptReceived)
        case (.accepted, .delivered): .to(.delivered, .receiptReceived)
        case (.delivered, .opened): .to(.opened, .receiptReceived)
        case (.opened, .confirmed): .to(.confirmed, .receiptReceived)
        case (.delivered, .delivered), (.opened, .delivered), (.confirmed, .delivered),
            (.opened, .opened), (.confirmed, .opened), (.confirmed, .confirmed):
            .repeats()
        // A reply outruns the receipts: they are still evidence, and the state stays.
        case (.replied, .delivered), (.replied, .opened), (.replied, .confirmed):
            .to(.replied, .receiptReceived)
        case (_, .reply): .to(.replied, .messageReplied)
        case (_, .withdraw): .to(state, .withdrawalRequested, signing: [.withdrawal])
        case (.accepted, .takenBack), (.delivered, .takenBack): .to(.withdrawn, .receiptReceived)
        case (_, .notTakenBack): .to(state, .receiptReceived)
        default: .refuses(.outOfOrder)
        }
    }

    private static func ended(_ state: State, _ event: Event) -> Step<State> {
        switch (state, event) {
        case (.refused, .refused), (.expired, .expired), (.undeliverable, .undeliverable),
            (.withdrawn, .cancel):
            .repeats()
        case (_, .accepted): .repeats()
        case (.expired, .withdraw), (.undeliverable, .withdraw):
            .to(state, .withdrawalRequested, signing: [.withdrawal])
        case (.expired, .takenBack), (.undeliverable, .takenBack),
            (.undeliverable, .notTakenBack):
            .to(state, .receiptReceived)
        case (.withdrawn, .takenBack), (.withdrawn, .withdraw): .repeats()
        default: .refuses(.outOfOrder)
        }
    }
}
