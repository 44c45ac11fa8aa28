/// The words for the state of a delivery, in code, API, log and pages alike.
package enum DeliveryState: String, CaseIterable, Sendable {
    case draft, queued, accepted
    /// The exchange's alone: a body may have left it.
    case released
    case delivered, opened, confirmed, replied
    case undeliverable, expired, refused, withdrawn

    /// How far the delivery has come, for the least advanced copy of a message. An end without
    /// arrival stands below all progress, so that it is never hidden behind a better copy.
    package var rank: Int {
        switch self {
        case .undeliverable, .expired, .refused, .withdrawn: 0
        case .draft: 1
        case .queued: 2
        case .accepted: 3
        case .released: 4
        case .delivered: 5
        case .opened: 6
        case .confirmed: 7
        case .replied: 8
        }
    }

    /// Whether nothing more will happen to the copy.
    package var isEnd: Bool { rank == 0 }
}

extension Collection<DeliveryState> {
    /// The word shown for a message: the least advanced copy, and how many copies are at least
    /// that far, which is all of them unless copies ended.
    package var leastAdvanced: DeliveryState? { self.min { $0.rank < $1.rank } }
}
