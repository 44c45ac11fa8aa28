package import Delivery
package import Primitives
package import Storage

// What people look at all day: pages of the lists, and what is to be done.
extension OrganisationGateway {
    /// A page of a list, and how many rows the whole list has.
    package struct Listed<Row: Sendable>: Sendable {
        package let rows: [Row]
        package let total: Int
    }

    /// A received message as the list shows it.
    package struct ListedMessage: Sendable {
        package let row: InboxRow
        /// The answer this organisation owes; nil: none.
        package let owed: ExpectationRow?
    }

    /// What is to be done.
    package struct Work: Hashable, Sendable {
        package let unopened: Int
        package let urgent: Int
        /// Answers that are due by the asked time.
        package let owed: Int
        package let awaited: Int
        package let unopenedThere: Int
        package let failed: Int
        package let blocked: Int
        package let drafts: Int
        /// What was done in emergencies and nobody has reviewed.
        package let reviews: Int
        /// Sheets that nobody sees to.
        package let unassigned: Int
    }

    package func inbox(
        _ list: InboxList,
        within bounds: ListBounds = .none,
        _ slice: ListSlice
    ) async throws(GatewayError) -> Listed<ListedMessage> {
        try await read { stored throws(StoreError) in
            let rows = try stored.inbox(list, bounds, slice).map { row throws(StoreError) in
                ListedMessage(
                    row: row,
                    owed: try stored.expectations(of: row.key).first {
                        $0.isOpen && $0.name.kind.isAnswer && $0.name.isOwed
                    }
                )
            }
            return Listed(rows: rows, total: try stored.count(list, bounds))
        }
    }

    /// Whether anything was ever sent to a member.
    package func hasWritten(to member: MemberID) async throws(GatewayError) -> Bool {
        try await read { stored throws(StoreError) in
            try stored.pair(.sent, with: member) != nil
        }
    }

    package func outbox(
        _ list: OutboxList,
        within bounds: ListBounds = .none,
        _ slice: ListSlice
    ) async throws(GatewayError) -> Listed<OutboxRow> {
        try await read { stored throws(StoreError) in
            Listed(
                rows: try stored.outbox(list, bounds, slice),
                total: try stored.count(list, bounds)
            )
        }
    }

    /// How messages stand now; what is not here is left out.
    package func rows(
        of keys: [MessageKey]
    ) async throws(GatewayError) -> (received: [MessageKey: InboxRow], sent: [MessageID: OutboxRow])
    {
        let own = member
        return try await read { stored throws(StoreError) in
            var (received, sent): ([MessageKey: InboxRow], [MessageID: OutboxRow]) = ([:], [:])
            for key in keys {
                if key.from == own {
                    sent[key.messageID] = try stored.outbox(key.messageID)
                } else {
                    received[key] = try stored.inbox(key)
                }
            }
            return (received, sent)
        }
    }

    /// All messages of a thread, each list oldest first.
    package func thread(
        _ thread: ThreadID
    ) async throws(GatewayError) -> (received: [InboxRow], sent: [OutboxRow]) {
        try await read { stored throws(StoreError) in
            (try stored.inbox(thread: thread), try stored.outbox(thread: thread))
        }
    }

    /// What is on its way out: messages, and statements such as receipts.
    package func departing() async throws(GatewayError) -> (messages: Int, statements: Int) {
        try await read { stored throws(StoreError) in
            (
                try stored.outboxCounts()[.queued] ?? 0,
                try stored.unsentStatements(limit: 1000).count
            )
        }
    }

    /// How many sheets nobody here has opened.
    package func unopened(
        within bounds: ListBounds = .none
    ) async throws(GatewayError) -> Int {
        try await read { stored throws(StoreError) in
            try stored.count(InboxList.unopened, bounds)
        }
    }

    /// `bounds` are of what has come in and waits for a person; answers are owed by all.
    package func work(
        owedBy time: Timestamp,
        within bounds: ListBounds = .none
    ) async throws(GatewayError) -> Work {
        try await read { stored throws(StoreError) in
            Work(
                unopened: try stored.count(InboxList.unopened, bounds),
                urgent: try stored.count(InboxList.urgent, bounds),
                owed: try stored.count(InboxList.owed(by: time), .none),
                awaited: try stored.count(OutboxList.awaiting, .none),
                unopenedThere: try stored.count(OutboxList.unopened, .none),
                failed: try stored.count(OutboxList.failed, .none),
                blocked: try stored.count(OutboxList.blocked, .none),
                drafts: try stored.records(.draft).count,
                reviews: try stored.waitingEmergencyCount(),
                unassigned: try stored.count(InboxList.unassigned, bounds)
            )
        }
    }
}
