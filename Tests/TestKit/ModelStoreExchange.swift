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
        try query(try state.content())
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

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try state.keepDataKey(key)
    }

    package func close() { state.close() }
}

/// What is left of an exchange's store when its process has ended.
package struct ModelExchangeDisk: Sendable {
    let disk: ModelDisk<ExchangeModel>
}

/// The rows of an exchange.
struct ExchangeModel: ModelContent, ModelLogReader {
    typealias Write = ExchangeWrite

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
        var events: [EventRow] = []
    }

    struct WatchedCopy: Hashable {
        let key: MessageKey
        let to: MemberID
    }

    var log: ModelLog
    var messages: [Held] = []
    var watches: [WatchedCopy: Timestamp] = [:]
    var duplicates: [Digest: Digest] = [:]
    var chunks: [UploadedChunk] = []
    var mailboxes: [MemberID: Mailbox] = [:]
    var statements: [StatementRow] = []
    var admitted: [MemberID: MemberRow] = [:]
    var certificates: [CertificateRow] = []
    var codes: [MemberID: JoiningCodeRow] = [:]
    var objects: [Digest: [UInt8]] = [:]
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

    func held(_ key: MessageKey) -> Held? { messages.first { $0.row.key == key } }
}
