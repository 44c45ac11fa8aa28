package import Audit
import Delivery
import Directory
package import Primitives
package import Storage

/// The oracle of an exchange's store.
package final class ModelExchangeStore: ExchangeStore {
    private let state: ModelState<ExchangeModel>

    package init(clock: any TimeSource, source: AuditSource) {
        state = ModelState(clock: clock, source: source)
    }

    /// Opens what another run has left behind, with a fault planted in it or not.
    package init(_ disk: ModelExchangeDisk, clock: any TimeSource, plant: ModelPlant? = nil) {
        var disk = disk.disk
        disk.content.plant = plant
        state = ModelState(disk, clock: clock, answersFirst: plant == .answersBeforeCommit)
    }

    /// What the end of the process would leave behind now.
    package var disk: ModelExchangeDisk { ModelExchangeDisk(disk: state.disk) }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try query(try state.reader())
    }

    package func commit(
        _ changes: [Change<ExchangeWrite>]
    ) async -> [Result<Committed, StoreError>] {
        state.commit(changes)
    }

    package func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError) {
        try state.change { model throws(StoreError) in
            for fact in facts { try model.store(fact) }
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

    package func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try state.destroyDataKeys(ofYear: year)
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? { state.mark }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) { state.keep(mark) }

    package func close() { state.close() }
}

/// What is left of an exchange's store when its process has ended.
package struct ModelExchangeDisk: Sendable {
    let disk: ModelDisk<ExchangeModel>
}

/// The rows of an exchange.
struct ExchangeModel: ModelContent, ModelLogReader {
    typealias Write = ExchangeWrite

    var reader: any ExchangeReader { self }

    struct Held {
        let place: Int64
        let row: MessageRow
        var body: [UInt8]?
        var copies: [CopyRow]
        var endedAt: Timestamp?
    }

    struct Mailbox {
        var revision: Int64 = 0
        var cursor: Int64 = 0
        var dropped: Int64 = 0
        var events = ModelList<EventRow>()
        /// No event is older, and no proof.
        var oldest: Timestamp?
        var oldestProof: Timestamp?
    }

    struct WatchedCopy: Hashable {
        let key: MessageKey
        let to: MemberID
    }

    /// Two that have dealt with each other.
    struct Pair: Hashable {
        let members: Set<MemberID>
    }

    var log: ModelLog
    var messages = ModelTable<MessageKey, Held>()
    /// In the order they came, for each sender.
    var sent = ModelTable<MemberID, ModelList<MessageKey>>()
    /// Messages with a copy that waits, and for whom.
    var open = ModelSet<MessageKey>()
    var mail = ModelTable<MemberID, ModelSet<MessageKey>>()
    /// Messages that have ended and whose body is still here.
    var ended = ModelTable<MessageKey, Timestamp>()
    var pairs = ModelSet<Pair>()
    var watches = ModelTable<WatchedCopy, Timestamp>()
    var duplicates = ModelTable<Digest, Digest>()
    var contents = ModelSet<Digest>()
    var chunks: [UploadedChunk] = []
    var mailboxes = ModelTable<MemberID, Mailbox>()
    var statements = ModelStatements<StatementRow>()
    var admitted = ModelTable<MemberID, MemberRow>()
    var certificates = ModelTable<Digest, CertificateRow>()
    var codes = ModelTable<MemberID, JoiningCodeRow>()
    var objects = ModelTable<Digest, [UInt8]>()
    /// Years that are held or were destroyed.
    var years: [Int: Retention] = [:]
    /// Rows so far: a place is never given twice.
    var lastPlace: Int64 = 0
    var plant: ModelPlant?

    init(log: ModelLog) { self.log = log }

    func holds(_ condition: Precondition) throws(StoreError) -> Bool {
        switch condition {
        case .statementUnknown(let slot): return try statement(in: slot) == nil
        case .messageUnknown(let key, let sealed):
            return try duplicate(key, sealed: sealed) == .unknown
        case .copyState(let key, let to, let state): return try copy(key, to: to)?.state == state
        case .certificateStanding(let sha256):
            return try certificate(sha256).map { $0.revokedAt == nil } ?? false
        case .codeStanding(let member, let tries):
            return codes[member].map { $0.keys != nil && $0.tries == tries } ?? false
        case .usage(let from, let to, let most):
            let usage = try usage(from: from, to: to)
            return usage.messages <= most.messages && usage.bytes <= most.bytes
        default: preconditionFailure("a condition of the other store")
        }
    }

    func used(_ chunk: UploadedChunk) -> Bool {
        messages.contains { held in
            held.body != nil && held.row.key.from == chunk.member
                && held.row.chunks.contains { $0.sealedSha256 == chunk.sha256 }
        }
    }

    static func isWaiting(_ copy: CopyRow) -> Bool {
        copy.state == .accepted || copy.state == .released
    }

    func held(_ key: MessageKey) -> Held? { messages[key] }

    /// Those with a copy that waits.
    var waiting: [Held] { open.keys.compactMap { messages[$0] } }
}

/// Statements by their hash, by their slot, and by their message in the order they came.
struct ModelStatements<Row: Sendable>: Sendable {
    private var rows = ModelTable<Digest, Row>()
    private var slots = ModelTable<StatementSlot, Digest>()
    private var ofMessage = ModelTable<MessageKey, [Digest]>()

    subscript(sha256: Digest) -> Row? { rows[sha256] }

    subscript(slot: StatementSlot) -> Row? { slots[slot].flatMap { rows[$0] } }

    func of(_ key: MessageKey) -> [Row] { (ofMessage[key] ?? []).compactMap { rows[$0] } }

    func holds(_ statement: StatementRow) -> Bool {
        rows[statement.sha256] != nil || slots[statement.slot] != nil
    }

    /// The first of a slot keeps it.
    mutating func add(_ row: Row, _ statement: StatementRow) {
        rows[statement.sha256] = row
        if slots[statement.slot] == nil { slots[statement.slot] = statement.sha256 }
        guard let key = statement.slot.message else { return }
        ofMessage[key, default: []].append(statement.sha256)
    }

    mutating func replace(_ sha256: Digest, by row: Row) { rows[sha256] = row }

    /// - Returns: those of the message, which are gone.
    mutating func removeAll(of key: MessageKey, slot: (Row) -> StatementSlot) -> [Digest] {
        let gone = ofMessage[key] ?? []
        for sha256 in gone {
            if let row = rows[sha256], slots[slot(row)] == sha256 { slots[slot(row)] = nil }
            rows[sha256] = nil
        }
        ofMessage[key] = nil
        return gone
    }
}
