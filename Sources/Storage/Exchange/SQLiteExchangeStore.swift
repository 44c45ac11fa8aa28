package import Audit
package import Primitives

/// An exchange's store in `<folder>/exchange.db` and `<folder>/secrets.db`.
package final class SQLiteExchangeStore: ExchangeStore {
    private let folder: DataFolder
    private let engine: SQLiteEngine
    private let segments: ChunkFolder
    private let chunks: ChunkTable

    /// Opens or makes the store, after the checks of the start.
    ///
    /// `clock` tells how old a decision is; `source` stands in every leaf.
    ///
    /// - Throws: `restored`, `rolledBack` and `damaged` when nothing may be written; `unknownFile`,
    ///   `newerSchema`, and what the disk throws.
    package init(
        in folder: DataFolder,
        clock: any TimeSource,
        source: AuditSource,
        options: StoreOptions = StoreOptions()
    ) throws(StoreError) {
        self.folder = folder
        let segments = try ChunkFolder(folder.path + "/segments")
        self.segments = segments
        engine = try SQLiteEngine(
            (folder: folder.path, name: "exchange.db"),
            file: ExchangeSchema.file,
            log: LogSource(clock: clock, source: source),
            options: options
        ) { connection throws(StoreError) in
            try segments.removeAll { name throws(StoreError) in
                try connection.hasChunk(named: name)
            }
        }
        chunks = ChunkTable(engine: engine, folder: segments)
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let segments = segments
        return try await engine.read { connection throws(StoreError) in
            try query(ExchangeSnapshot(connection: connection, segments: segments))
        }
    }

    package func commit(
        _ changes: [Change<ExchangeWrite>]
    ) async -> [Result<Committed, StoreError>] {
        await engine.commit(changes)
    }

    package func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError) {
        let drafts = Lock<[Digest: String]>([:])
        for case .chunk(let chunk) in facts {
            let draft = try await chunks.write(chunk.sealed)
            drafts.withLock { $0[chunk.sha256] = draft }
        }
        let segments = segments
        try await engine.write(bytes: facts.reduce(0) { $0 + $1.byteCount }) {
            connection throws(StoreError) in
            for fact in facts {
                try fact.store(connection)
                guard case .chunk(let chunk) = fact,
                    let draft = drafts.withLock({ $0.removeValue(forKey: chunk.sha256) })
                else { continue }
                try segments.name(draft, chunk.name)
            }
        }
        if facts.contains(where: \.dropsChunks) {
            try await sweep()
        }
    }

    /// Removes the files of chunks that were dropped, here or with the body of their message.
    private func sweep() async throws(StoreError) {
        let dropped = try await engine.read { connection throws(StoreError) -> [String] in
            try connection.rows("SELECT name FROM droppedChunk") { row throws(StoreError) in
                try row[0]
            }
        }
        try await chunks.remove(dropped) { connection, name throws(StoreError) in
            try connection.run("DELETE FROM droppedChunk WHERE name = ?1", name)
            return try connection.hasChunk(named: name)
        }
    }
}

extension Connection {
    fileprivate func hasChunk(named name: String) throws(StoreError) -> Bool {
        try exists("SELECT 1 FROM chunk WHERE name = ?1", name)
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

    package func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await engine.dataKey(reference)
    }

    package func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await engine.dataKey(of: subject, in: fiscalYear)
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await engine.keepDataKey(key)
    }

    package func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try await engine.destroyDataKeys(ofYear: year)
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? {
        try engine.restoreMark()
    }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) { try engine.keep(mark) }

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
    fileprivate var dropsChunks: Bool {
        switch self {
        case .dropChunks, .forget: true
        default: false
        }
    }

    func store(_ connection: Connection) throws(StoreError) {
        try ExchangeTables(connection: connection).store(self)
    }

    var byteCount: Int {
        switch self {
        case .proofs(_, _, let sealed, _): sealed.count
        case .reconciliation(let statement, _, _): statement.count
        default: 0
        }
    }
}
