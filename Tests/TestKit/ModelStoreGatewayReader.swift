import Audit
import Delivery
import Directory
import Primitives
import Storage

extension GatewayModel: GatewayReader {
    func outbox(_ message: MessageID) throws(StoreError) -> OutboxRow? { sent[message] }

    func outbox(state: DeliveryState?, limit: Int) throws(StoreError) -> [OutboxRow] {
        // What is queued is asked for all the time.
        let rows = state == .queued ? leavingRows : sent.values
        let found = rows.filter { row in
            state == nil || row.copies.contains { $0.state == state }
        }
        return Array(found.sorted(by: Self.isOlder).reversed().prefix(limit))
    }

    func heldOutbox(until: Timestamp, limit: Int) throws(StoreError) -> [OutboxRow] {
        let held = leavingRows.filter { !$0.isSealed && $0.holdUntil <= until && isWaiting($0) }
        let sorted = held.sorted { ($0.holdUntil, $0.message) < ($1.holdUntil, $1.message) }
        return Array(sorted.prefix(limit))
    }

    func sealedOutbox(limit: Int) throws(StoreError) -> [OutboxRow] {
        let sealed = leavingRows.filter { $0.isSealed && isWaiting($0) }
        let sorted = sealed.sorted {
            ($0.urgency, $0.createdAt, $0.message) < ($1.urgency, $1.createdAt, $1.message)
        }
        return Array(sorted.prefix(limit))
    }

    func outbox(thread: ThreadID) throws(StoreError) -> [OutboxRow] {
        (threads[thread]?.sent ?? []).compactMap { sent[$0] }.sorted(by: Self.isOlder)
    }

    func draft(of message: MessageID) throws(StoreError) -> SealedColumn? { drafts[message] }

    func outboxCounts() throws(StoreError) -> [DeliveryState: Int] {
        let states = sent.values.compactMap { $0.copies.map(\.state).leastAdvanced }
        return states.reduce(into: [:]) { counts, state in counts[state, default: 0] += 1 }
    }

    func outboxBytes(of message: MessageID) throws(StoreError) -> OutboxBytes? {
        sentBytes[message]
    }

    private var leavingRows: [OutboxRow] {
        leaving.isEmpty ? [] : leaving.keys.compactMap { sent[$0] }
    }

    private func isWaiting(_ row: OutboxRow) -> Bool {
        row.blockedFor == nil && row.copies.contains { $0.state == .queued }
    }

    private static func isOlder(_ left: OutboxRow, _ right: OutboxRow) -> Bool {
        (left.createdAt, left.message) < (right.createdAt, right.message)
    }

    func inbox(_ key: MessageKey) throws(StoreError) -> InboxRow? { received[key] }

    func inbox(state: DeliveryState?, limit: Int) throws(StoreError) -> [InboxRow] {
        let found = received.filter { state == nil || $0.state == state }
        return Array(found.sorted(by: Self.isOlder).reversed().prefix(limit))
    }

    func heldInbox() throws(StoreError) -> [InboxRow] {
        held.isEmpty ? [] : held.keys.compactMap { received[$0] }.sorted(by: Self.isOlder)
    }

    func inbox(content: Digest) throws(StoreError) -> InboxRow? {
        contents[content].flatMap { received[$0] }
    }

    func inbox(thread: ThreadID) throws(StoreError) -> [InboxRow] {
        (threads[thread]?.received ?? []).compactMap { received[$0] }.sorted(by: Self.isOlder)
    }

    func inbox(message: MessageID) throws(StoreError) -> [MessageKey] {
        received.keys.filter { $0.messageID == message }.sorted { $0.from < $1.from }
    }

    func sheet(of key: MessageKey) throws(StoreError) -> SealedColumn? { sheets[key] }

    func inboxBytes(of key: MessageKey) throws(StoreError) -> InboxBytes? { receivedBytes[key] }

    func chunks(of key: MessageKey) throws(StoreError) -> [Digest] { claimed[key] ?? [] }

    func hasChunk(_ sha256: Digest) throws(StoreError) -> Bool { kept[sha256] != nil }

    private static func isOlder(_ left: InboxRow, _ right: InboxRow) -> Bool {
        (left.receivedAt, left.key.from, left.key.messageID)
            < (right.receivedAt, right.key.from, right.key.messageID)
    }

    func pair(
        _ direction: PairDirection,
        with peer: MemberID
    ) throws(StoreError) -> PairRow? {
        pairs[PairName(direction: direction, peer: peer)]
    }

    func receipt(_ sha256: Digest) throws(StoreError) -> ReceiptRow? {
        receipts[sha256]
    }

    func receipt(in slot: StatementSlot) throws(StoreError) -> ReceiptRow? {
        receipts[slot]
    }

    func receipts(of key: MessageKey) throws(StoreError) -> [ReceiptRow] {
        receipts.of(key)
    }

    func unprovedReceipts(
        except own: PartyID,
        storedBefore: Timestamp,
        limit: Int
    ) throws(StoreError) -> [ReceiptRow] {
        let found = unproved.compactMap { receipts[$0] }.filter {
            $0.statement.issuer != own && $0.statement.storedAt <= storedBefore
        }
        return Array(found.prefix(limit))
    }

    func unsentProofs(of own: PartyID, limit: Int) throws(StoreError) -> [ReceiptRow] {
        let due = unsentProofs.filter { !outgoing.contains($0) }.compactMap { receipts[$0] }
        let found = due.filter { Self.promises($0) && $0.statement.issuer == own }
        return Array(found.prefix(limit))
    }

    func unsentStatements(limit: Int) throws(StoreError) -> [StatementRow] {
        let found = outgoing.compactMap { receipts[$0]?.statement }
        return Array(found.prefix(limit))
    }

    static func promises(_ receipt: ReceiptRow) -> Bool {
        receipt.statement.slot.message != nil
            && ![.submission, .withdrawal].contains(receipt.statement.type)
    }

    func expectations(dueBefore: Timestamp, limit: Int) throws(StoreError) -> [ExpectationRow] {
        let due = expected.filter { row in
            row.isOpen && row.passedAt == nil && row.name.kind.isAnswer
                && row.due.map { $0 <= dueBefore } ?? false
        }
        return Array(due.sorted(by: Self.isSooner).prefix(limit))
    }

    func openExpectations(owed: Bool?, limit: Int) throws(StoreError) -> [ExpectationRow] {
        let open = expected.filter {
            isAwaited($0) && (owed == nil || owed == $0.name.isOwed)
        }
        return Array(open.sorted(by: Self.isSooner).prefix(limit))
    }

    func expectations(of message: MessageKey) throws(StoreError) -> [ExpectationRow] {
        expected.filter { $0.name.message == message }.sorted(by: Self.isSooner)
    }

    func expectation(_ name: ExpectationName) throws(StoreError) -> ExpectationRow? {
        expected[name]
    }

    func handedOver(to desks: [DeskID]) throws(StoreError) -> Set<MessageKey> {
        let passed = expected.filter { row in
            row.passedAt != nil && row.name.isOwed && row.desk.map(desks.contains) ?? false
        }
        return Set(passed.map(\.name.message))
    }

    private static func isSooner(_ left: ExpectationRow, _ right: ExpectationRow) -> Bool {
        let never = Timestamp(milliseconds: .max)
        let (mine, other) = (left.name, right.name)
        let soon = (left.due ?? never, mine.message.messageID, mine.peer, mine.kind.rawValue)
        let late = (right.due ?? never, other.message.messageID, other.peer, other.kind.rawValue)
        return soon == late ? mine.message.from < other.message.from : soon < late
    }

    func cursor(_ name: CursorName) throws(StoreError) -> Int64 { cursors[name] ?? 0 }

    func mirroredTree() throws(StoreError) -> TreeOrigin? {
        leaves.keys.max { $0.text < $1.text }
    }

    func directoryLeaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [DirectoryLeaf] {
        let found = leaves[tree]?.filter { $0.index >= from } ?? []
        return Array(found.sorted { $0.index < $1.index }.prefix(limit))
    }

    func peerCheckpoint(of tree: TreeOrigin) throws(StoreError) -> Checkpoint? { peers[tree] }

    func record(_ kind: RecordKind, _ id: RecordID) throws(StoreError) -> RecordRow? {
        records[RecordName(kind: kind, id: id)]
    }

    func records(_ kind: RecordKind) throws(StoreError) -> [RecordRow] {
        records.filter { $0.kind == kind }.sorted { $0.id < $1.id }
    }

    func records(_ kind: RecordKind, _ slice: ListSlice) throws(StoreError) -> [RecordRow] {
        let all = try records(kind).sorted { ($0.storedAt, $0.id) > ($1.storedAt, $1.id) }
        return Array(all.dropFirst(slice.skip).prefix(slice.limit))
    }

    func count(_ kind: RecordKind) throws(StoreError) -> Int { try records(kind).count }

    func setting(_ name: SettingName) throws(StoreError) -> [UInt8]? { settings[name] }
}

/// What is late, and what people were told of it.
extension GatewayModel {
    func outboxLate(
        _ state: DeliveryState,
        since: Timestamp,
        without kind: WarningKind,
        limit: Int
    ) throws(StoreError) -> [OutboxRow] {
        let late = sent.filter { row in
            row.copies.contains { copy in
                copy.state == state && copy.movedAt <= since
                    && !warned.contains {
                        $0.key.messageID == row.message && $0.to == copy.to && $0.kind == kind
                    }
            }
        }
        return Array(late.sorted(by: Self.isOlder).prefix(limit))
    }

    func inboxLate(
        _ state: DeliveryState,
        since: Timestamp,
        without kind: WarningKind,
        limit: Int
    ) throws(StoreError) -> [InboxRow] {
        let late = received.filter { row in
            row.state == state && row.movedAt <= since
                && !warned.contains { $0.key == row.key && $0.kind == kind }
        }
        let sorted = late.sorted {
            ($0.receivedAt, $0.key.from, $0.key.messageID)
                < ($1.receivedAt, $1.key.from, $1.key.messageID)
        }
        return Array(sorted.prefix(limit))
    }

    func warnings(of key: MessageKey) throws(StoreError) -> [WarningRow] {
        warned.filter { $0.key == key }
            .sorted { ($0.at, $0.to, $0.kind.rawValue) < ($1.at, $1.to, $1.kind.rawValue) }
    }

    func warnings(limit: Int) throws(StoreError) -> [WarningRow] {
        let sorted = warned.sorted { left, right in
            if left.at != right.at { return left.at > right.at }
            return (left.key.from, left.key.messageID, left.to, left.kind.rawValue)
                < (right.key.from, right.key.messageID, right.to, right.kind.rawValue)
        }
        return Array(sorted.prefix(limit))
    }
}
