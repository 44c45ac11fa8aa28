import Delivery
import Directory
import Primitives
import Storage

/// What is known of a day with a peer, and what the two have said of it.
struct ReconciledDay: Sendable {
    var row: ReconciliationRow
    let messages: DayMessages
    /// What the peer says; it was verified when it came.
    let heard: ReconciliationStatement?

    init(_ row: ReconciliationRow, _ messages: [ExchangedRow]) {
        self.row = row
        heard = row.heard.flatMap(Self.read)
        let sent = messages.filter { $0.direction == .sent }.map(\.message)
        let received = messages.filter { $0.direction == .received }.map(\.message)
        self.messages = DayMessages(sent: Set(sent), received: Set(received))
    }

    private static func read(_ bytes: [UInt8]) -> ReconciliationStatement? {
        do throws(StatementRefusal) { return try SignedStatement(reading: bytes).body() } catch {
            return nil
        }
    }

    var difference: DayDifference? { heard.flatMap { messages.difference(from: $0) } }

    /// The row once both have spoken.
    var concluded: ReconciliationRow {
        var row = row
        row.outcome = heard.map { messages.difference(from: $0) == nil ? .agrees : .differs }
        return row
    }

    /// What the peer is told: all ids where the two differ.
    func statement(by member: MemberID) -> ReconciliationStatement {
        ReconciliationStatement(
            of: row.day,
            by: member,
            with: row.peer,
            messages,
            withIDs: difference != nil
        )
    }
}

/// With whom something is under way, and since when.
struct OpenPeers: Sendable {
    private var since: [MemberID: Timestamp] = [:]

    /// nil: of whatever day.
    mutating func add(_ peer: MemberID, since time: Timestamp?) {
        let time = time ?? Timestamp(milliseconds: .min)
        since[peer] = min(since[peer] ?? time, time)
    }

    /// Whether something may be of this day: made before its end, by a clock that may be ahead.
    func contains(_ day: Day, _ peer: MemberID) -> Bool {
        guard let since = since[peer] else { return false }
        let end = Timestamp(startOfDayInJapan: day.adding(days: 1))
        return since < end.adding(Limits.clockTolerance)
    }
}
