/// Deadlines in slots of 100 ms. An entry is not taken back: its owner compares when it comes.
struct TimerWheel {
    private static let slot = Duration.milliseconds(100)
    private var slots: [Int64: [UInt64]] = [:]

    mutating func add(_ id: UInt64, at deadline: Duration) {
        slots[TimerWheel.slot(of: deadline), default: []].append(id)
    }

    /// The end of the first slot in use.
    var next: Duration? {
        slots.keys.min().map { TimerWheel.slot * Int($0) }
    }

    /// Takes out whatever stands in slots that have ended.
    mutating func due(at now: Duration) -> [UInt64] {
        let ended = slots.keys.filter { TimerWheel.slot * Int($0) <= now }.sorted()
        return ended.flatMap { slots.removeValue(forKey: $0) ?? [] }
    }

    /// The slot whose end is the first at or after the deadline.
    private static func slot(of deadline: Duration) -> Int64 {
        let (seconds, attoseconds) = deadline.components
        let slotAttoseconds: Int64 = 100_000_000_000_000_000
        return seconds * 10 + (attoseconds + slotAttoseconds - 1) / slotAttoseconds
    }
}
