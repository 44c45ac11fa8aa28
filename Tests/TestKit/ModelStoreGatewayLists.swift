import Delivery
import Directory
import Primitives
import Storage

/// What people look at, page by page.
extension GatewayModel {
    func inbox(
        _ list: InboxList,
        _ bounds: ListBounds,
        _ slice: ListSlice
    ) throws(StoreError) -> [InboxRow] {
        let rows = try inbox(state: nil, limit: .max)
            .filter { isShown($0, in: list) && isWithin($0, bounds) }
        return Array(rows.dropFirst(slice.skip).prefix(slice.limit))
    }

    func count(_ list: InboxList, _ bounds: ListBounds) throws(StoreError) -> Int {
        received.count { isShown($0, in: list) && isWithin($0, bounds) }
    }

    func outbox(
        _ list: OutboxList,
        _ bounds: ListBounds,
        _ slice: ListSlice
    ) throws(StoreError) -> [OutboxRow] {
        let rows = try outbox(state: nil, limit: .max)
            .filter { isShown($0, in: list) && isWithin($0, bounds) }
        return Array(rows.dropFirst(slice.skip).prefix(slice.limit))
    }

    func count(_ list: OutboxList, _ bounds: ListBounds) throws(StoreError) -> Int {
        sent.count { isShown($0, in: list) && isWithin($0, bounds) }
    }

    private func isWithin(_ row: InboxRow, _ bounds: ListBounds) -> Bool {
        bounds.allow(row.sheet?.sheetType, row.receivedAt, [row.key.from])
            && (!(row.sheet?.desk.map(bounds.notFor.contains) ?? false) || isHanded(row, bounds))
    }

    private func isHanded(_ row: InboxRow, _ bounds: ListBounds) -> Bool {
        expected.contains { expected in
            expected.name.message == row.key && expected.passedAt != nil && expected.name.isOwed
                && expected.desk.map(bounds.handedTo.contains) ?? false
        }
    }

    private func isWithin(_ row: OutboxRow, _ bounds: ListBounds) -> Bool {
        bounds.allow(row.sheetType, row.createdAt, row.copies.map(\.to))
    }

    private func isShown(_ row: InboxRow, in list: InboxList) -> Bool {
        switch list {
        case .all: true
        case .unopened: row.state == .delivered
        case .urgent: row.state == .delivered && row.urgency != .routine
        case .assigned(let account): row.assignee == account
        case .unassigned:
            row.assignee == nil && row.replacedBy == nil
                && [.delivered, .opened].contains(row.state)
        case .owed(let time):
            expected.contains { expected in
                isAwaited(expected) && expected.name.message == row.key && expected.name.isOwed
                    && time.map { time in expected.due.map { $0 <= time } ?? false } ?? true
            }
        }
    }

    private func isShown(_ row: OutboxRow, in list: OutboxList) -> Bool {
        switch list {
        case .all: true
        case .unopened: row.copies.map(\.state).leastAdvanced == .delivered
        case .awaiting:
            expected.contains {
                isAwaited($0) && !$0.name.isOwed && $0.name.message.messageID == row.message
            }
        case .blocked:
            row.blockedFor != nil && row.copies.contains { $0.state == .queued }
        case .failed: row.copies.contains { $0.state.isFailure }
        }
    }

    func isAwaited(_ row: ExpectationRow) -> Bool {
        row.isOpen && row.name.kind.isAnswer
    }
}

extension ListBounds {
    fileprivate func allow(_ other: SheetType?, _ at: Timestamp, _ others: [MemberID]) -> Bool {
        type.map { $0 == other } ?? true && since.map { $0 <= at } ?? true
            && before.map { at < $0 } ?? true && peers.map { !$0.isDisjoint(with: others) } ?? true
    }
}
