package import Directory
import Primitives

/// A span after which people are told: plain time, or time in which a desk is open.
package enum DeskSpan: Hashable, Sendable {
    case plain(Duration)
    case deskHours(Int)
    case deskDays(Int)

    /// The span is never shorter than this.
    package var least: Duration {
        switch self {
        case .plain(let span): span
        case .deskHours(let hours): .hours(hours)
        // From the evening of one working day to the morning of the next.
        case .deskDays(let days): .hours(8 * days)
        }
    }
}

/// How long a sheet may lie before people are told: first its readers, then its sender too
/// (`exchange-api.md` 9).
package enum PersonClock: CaseIterable, Sendable {
    /// Arrived, and nobody has opened it.
    case opening
    /// Opened, and nobody has taken it over.
    case confirming

    package func spans(_ urgency: Urgency) -> (readers: DeskSpan, sender: DeskSpan) {
        switch (self, urgency) {
        case (.opening, .emergency): (.plain(.minutes(5)), .plain(.minutes(10)))
        case (.opening, .urgent): (.deskHours(2), .deskHours(4))
        case (.opening, .routine): (.deskDays(1), .deskDays(2))
        case (.confirming, .emergency): (.plain(.minutes(10)), .plain(.minutes(20)))
        case (.confirming, .urgent): (.deskDays(1), .deskDays(1))
        case (.confirming, .routine): (.deskDays(3), .deskDays(3))
        }
    }
}
