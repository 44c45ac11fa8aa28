import Delivery
import Primitives

/// What people look at, page by page.
extension GatewaySnapshot {
    func inbox(_ list: InboxList, _ slice: ListSlice) throws(StoreError) -> [InboxRow] {
        try inbox(
            """
            WHERE \(list.condition) ORDER BY receivedAt DESC, sender DESC, messageId DESC
            LIMIT ?1 OFFSET ?2
            """,
            [slice.limit, slice.skip]
        )
    }

    func count(_ list: InboxList) throws(StoreError) -> Int {
        Int(try connection.number("SELECT count(*) FROM inbox WHERE \(list.condition)"))
    }

    func outbox(_ list: OutboxList, _ slice: ListSlice) throws(StoreError) -> [OutboxRow] {
        try outbox(
            """
            WHERE \(list.condition) ORDER BY createdAt DESC, messageId DESC LIMIT ?1 OFFSET ?2
            """,
            [slice.limit, slice.skip]
        )
    }

    func count(_ list: OutboxList) throws(StoreError) -> Int {
        Int(try connection.number("SELECT count(*) FROM outbox WHERE \(list.condition)"))
    }
}

extension InboxList {
    fileprivate var condition: String {
        switch self {
        case .all: "1"
        case .unopened: "state = 'delivered'"
        case .urgent: "state = 'delivered' AND urgency <> 'routine'"
        case .owed(let time):
            """
            (sender, messageId) IN (SELECT sender, messageId FROM expectation
                WHERE metAt IS NULL AND kind <> 'delivered' AND peer = sender
                    AND \(time.map { "due <= '\($0)'" } ?? "1"))
            """
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
