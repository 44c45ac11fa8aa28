/// How soon a message must arrive; also the class by which desks, clocks and queues differ.
package enum Urgency: String, CaseIterable, Comparable, Sendable {
    case emergency, urgent, routine

    /// Emergency stands first: in a sorted list it is served first.
    package static func < (left: Urgency, right: Urgency) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .emergency: 0
        case .urgent: 1
        case .routine: 2
        }
    }
}
