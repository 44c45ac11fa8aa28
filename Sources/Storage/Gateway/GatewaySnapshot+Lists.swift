import Delivery
import Primitives

/// What people look at, page by page.
extension GatewaySnapshot {
    func inbox(
        _ list: InboxList,
        _ bounds: ListBounds,
        _ slice: ListSlice
    ) throws(StoreError) -> [InboxRow] {
        let bound = bounds.condition(time: "receivedAt", peer: "sender")
        return try inbox(
            """
            WHERE \(list.condition)\(bound.text)
            ORDER BY receivedAt DESC, sender DESC, messageId DESC LIMIT ? OFFSET ?
            """,
            list.values + bound.values + [slice.limit, slice.skip]
        )
    }

    func count(_ list: InboxList, _ bounds: ListBounds) throws(StoreError) -> Int {
        let bound = bounds.condition(time: "receivedAt", peer: "sender")
        return try count("inbox WHERE \(list.condition)\(bound.text)", list.values + bound.values)
    }

    func outbox(
        _ list: OutboxList,
        _ bounds: ListBounds,
        _ slice: ListSlice
    ) throws(StoreError) -> [OutboxRow] {
        let bound = bounds.condition(time: "createdAt", peer: nil)
        return try outbox(
            """
            WHERE \(list.condition)\(bound.text)
            ORDER BY createdAt DESC, messageId DESC LIMIT ? OFFSET ?
            """,
            bound.values + [slice.limit, slice.skip]
        )
    }

    func count(_ list: OutboxList, _ bounds: ListBounds) throws(StoreError) -> Int {
        let bound = bounds.condition(time: "createdAt", peer: nil)
        return try count("outbox WHERE \(list.condition)\(bound.text)", bound.values)
    }

    private func count(_ rest: String, _ values: [any ColumnValue]) throws(StoreError) -> Int {
        let found: [Int] = try connection.collect("SELECT count(*) FROM \(rest)", values) {
            row throws(StoreError) in try row[0]
        }
        return found.first ?? 0
    }
}

extension ListBounds {
    /// Further conditions, and the values of their parameters in order.
    fileprivate func condition(
        time: String,
        peer: String?
    ) -> (text: String, values: [any ColumnValue]) {
        var (text, values): (String, [any ColumnValue]) = ("", [])
        func add(_ condition: String, _ some: (any ColumnValue)?...) {
            let known = some.compactMap(\.self)
            guard !known.isEmpty else { return }
            text += " AND \(condition)"
            values += known
        }
        add("sheetType = ?", type)
        add("\(time) >= ?", since)
        add("\(time) < ?", before)
        func list(_ names: [String]) -> String {
            JSON.array(names.sorted().map { .string($0) }).canonicalText
        }
        let isListed = "IN (SELECT value FROM json_each(?))"
        add(
            peer.map { "\($0) \(isListed)" }
                ?? "messageId IN (SELECT messageId FROM outboxCopy WHERE recipient \(isListed))",
            peers.map { list($0.map(\.text)) }
        )
        if peer != nil, !notFor.isEmpty {
            add(
                """
                (desk IS NULL OR NOT desk \(isListed) OR (sender, messageId) IN
                    (SELECT sender, messageId FROM expectation
                        WHERE passedAt IS NOT NULL AND peer = sender AND desk \(isListed)))
                """,
                list(notFor.map(\.text)),
                list(handedTo.map(\.text))
            )
        }
        return (text, values)
    }
}

extension InboxList {
    /// The values of its parameters stand in `values`.
    fileprivate var condition: String {
        switch self {
        case .all: "1"
        case .unopened: "state = 'delivered'"
        case .urgent: "state = 'delivered' AND urgency <> 'routine'"
        case .assigned: "assignee = ?"
        case .unassigned:
            "assignee IS NULL AND replacedBy IS NULL AND state IN ('delivered', 'opened')"
        case .owed(let time):
            """
            (sender, messageId) IN (SELECT sender, messageId FROM expectation
                WHERE metAt IS NULL AND kind <> 'delivered' AND peer = sender
                    AND \(time == nil ? "1" : "due <= ?"))
            """
        }
    }

    fileprivate var values: [any ColumnValue] {
        switch self {
        case .all, .unopened, .urgent, .unassigned, .owed(nil): []
        case .assigned(let account): [account]
        case .owed(let time?): [time]
        }
    }
}

extension OutboxList {
    fileprivate var condition: String {
        switch self {
        case .all: "1"
        case .unopened:
            """
            messageId IN (SELECT messageId FROM outboxCopy WHERE state = 'delivered')
                AND NOT EXISTS (SELECT 1 FROM outboxCopy AS other
                    WHERE other.messageId = outbox.messageId
                        AND other.state IN (\(Self.below(.delivered))))
            """
        case .awaiting:
            """
            messageId IN (SELECT messageId FROM expectation
                WHERE metAt IS NULL AND kind <> 'delivered' AND peer <> sender)
            """
        case .blocked:
            """
            blockedFor IS NOT NULL
                AND messageId IN (SELECT messageId FROM outboxCopy WHERE state = 'queued')
            """
        case .failed:
            "messageId IN (SELECT messageId FROM outboxCopy WHERE state IN (\(Self.failures)))"
        }
    }

    private static func below(_ state: DeliveryState) -> String {
        quoted(DeliveryState.allCases.filter { $0.rank < state.rank })
    }

    private static var failures: String { quoted(DeliveryState.allCases.filter(\.isFailure)) }

    private static func quoted(_ states: [DeliveryState]) -> String {
        states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
