package import Audit
import Delivery
import Directory
package import Primitives
package import Storage

/// The oracle of an organisation's store.
package final class ModelGatewayStore: GatewayStore {
    private let state: ModelState<GatewayModel>

    package init(clock: any TimeSource, source: AuditSource) {
        state = ModelState(clock: clock, source: source)
    }

    /// Opens what another run has left behind.
    package init(_ disk: ModelGatewayDisk, clock: any TimeSource) {
        state = ModelState(disk.disk, clock: clock)
    }

    /// What the end of the process would leave behind now.
    package var disk: ModelGatewayDisk { ModelGatewayDisk(disk: state.disk) }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try query(try state.reader())
    }

    package func commit(
        _ changes: [Change<GatewayWrite>]
    ) async -> [Result<Committed, StoreError>] {
        state.commit(changes)
    }

    package func keep(_ facts: [GatewayUpkeep]) async throws(StoreError) {
        try state.change { model throws(StoreError) in
            for fact in facts { try model.store(fact) }
        }
    }

    package func keepChunk(
        _ sha256: Digest,
        _ sealed: [UInt8],
        at now: Timestamp
    ) async throws(StoreError) {
        try state.change { model throws(StoreError) in
            model.kept[sha256] = (sealed, now)
        }
    }

    package func chunk(_ sha256: Digest) async throws(StoreError) -> [UInt8]? {
        try state.content().kept[sha256]?.sealed
    }

    package func dropChunks(storedBefore before: Timestamp) async throws(StoreError) {
        try state.change { model throws(StoreError) in
            guard !model.kept.isEmpty else { return }
            let claimed = Set(model.claimed.values.joined())
            model.kept = model.kept.filter { $0.value.at >= before || claimed.contains($0.key) }
        }
    }

    package func save(
        _ checkpoint: Checkpoint,
        signedAt: Timestamp
    ) async throws(StoreError) {
        try state.save(checkpoint, signedAt: signedAt)
    }

    package func dataKeys() async throws(StoreError) -> [DataKeyRow] { try state.dataKeys() }

    package func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try state.dataKey(reference)
    }

    package func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try state.dataKey(of: subject, in: fiscalYear)
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try state.keepDataKey(key)
    }

    package func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError) {
        try state.rewrapDataKeys(wrapped)
    }

    package func destroySpentKeys() async throws(StoreError) -> Int {
        try state.destroyDataKeys(try state.reader().spentKeys())
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? { state.mark }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) { state.keep(mark) }

    package func close() { state.close() }
}

/// What is left of an organisation's store when its process has ended.
package struct ModelGatewayDisk: Sendable {
    let disk: ModelDisk<GatewayModel>
}

/// The rows of an organisation.
struct GatewayModel: ModelContent, ModelLogReader {
    typealias Write = GatewayWrite

    var reader: any GatewayReader { self }

    var log: ModelLog
    var sent = ModelTable<MessageID, OutboxRow>()
    /// Messages with a copy that is queued.
    var leaving = ModelSet<MessageID>()
    var drafts = ModelTable<MessageID, SealedColumn>()
    var sentBytes = ModelTable<MessageID, OutboxBytes>()
    var received = ModelTable<MessageKey, InboxRow>()
    /// Messages that are set apart.
    var held = ModelSet<MessageKey>()
    var contents = ModelTable<Digest, MessageKey>()
    var threads = ModelTable<ThreadID, Thread>()
    var sheets = ModelTable<MessageKey, SealedColumn>()
    var receivedBytes = ModelTable<MessageKey, InboxBytes>()
    var kept: [Digest: (sealed: [UInt8], at: Timestamp)] = [:]
    var claimed = ModelTable<MessageKey, [Digest]>()
    var pairs = ModelTable<PairName, PairRow>()
    var receipts = ModelStatements<ReceiptRow>()
    /// Receipts without a proof, and own ones whose proof is to be sent.
    var unproved: [Digest] = []
    var unsentProofs: [Digest] = []
    var outgoing: [Digest] = []
    var queued = ModelSet<Digest>()
    var expected = ModelTable<ExpectationName, ExpectationRow>()
    var warned: [WarningRow] = []
    var cursors: [CursorName: Int64] = [:]
    var leaves: [TreeOrigin: ModelTable<UInt64, DirectoryLeaf>] = [:]
    var peers: [TreeOrigin: Checkpoint] = [:]
    var records = ModelTable<RecordName, RecordRow>()
    var emergencies = ModelTable<EmergencyID, EmergencyRow>()
    var answered = ModelTable<DayName, [ExchangedRow]>()
    var days = ModelTable<DayName, ReconciliationRow>()
    var settings: [SettingName: [UInt8]] = [:]
    var erased = ModelSet<MessageKey>()
    var spent: Set<Int64> = []

    /// What was sent and received in one thread.
    struct Thread {
        var sent: [MessageID] = []
        var received: [MessageKey] = []
    }

    struct PairName: Hashable {
        let direction: PairDirection
        let peer: MemberID
    }

    struct RecordName: Hashable {
        let kind: RecordKind
        let id: RecordID
    }

    init(log: ModelLog) { self.log = log }

    func holds(_ condition: Precondition) throws(StoreError) -> Bool {
        switch condition {
        case .statementUnknown(let slot): try receipt(in: slot) == nil
        case .outboxRevision(let message, let revision): sent[message]?.revision == revision
        case .inboxUnknown(let key, let content):
            received[key] == nil && content.flatMap { contents[$0] } == nil
        case .inboxRevision(let key, let revision): received[key]?.revision == revision
        case .recordRevision(let kind, let id, let revision):
            try record(kind, id)?.revision == revision
        case .expectationWaits(let name):
            expected[name].map { $0.isOpen && $0.passedAt == nil } ?? false
        case .cursor(let name, let value): try cursor(name) == value
        case .pairSequence(let direction, let peer, let sequence):
            try pair(direction, with: peer)?.sequence == sequence
        default: preconditionFailure("a condition of the other store")
        }
    }
}
