package import Audit
package import Delivery
package import Primitives

/// What an exchange keeps.
///
/// ```swift
/// let copy = try await store.read { stored throws(StoreError) in
///     try stored.copy(key, to: member)
/// }
/// ```
package protocol ExchangeStore: AuditStore {
    /// Runs `query` on one consistent snapshot, on a thread of the store.
    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer

    /// Commits changes in order, in one transaction, each on what those before it have left.
    ///
    /// - Returns: one result per change, after COMMIT. A conflict fails its own change alone; any
    ///   other failure of the transaction fails them all.
    func commit(_ changes: [Change<ExchangeWrite>]) async -> [Result<Committed, StoreError>]

    /// Stores facts that no leaf records.
    func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError)

    /// Deletes the data keys of a year, and what the files of the log before them still hold of
    /// anything deleted before.
    ///
    /// - Throws: `busy` while others read; the keys may be gone already.
    func destroyDataKeys(ofYear year: Int) async throws(StoreError)
}

extension ExchangeStore {
    package func commit(
        _ change: Change<ExchangeWrite>
    ) async throws(StoreError) -> Committed {
        try await only(commit([change]))
    }

    package func audit<Answer: Sendable>(
        _ query: @escaping @Sendable (any AuditReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await read { stored throws(StoreError) in try query(stored) }
    }
}

/// Reads one consistent snapshot of an exchange.
package protocol ExchangeReader: AuditReader {
    // Messages.
    func duplicate(_ key: MessageKey, sealed: Digest) throws(StoreError) -> Duplicate
    func message(_ key: MessageKey) throws(StoreError) -> MessageRow?
    /// - Returns: nil when the message is unknown or its body is deleted.
    func sealedBody(of key: MessageKey) throws(StoreError) -> [UInt8]?
    func chunk(_ sha256: Digest, of key: MessageKey) throws(StoreError) -> [UInt8]?
    /// Which of these chunks a member has uploaded, and how long each is.
    func uploaded(_ chunks: [Digest], by member: MemberID) throws(StoreError) -> [Digest: Int]
    /// Bytes of a member's chunks that belong to no message yet.
    func openChunkBytes(of member: MemberID) throws(StoreError) -> Int64

    // Copies.
    func copies(of key: MessageKey) throws(StoreError) -> [CopyRow]
    func copy(_ key: MessageKey, to member: MemberID) throws(StoreError) -> CopyRow?
    /// Rises with every change of the mailbox; 0 before the first.
    func mailboxRevision(of member: MemberID) throws(StoreError) -> Int64
    /// Accepted and released copies: emergency, urgent, routine; then by acceptance.
    /// `after` passes over so many of them.
    func inbox(
        of member: MemberID,
        after: Int,
        limit: Int
    ) throws(StoreError) -> [InboxItem]
    /// Copies that wait no more and were moved since a moment, in the order of acceptance.
    /// `after` passes over so many of them.
    func ended(
        of member: MemberID,
        movedSince: Timestamp,
        after: Int,
        limit: Int
    ) throws(StoreError) -> [InboxItem]
    /// A sender's messages after a place in the order of acceptance, with all copies.
    func deliveries(
        of sender: MemberID,
        state: DeliveryState?,
        after: Int64,
        limit: Int
    ) throws(StoreError) -> [DeliveryRow]
    func delivery(_ key: MessageKey) throws(StoreError) -> DeliveryRow?
    /// Whether one of the two has ever sent the other a message that is still known.
    func haveDealt(_ one: MemberID, _ other: MemberID) throws(StoreError) -> Bool
    /// What waits, unacknowledged, from one member for another.
    func usage(from: MemberID, to: MemberID) throws(StoreError) -> Usage
    /// Bytes of the proofs that are kept from one member for another.
    ///
    /// Each counts as 1 KiB at least: a row takes that much, however little is in it.
    func proofBytes(from: MemberID, to: MemberID) throws(StoreError) -> Int64
    /// Messages accepted in a time of which the recipient has said that it has or refuses them.
    func answered(
        from: MemberID,
        to: MemberID,
        accepted: Range<Timestamp>
    ) throws(StoreError) -> Set<MessageID>
    /// What a member has sent since a moment.
    func sent(by member: MemberID, since: Timestamp) throws(StoreError) -> Usage
    /// Copies never released whose message has expired, oldest first.
    func expiring(before: Timestamp, limit: Int) throws(StoreError) -> [CopyRow]
    /// Waiting copies that are to be looked at by then, longest due first.
    func watched(until: Timestamp, limit: Int) throws(StoreError) -> [CopyRow]
    /// Copies released and never acknowledged whose message had expired by then, oldest first.
    func unacknowledged(expiredBy: Timestamp, limit: Int) throws(StoreError) -> [CopyRow]
    /// Messages with a body whose copies had all ended by then.
    func bodiesEnded(before: Timestamp, limit: Int) throws(StoreError) -> [MessageKey]

    // Statements and events.
    func statement(_ sha256: Digest) throws(StoreError) -> StatementRow?
    func statement(in slot: StatementSlot) throws(StoreError) -> StatementRow?
    /// The statements of one copy, with those of the whole message, in the order they came.
    func statements(of key: MessageKey, to member: MemberID) throws(StoreError) -> [StatementRow]
    func events(
        of member: MemberID,
        after cursor: Int64,
        limit: Int
    ) throws(StoreError) -> [EventRow]
    /// - Returns: the newest cursor that was dropped; 0 while none was.
    func droppedEvents(of member: MemberID) throws(StoreError) -> Int64
    /// The newest cursor given; 0 before the first event.
    func newestEvent(of member: MemberID) throws(StoreError) -> Int64

    // Retention.
    /// Years with deliveries, and those that are held or were destroyed; the oldest first.
    func retainedYears() throws(StoreError) -> [RetainedYear]
    func retention(of year: Int) throws(StoreError) -> Retention
    /// The oldest deliveries of a year.
    func deliveries(ofYear year: Int, limit: Int) throws(StoreError) -> [MessageKey]
    /// Leaves with an opening under a data key.
    func positions(under keyReference: Int64, limit: Int) throws(StoreError) -> [LeafPosition]

    // Members.
    func member(_ member: MemberID) throws(StoreError) -> MemberRow?
    func members() throws(StoreError) -> [MemberRow]
    func certificate(_ sha256: Digest) throws(StoreError) -> CertificateRow?
    func certificates(of member: MemberID) throws(StoreError) -> [CertificateRow]
    func joiningCode(of member: MemberID) throws(StoreError) -> JoiningCodeRow?
    /// Leaves of a `keys` tree with the objects their hashes name.
    func directoryLeaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [DirectoryLeaf]
}

extension ExchangeReader {
    package func inbox(of member: MemberID, limit: Int) throws(StoreError) -> [InboxItem] {
        try inbox(of: member, after: 0, limit: limit)
    }
}

/// The one result of a commit of one change.
func only(_ results: [Result<Committed, StoreError>]) throws(StoreError) -> Committed {
    precondition(results.count == 1, "one change, one result")
    return try results[0].get()
}
