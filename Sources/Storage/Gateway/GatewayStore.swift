package import Audit
package import Delivery
package import Primitives

/// What the gateway of one organisation keeps.
package protocol GatewayStore: AuditStore {
    /// Runs `query` on one consistent snapshot, on a thread of the store.
    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer

    /// Commits changes in order, in one transaction, each on what those before it have left.
    ///
    /// - Returns: one result per change, after COMMIT. A conflict fails its own change alone; any
    ///   other failure of the transaction fails them all.
    func commit(_ changes: [Change<GatewayWrite>]) async -> [Result<Committed, StoreError>]

    /// Stores facts that no leaf records.
    func keep(_ facts: [GatewayUpkeep]) async throws(StoreError)

    /// Keeps a sealed chunk of an attachment under its hash, beside the database; it is on the disk
    /// when this returns. What no message claims is dropped after some time.
    func keepChunk(_ sha256: Digest, _ sealed: [UInt8], at: Timestamp) async throws(StoreError)
    /// A kept chunk as it was given; nil where it is not here.
    func chunk(_ sha256: Digest) async throws(StoreError) -> [UInt8]?
    /// Writes the files anew and destroys the keys of persons that nothing is under any more.
    ///
    /// - Returns: how many there were.
    func destroySpentKeys() async throws(StoreError) -> Int

    /// Puts other wrappings of the same keys of years in their place, all or none.
    func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError)

    /// Drops chunks that were kept by then and belong to no message.
    func dropChunks(storedBefore: Timestamp) async throws(StoreError)
}

extension GatewayStore {
    package func commit(
        _ change: Change<GatewayWrite>
    ) async throws(StoreError) -> Committed {
        try await only(commit([change]))
    }

    package func audit<Answer: Sendable>(
        _ query: @escaping @Sendable (any AuditReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await read { stored throws(StoreError) in try query(stored) }
    }
}

/// Reads one consistent snapshot of an organisation's store.
package protocol GatewayReader: AuditReader {
    // Outbox.
    func outbox(_ message: MessageID) throws(StoreError) -> OutboxRow?
    /// All messages with a copy in this state, newest first; nil: in any state.
    func outbox(state: DeliveryState?, limit: Int) throws(StoreError) -> [OutboxRow]
    /// Queued, not sealed, not blocked, and held no longer than until then; oldest first.
    func heldOutbox(until: Timestamp, limit: Int) throws(StoreError) -> [OutboxRow]
    /// Queued, sealed and not blocked: emergency, urgent, routine, then oldest first.
    func sealedOutbox(limit: Int) throws(StoreError) -> [OutboxRow]
    func draft(of message: MessageID) throws(StoreError) -> SealedColumn?
    func outboxBytes(of message: MessageID) throws(StoreError) -> OutboxBytes?
    /// A page of what a list shows, newest first.
    func outbox(
        _ list: OutboxList,
        _ bounds: ListBounds,
        _ slice: ListSlice
    ) throws(StoreError) -> [OutboxRow]
    func count(_ list: OutboxList, _ bounds: ListBounds) throws(StoreError) -> Int
    /// How many messages have come as far as each state, by their least advanced copy.
    func outboxCounts() throws(StoreError) -> [DeliveryState: Int]
    /// Own messages of a thread, oldest first.
    func outbox(thread: ThreadID) throws(StoreError) -> [OutboxRow]

    /// Messages with a copy that has been in a state since then, without such a warning; oldest
    /// first.
    func outboxLate(
        _ state: DeliveryState,
        since: Timestamp,
        without kind: WarningKind,
        limit: Int
    ) throws(StoreError) -> [OutboxRow]

    // Inbox.
    func inbox(_ key: MessageKey) throws(StoreError) -> InboxRow?
    /// Newest first; nil: in any state.
    func inbox(state: DeliveryState?, limit: Int) throws(StoreError) -> [InboxRow]
    /// A page of what a list shows, newest first.
    func inbox(
        _ list: InboxList,
        _ bounds: ListBounds,
        _ slice: ListSlice
    ) throws(StoreError) -> [InboxRow]
    func count(_ list: InboxList, _ bounds: ListBounds) throws(StoreError) -> Int
    /// Set apart and not yet decided, oldest first.
    func heldInbox() throws(StoreError) -> [InboxRow]
    /// In a state since then, without such a warning; oldest first.
    func inboxLate(
        _ state: DeliveryState,
        since: Timestamp,
        without kind: WarningKind,
        limit: Int
    ) throws(StoreError) -> [InboxRow]
    /// Of a message, oldest first.
    func warnings(of key: MessageKey) throws(StoreError) -> [WarningRow]
    /// Newest first.
    func warnings(limit: Int) throws(StoreError) -> [WarningRow]
    func inbox(content: Digest) throws(StoreError) -> InboxRow?
    func inbox(thread: ThreadID) throws(StoreError) -> [InboxRow]
    /// Messages with this id, of all senders.
    func inbox(message: MessageID) throws(StoreError) -> [MessageKey]
    /// nil unless the message was opened and verified.
    func sheet(of key: MessageKey) throws(StoreError) -> SealedColumn?
    func inboxBytes(of key: MessageKey) throws(StoreError) -> InboxBytes?
    /// Of a message sent or received, in their order.
    func chunks(of key: MessageKey) throws(StoreError) -> [Digest]
    func hasChunk(_ sha256: Digest) throws(StoreError) -> Bool
    func pair(_ direction: PairDirection, with peer: MemberID) throws(StoreError) -> PairRow?

    // Statements.
    func receipt(_ sha256: Digest) throws(StoreError) -> ReceiptRow?
    func receipt(in slot: StatementSlot) throws(StoreError) -> ReceiptRow?
    /// Of one message, in the order they came.
    func receipts(of key: MessageKey) throws(StoreError) -> [ReceiptRow]
    /// Others' receipts stored by then and still without proof, oldest first.
    func unprovedReceipts(
        except own: PartyID,
        storedBefore: Timestamp,
        limit: Int
    ) throws(StoreError) -> [ReceiptRow]
    /// Own receipts that the exchange has and whose proof was not yet sent after them: a proof that
    /// comes before its receipt says nothing to the other party.
    func unsentProofs(of own: PartyID, limit: Int) throws(StoreError) -> [ReceiptRow]
    /// Own statements on their way to the exchange, in the order they were made.
    func unsentStatements(limit: Int) throws(StoreError) -> [StatementRow]

    // Days and peers.
    /// Messages of a day that were answered, by direction and id.
    func exchanged(on day: Day, with peer: MemberID) throws(StoreError) -> [ExchangedRow]
    func reconciliation(
        of day: Day,
        with peer: MemberID
    ) throws(StoreError) -> ReconciliationRow?
    /// Of these days: nothing was said, or the peer has spoken and nobody has judged it; by day and
    /// peer. Where nothing is stored, an empty row for each peer with whom something was exchanged.
    func waitingDays(_ days: ClosedRange<Day>) throws(StoreError) -> [ReconciliationRow]
    /// Those on which the two differ and nobody has seen to it, the newest first, then by peer.
    func differingDays() throws(StoreError) -> [ReconciliationRow]

    // Questions about the log.
    /// The leaves of an event among some of a tree, in order, by their indices.
    func leaves(
        of event: AuditEvent,
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64]
    /// Those of them whose act failed.
    func failures(
        of event: AuditEvent,
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64]
    /// Every tag of a kind, under the keys of all years.
    func tags(of kind: IndexKind) throws(StoreError) -> [IndexTag]
    /// The first leaves that carry a tag among some of a tree, in order, by their indices.
    func leaves(
        tagged tag: IndexTag,
        in tree: TreeOrigin,
        _ range: Range<UInt64>,
        limit: Int
    ) throws(StoreError) -> [UInt64]
    /// For each moment, which come in order, the first leaf that is not before it; the end of
    /// `range` without one. Leaves stand in the order of their times.
    func firstLeaves(
        notBefore times: [Timestamp],
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64]

    // The rest.
    /// Open answers, due by then and not yet found overdue, the earliest first.
    func expectations(dueBefore: Timestamp, limit: Int) throws(StoreError) -> [ExpectationRow]
    /// Open answers, those owed, those awaited, or both (nil): the earliest due first, those
    /// without a day last.
    func openExpectations(owed: Bool?, limit: Int) throws(StoreError) -> [ExpectationRow]
    func expectations(of message: MessageKey) throws(StoreError) -> [ExpectationRow]
    func expectation(_ name: ExpectationName) throws(StoreError) -> ExpectationRow?
    /// Received messages whose answer was handed over, late, to one of these desks.
    func handedOver(to desks: [DeskID]) throws(StoreError) -> Set<MessageKey>
    func emergency(_ id: EmergencyID) throws(StoreError) -> EmergencyRow?
    /// The newest reading of this sheet by this person after `since` that nobody found unjustified.
    func emergency(
        of message: MessageKey,
        by account: AccountID,
        since: Timestamp
    ) throws(StoreError) -> EmergencyRow?
    /// Those that nobody has reviewed, oldest first.
    func waitingEmergencies(limit: Int) throws(StoreError) -> [EmergencyRow]
    /// The others, those reviewed last first.
    func reviewedEmergencies(limit: Int) throws(StoreError) -> [EmergencyRow]
    func waitingEmergencyCount() throws(StoreError) -> Int
    /// 0 while never moved.
    func cursor(_ name: CursorName) throws(StoreError) -> Int64
    /// The newest tree of which leaves are mirrored.
    func mirroredTree() throws(StoreError) -> TreeOrigin?
    /// The mirrored `keys` tree of the exchange.
    func directoryLeaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [DirectoryLeaf]
    /// The newest verified checkpoint of a tree of another log.
    func peerCheckpoint(of tree: TreeOrigin) throws(StoreError) -> Checkpoint?
    func record(_ kind: RecordKind, _ id: RecordID) throws(StoreError) -> RecordRow?
    func records(_ kind: RecordKind) throws(StoreError) -> [RecordRow]
    /// The last stored first.
    func records(_ kind: RecordKind, _ slice: ListSlice) throws(StoreError) -> [RecordRow]
    func count(_ kind: RecordKind) throws(StoreError) -> Int
    func setting(_ name: SettingName) throws(StoreError) -> [UInt8]?

    // Erasing.
    /// All that is kept of messages and in records.
    func holdings() throws(StoreError) -> [Holding]
    func isErased(_ key: MessageKey) throws(StoreError) -> Bool
    /// Keys that nothing is under any more, whether they still are there or not.
    func spentKeys() throws(StoreError) -> [Int64]
}
