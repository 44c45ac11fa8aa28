package import Audit
package import Primitives

/// An exchange's store in `<folder>/exchange.db` and `<folder>/secrets.db`.
package final class SQLiteExchangeStore: ExchangeStore {
    private let folder: DataFolder
    private let engine: SQLiteEngine

    /// Opens or makes the store, after the checks of the start.
    ///
    /// `clock` tells how old a decision is; `source` stands in every leaf.
    ///
    /// - Throws: `rolledBack` and `damaged` when nothing may be written; `unknownFile`,
    ///   `newerSchema`, and what the disk throws.
    package init(
        in folder: DataFolder,
        clock: any TimeSource,
        source: AuditSource,
        options: StoreOptions = StoreOptions()
    ) throws(StoreError) {
        self.folder = folder
        engine = try SQLiteEngine(
            folder: folder.path,
            file: ExchangeSchema.file,
            named: "exchange.db",
            log: LogSource(clock: clock, source: source),
            options: options
        )
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await engine.read { connection throws(StoreError) in
            try query(ExchangeSnapshot(connection: connection))
        }
    }

    package func commit(
        _ changes: [Change<ExchangeWrite>]
    ) async -> [Result<Committed, StoreError>] {
        await engine.commit(changes)
    }

    package func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError) {
        try await engine.keep(facts)
    }
}

extension SQLiteExchangeStore {
    /// What was written since the store was opened.
    package var statistics: StoreStatistics { engine.statistics }

    package func save(
        _ checkpoint: Checkpoint,
        signedAt: Timestamp
    ) async throws(StoreError) {
        try await engine.save(checkpoint, signedAt: signedAt)
    }

    package func dataKeys() async throws(StoreError) -> [DataKeyRow] {
        try await engine.dataKeys()
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await engine.keepDataKey(key)
    }

    package func close() { engine.close() }
}

extension ExchangeWrite: StoredFact {
    func store(_ connection: Connection) throws(StoreError) {
        try ExchangeTables(connection: connection).store(self)
    }

    var byteCount: Int {
        switch self {
        case .accept(let message, let sealed, _, let accepted):
            sealed.count + message.routing.count + message.submission.count
                + accepted.bytes.count
        case .statement(let statement): statement.bytes.count
        case .directoryObject(let object): object.bytes.count
        default: 0
        }
    }
}

extension ExchangeUpkeep: StoredFact {
    func store(_ connection: Connection) throws(StoreError) {
        try ExchangeTables(connection: connection).store(self)
    }

    var byteCount: Int {
        switch self {
        case .chunk(let chunk): chunk.sealed.count
        case .proofs(_, _, let sealed, _): sealed.count
        default: 0
        }
    }
}
