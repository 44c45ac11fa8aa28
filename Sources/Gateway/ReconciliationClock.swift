import Primitives

/// When days are compared (日次照合): some hours after their end, once the mailbox was emptied since;
/// then hourly, as what was open may have ended, and at once when a peer has spoken.
struct ReconciliationClock: Sendable {
    /// By the exchange's clock.
    var emptiedAt: Timestamp?
    var hasHeard = false
    private var lastAt: Duration?

    /// The last day that may be compared.
    static func lastDay(at now: Timestamp) -> Day {
        now.adding(.zero - Limits.reconciliationGrace).dayInJapan.adding(days: -1)
    }

    /// Whether it is time, which is then over; `now` is by the exchange's clock.
    mutating func isDue(at now: Timestamp, _ uptime: Duration) -> Bool {
        let end = Timestamp(startOfDayInJapan: Self.lastDay(at: now).adding(days: 1))
        guard let emptiedAt, emptiedAt >= end.adding(Limits.reconciliationGrace) else {
            return false
        }
        if !hasHeard, let lastAt, uptime - lastAt < .hours(1) { return false }
        hasHeard = false
        lastAt = uptime
        return true
    }

    /// What was to be done could not be: again at the next turn.
    mutating func again() { lastAt = nil }
}
