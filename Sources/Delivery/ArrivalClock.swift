package import Directory
package import Primitives

/// What was told of one copy at the exchange, so that nothing is told twice.
package struct CopyWarnings: Hashable, Sendable {
    /// How many of the two warnings that it has not been delivered.
    package var arrival: Int
    /// When it was last told that there is no receipt for what was released.
    package var noReceiptAt: Timestamp?
    /// That a receipt came after the end.
    package var isConflictTold: Bool

    package init(arrival: Int = 0, noReceiptAt: Timestamp? = nil, isConflictTold: Bool = false) {
        self.arrival = arrival
        self.noReceiptAt = noReceiptAt
        self.isConflictTold = isConflictTold
    }
}

/// The clock of a copy that waits at the exchange (`exchange-api.md` 9).
package struct ArrivalClock: Sendable {
    private let clocks: PolicyClocks
    private let urgency: Urgency
    private let acceptedAt: Timestamp
    private let expiresAt: Timestamp
    private let releasedAt: Timestamp?

    package enum Warning: String, CaseIterable, Sendable {
        /// Not delivered yet, told to the sender.
        case first, second
        /// Released, and no receipt came, told to both.
        case noReceipt
    }

    package init(
        _ clocks: PolicyClocks,
        _ urgency: Urgency,
        acceptedAt: Timestamp,
        expiresAt: Timestamp,
        releasedAt: Timestamp?
    ) {
        self.clocks = clocks
        self.urgency = urgency
        self.acceptedAt = acceptedAt
        self.expiresAt = expiresAt
        self.releasedAt = releasedAt
    }

    /// The warning that is due now, if any, and what has been told then.
    package func due(
        _ told: CopyWarnings,
        at now: Timestamp
    ) -> (warning: Warning, told: CopyWarnings)? {
        var then = told
        if told.arrival < 2, now >= acceptedAt.adding(clocks[.notDeliveredSecond, urgency]) {
            then.arrival = 2
            return (.second, then)
        }
        if told.arrival < 1, now >= acceptedAt.adding(clocks[.notDeliveredFirst, urgency]) {
            then.arrival = 1
            return (.first, then)
        }
        if let due = noReceiptDue(told), now >= due {
            then.noReceiptAt = now
            return (.noReceipt, then)
        }
        return nil
    }

    /// When something may be due next; nil where nothing is left to be told.
    package func next(_ told: CopyWarnings) -> Timestamp? {
        let arrival: Timestamp? =
            switch told.arrival {
            case 0: acceptedAt.adding(clocks[.notDeliveredFirst, urgency])
            case 1: acceptedAt.adding(clocks[.notDeliveredSecond, urgency])
            default: nil
            }
        return [arrival, noReceiptDue(told)].compactMap(\.self).min()
    }

    /// Once after the release, and daily from `expiresAt` on.
    private func noReceiptDue(_ told: CopyWarnings) -> Timestamp? {
        guard let releasedAt else { return nil }
        guard let last = told.noReceiptAt else {
            return releasedAt.adding(clocks[.noReceipt, urgency])
        }
        return max(last.adding(.hours(24)), expiresAt)
    }
}
