import Audit
import Primitives
import Storage

/// The rows of one kind of store, as plain values without SQL, disk or threads.
protocol ModelContent: Sendable {
    associatedtype Write: Sendable
    associatedtype Reader
    init(log: ModelLog)
    var log: ModelLog { get set }
    /// As queries take it.
    var reader: Reader { get }
    mutating func store(_ write: Write) throws(StoreError)
    /// Answers for the conditions that are not about the log or the clock.
    func holds(_ condition: Precondition) throws(StoreError) -> Bool
}

/// What a store leaves behind when its process ends: the last commit.
struct ModelDisk<Content: ModelContent>: Sendable {
    var content: Content
    var dataKeys: [DataKeyRow] = []
    var mark: RestoreMark?
}

/// A fault that is planted on purpose, to show that it is found.
package enum ModelPlant: String, CaseIterable, Sendable {
    /// A commit is answered first and stored with the next one.
    case answersBeforeCommit
    /// What was accepted is not known again.
    case forgetsDuplicates
    /// No copy's time is ever over.
    case losesExpiry
}

/// What the two model stores share: one value, changed whole or not at all.
final class ModelState<Content: ModelContent>: Sendable {
    private let state: Lock<State>
    private let clock: any TimeSource
    private let answersFirst: Bool

    private struct State {
        var content: Content
        /// Made for the first query after a change: a handful of tables costs more to hand out
        /// than one reference, and queries are many.
        var reader: Content.Reader?
        var dataKeys: [DataKeyRow] = []
        var isClosed = false
        var mark: RestoreMark?
        /// An older copy, opened for something else than its recovery.
        var isStopped = false
        /// Behind `content` only where the store answers before it has stored.
        var stored: Content?
    }

    init(clock: any TimeSource, source: AuditSource) {
        self.clock = clock
        answersFirst = false
        state = Lock(State(content: Content(log: ModelLog(source: source))))
    }

    init(
        _ disk: ModelDisk<Content>,
        clock: any TimeSource,
        answersFirst: Bool = false,
        isRecovering: Bool = false
    ) {
        self.clock = clock
        self.answersFirst = answersFirst
        let isStopped = disk.mark != nil && !isRecovering
        state = Lock(
            State(
                content: disk.content,
                dataKeys: disk.dataKeys,
                mark: disk.mark,
                isStopped: isStopped
            )
        )
    }

    var mark: RestoreMark? { state.withLock { $0.mark } }

    func keep(_ mark: RestoreMark?) {
        state.withLock { state in
            state.mark = mark
            state.isStopped = mark != nil
        }
    }

    var disk: ModelDisk<Content> {
        state.withLock {
            ModelDisk(content: $0.stored ?? $0.content, dataKeys: $0.dataKeys, mark: $0.mark)
        }
    }

    func content() throws(StoreError) -> Content {
        try state.withLock { state throws(StoreError) in
            guard !state.isClosed else { throw .closed }
            return state.content
        }
    }

    func reader() throws(StoreError) -> Content.Reader {
        try state.withLock { state throws(StoreError) in
            guard !state.isClosed else { throw .closed }
            if let reader = state.reader { return reader }
            let reader = state.content.reader
            state.reader = reader
            return reader
        }
    }

    /// Keeps what `act` did, unless it throws.
    func change(_ act: (inout Content) throws(StoreError) -> Void) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            guard !state.isClosed else { throw .closed }
            guard !state.isStopped else { throw .restored }
            var content = state.content
            try act(&content)
            if answersFirst { state.stored = state.content }
            state.content = content
            state.reader = nil
        }
    }

    func commit(_ changes: [Change<Content.Write>]) -> [Result<Committed, StoreError>] {
        var results: [Result<Committed, StoreError>] = []
        for change in changes {
            do throws(StoreError) {
                results.append(.success(try commit(change)))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }

    private func commit(_ change: Change<Content.Write>) throws(StoreError) -> Committed {
        var positions: [LeafPosition] = []
        try self.change { content throws(StoreError) in
            for condition in change.expects {
                guard try holds(condition, in: content) else { throw .conflict(condition) }
            }
            for write in change.writes { try content.store(write) }
            positions = try content.log.append(change.audit)
        }
        return Committed(positions: positions, receipts: change.receipts)
    }

    private func holds(
        _ condition: Precondition,
        in content: Content
    ) throws(StoreError) -> Bool {
        switch condition {
        case .decidedAt(let time): clock.now.since(time) <= Limits.decisionAge
        case .treeOpen(let tree): content.log.openTree(tree) != nil
        case .treeSize(let tree, let size): content.log.openTree(tree)?.nodes.size == size
        default: try content.holds(condition)
        }
    }

    func save(_ checkpoint: Checkpoint, signedAt: Timestamp) throws(StoreError) {
        try change { content throws(StoreError) in
            try content.log.save(checkpoint, signedAt: signedAt)
        }
    }

    func dataKeys() throws(StoreError) -> [DataKeyRow] {
        _ = try content()
        return state.withLock { $0.dataKeys.filter(\.key.subject.isEmpty) }
    }

    func dataKey(_ reference: Int64) throws(StoreError) -> DataKeyRow? {
        _ = try content()
        return state.withLock { $0.dataKeys.first { $0.reference == reference } }
    }

    func dataKey(of subject: [UInt8], in year: Int) throws(StoreError) -> DataKeyRow? {
        _ = try content()
        return state.withLock { state in
            state.dataKeys.first {
                $0.key.subject == subject && $0.key.fiscalYear == year
            }
        }
    }

    func keepDataKey(_ key: WrappedDataKey) throws(StoreError) -> DataKeyRow {
        _ = try content()
        return state.withLock { state in
            let known = state.dataKeys.first {
                $0.key.use == key.use && $0.key.fiscalYear == key.fiscalYear
                    && $0.key.subject == key.subject
            }
            if let known { return known }
            let row = DataKeyRow(reference: (state.dataKeys.last?.reference ?? 0) + 1, key: key)
            state.dataKeys.append(row)
            return row
        }
    }

    func destroyDataKeys(ofYear year: Int) throws(StoreError) {
        _ = try content()
        state.withLock { $0.dataKeys.removeAll { $0.key.fiscalYear == year } }
    }

    func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) throws(StoreError) {
        _ = try content()
        state.withLock { state in
            state.dataKeys = state.dataKeys.map { row in
                guard let bytes = wrapped[row.reference], row.key.subject.isEmpty else {
                    return row
                }
                let key = WrappedDataKey(
                    use: row.key.use,
                    fiscalYear: row.key.fiscalYear,
                    subject: row.key.subject,
                    wrapped: bytes,
                    createdAt: row.key.createdAt
                )
                return DataKeyRow(reference: row.reference, key: key)
            }
        }
    }

    func destroyDataKeys(_ spent: [Int64]) throws(StoreError) -> Int {
        _ = try content()
        return state.withLock { state in
            let before = state.dataKeys.count
            state.dataKeys.removeAll { spent.contains($0.reference) && !$0.key.subject.isEmpty }
            return before - state.dataKeys.count
        }
    }

    func close() { state.withLock { $0.isClosed = true } }
}
