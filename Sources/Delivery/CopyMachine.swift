import Audit
package import Directory

/// One recipient's copy of a message at the exchange (`exchange-api.md` 16.1), as a table.
package enum CopyMachine {
    package enum Event: CaseIterable, Sendable {
        case submit, fetch, delivered, refused, opened, confirmed
        /// The sender's request, and what the recipient's gateway says to it.
        case withdrawal, neverOpened, alreadyOpened
        /// The clock has reached `expiresAt`.
        case expiry
        /// An operator ends what nobody has acknowledged.
        case close

        /// The event that a recipient's receipt is, before it is believed.
        package init?(_ statement: SignedStatement) {
            switch statement.type {
            case .delivered: self = .delivered
            case .refused: self = .refused
            case .opened: self = .opened
            case .confirmed: self = .confirmed
            case .withdrawalAnswer:
                switch statement.withdrawalOutcome {
                case .neverOpened: self = .neverOpened
                case .alreadyOpened: self = .alreadyOpened
                case .neverReleased, .released, nil: return nil
                }
            default: return nil
            }
        }
    }

    /// `state` is nil where there is no such copy.
    package static func step(_ state: DeliveryState?, _ event: Event) -> Step<DeliveryState> {
        guard let state else {
            switch event {
            case .submit: return .to(.accepted, .messageAccepted, signing: [.accepted])
            case .fetch, .withdrawal: return .refuses(.notFound)
            default: return .refuses(.outOfOrder)
            }
        }
        if event == .submit { return .repeats(audit: .messageDuplicate) }
        switch state {
        case .accepted: return accepted(event)
        case .released: return released(event)
        case .delivered, .opened, .confirmed: return arrived(state, event)
        case .refused, .expired, .withdrawn, .undeliverable: return ended(state, event)
        case .draft, .queued, .replied: return .refuses(.outOfOrder)
        }
    }

    private static func accepted(_ event: Event) -> Step<DeliveryState> {
        switch event {
        case .fetch: .to(.released, .messageReleased)
        case .withdrawal: answered(.withdrawn)
        case .expiry: .to(.expired, .messageExpired, signing: [.expired])
        case .close: .to(.undeliverable, .messageUndeliverable, signing: [.undeliverable])
        default: .refuses(.outOfOrder)
        }
    }

    private static func released(_ event: Event) -> Step<DeliveryState> {
        switch event {
        case .delivered: .to(.delivered, .messageDelivered)
        case .refused: .to(.refused, .messageRefused)
        case .withdrawal: answered(.released)
        // It held the sheet without a receipt.
        case .neverOpened: .to(.withdrawn, .withdrawalAnswered)
        case .close: .to(.undeliverable, .messageUndeliverable, signing: [.undeliverable])
        // Fetched again, or past its time: the recipient may have committed it, so it is not
        // expired.
        case .fetch, .expiry: .repeats()
        default: .refuses(.outOfOrder)
        }
    }

    private static func arrived(
        _ state: DeliveryState,
        _ event: Event
    ) -> Step<DeliveryState> {
        switch (state, event) {
        case (.delivered, .opened): .to(.opened, .messageOpened)
        case (.opened, .confirmed): .to(.confirmed, .messageConfirmed)
        // Passed on; the recipient answers.
        case (_, .withdrawal): .to(state, .withdrawalRequested)
        case (.delivered, .neverOpened): .to(.withdrawn, .withdrawalAnswered)
        case (_, .alreadyOpened): .to(state, .withdrawalAnswered)
        case (_, .fetch), (_, .delivered), (.opened, .opened), (.confirmed, .opened),
            (.confirmed, .confirmed):
            .repeats()
        default: .refuses(.outOfOrder)
        }
    }

    private static func ended(_ state: DeliveryState, _ event: Event) -> Step<DeliveryState> {
        switch (state, event) {
        case (_, .fetch), (.refused, .withdrawal): .refuses(.bodyGone)
        case (.refused, .refused), (.withdrawn, .withdrawal), (.withdrawn, .neverOpened),
            (.undeliverable, .close):
            .repeats()
        // By the time of its release, if there was one.
        case (.expired, .withdrawal), (.undeliverable, .withdrawal): answered(state)
        case (.withdrawn, .delivered), (.withdrawn, .refused), (.withdrawn, .opened),
            (.withdrawn, .confirmed):
            .refuses(.deliveryClosed)
        case (.undeliverable, .delivered), (.undeliverable, .refused), (.undeliverable, .opened),
            (.undeliverable, .confirmed), (.undeliverable, .neverOpened),
            (.undeliverable, .alreadyOpened):
            .refuses(.deliveryClosed)
        default: .refuses(.outOfOrder)
        }
    }

    /// The exchange's own answer to a withdrawal.
    private static func answered(_ next: DeliveryState) -> Step<DeliveryState> {
        .to(next, .withdrawalRequested, .withdrawalAnswered, signing: [.withdrawalAnswer])
    }
}
