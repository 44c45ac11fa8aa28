import Delivery
import Directory
import Primitives
import Storage

/// A day with a peer.
struct PeerDay: Hashable, Comparable {
    let day: Day
    let peer: MemberID

    init(day: Day, peer: MemberID) {
        self.day = day
        self.peer = peer
    }

    init(_ row: ReconciliationRow) { self.init(day: row.day, peer: row.peer) }

    static func < (left: Self, right: Self) -> Bool {
        (left.day, left.peer) < (right.day, right.peer)
    }
}

extension ReconciliationRow {
    init(_ name: PeerDay) { self.init(day: name.day, peer: name.peer) }
}

/// What is known of a day with a peer, and what the two have said of it.
struct ReconciledDay: Sendable {
    var row: ReconciliationRow
    private(set) var messages = DayMessages()

    init(_ row: ReconciliationRow) { self.row = row }

    var name: PeerDay { PeerDay(row) }

    mutating func add(_ message: ExchangedRow) {
        switch message.direction {
        case .sent: messages.sent.insert(message.message)
        case .received: messages.received.insert(message.message)
        }
    }

    /// Nothing was said, or the peer has spoken and was not answered.
    var isWaiting: Bool { row.told == nil || row.heard != nil && row.outcome == nil }

    /// What the peer says; it was verified when it came.
    var heard: ReconciliationStatement? {
        guard let bytes = row.heard else { return nil }
        do throws(StatementRefusal) { return try SignedStatement(reading: bytes).body() } catch {
            return nil
        }
    }

    var difference: DayDifference? { heard.flatMap { messages.difference(from: $0) } }

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
    func contains(_ name: PeerDay) -> Bool {
        guard let since = since[name.peer] else { return false }
        let end = Timestamp(startOfDayInJapan: name.day.adding(days: 1))
        return since < end.adding(Limits.clockTolerance)
    }
}
