import Audit
package import Directory

/// One recipient's copy of a message at the exchange (`exchange-api.md` 16.1), as a table.
package enum CopyMachine {
    package enum Event: CaseIterable, Sendable {
        case submit, fetch, delivered, refused, opened, confirmed
        /// The clock has reached `expiresAt`.
        case expiry

        /// The event that a recipient's receipt is.
        package init?(_ type: StatementType) {
            switch type {
            case .delivered: self = .delivered
            case .refused: self = .refused
            case .opened: self = .opened
            case .confirmed: self = .confirmed
            default: return nil
            }
        }
    }

    /// `state` is nil where there is no such copy.
    package static func step(_ state: DeliveryState?, _ event: Event) -> Step<DeliveryState> {
        guard let state else {
            switch event {
            case .submit: return .to(.accepted, .messageAccepted, signing: [.accepted])
            case .fetch: return .refuses(.notFound)
            case .delivered, .refused, .opened, .confirmed, .expiry:
                return .refuses(.outOfOrder)
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
        case .expiry: .to(.expired, .messageExpired, signing: [.expired])
        case .submit, .delivered, .refused, .opened, .confirmed: .refuses(.outOfOrder)
        }
    }

    private static func released(_ event: Event) -> Step<DeliveryState> {
        switch event {
        case .delivered: .to(.delivered, .messageDelivered)
        case .refused: .to(.refused, .messageRefused)
        // Fetched again, or past its time: the recipient may have committed it, so it is not
        // expired.
        case .fetch, .expiry: .repeats()
        case .submit, .opened, .confirmed: .refuses(.outOfOrder)
        }
    }

    private static func arrived(
        _ state: DeliveryState,
        _ event: Event
    ) -> Step<DeliveryState> {
        switch (state, event) {
        case (.delivered, .opened): .to(.opened, .messageOpened)
        case (.opened, .confirmed): .to(.confirmed, .messageConfirmed)
        case (_, .fetch), (_, .delivered), (.opened, .opened), (.confirmed, .opened),
            (.confirmed, .confirmed):
            .repeats()
        default: .refuses(.outOfOrder)
        }
    }

    private static func ended(_ state: DeliveryState, _ event: Event) -> Step<DeliveryState> {
        switch (state, event) {
        case (_, .fetch): .refuses(.bodyGone)
        case (.refused, .refused): .repeats()
        case (.withdrawn, .delivered), (.withdrawn, .refused), (.withdrawn, .opened),
            (.undeliverable, .delivered), (.undeliverable, .refused), (.undeliverable, .opened):
            .refuses(.deliveryClosed)
        default: .refuses(.outOfOrder)
        }
    }
}
