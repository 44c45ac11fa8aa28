package import Audit
package import Primitives

/// An organisation's store in `<folder>/orgs/<memberId>/store.db` and `secrets.db` beside it.
package final class SQLiteGatewayStore: GatewayStore {
    private let folder: DataFolder
    private let engine: SQLiteEngine
    private let chunks: ChunkTable

    /// Opens or makes the store, after the checks of the start.
    ///
    /// `clock` tells how old a decision is; `source` stands in every leaf.
    ///
    /// - Throws: `restored`, `rolledBack` and `damaged` when nothing may be written; `unknownFile`,
    ///   `newerSchema`, and what the disk throws.
    package init(
        of member: MemberID,
        in folder: DataFolder,
        clock: any TimeSource,
        source: AuditSource,
        options: StoreOptions = StoreOptions()
    ) throws(StoreError) {
        self.folder = folder
        let path = folder.path + "/orgs/" + member.text
        try FileSystem.makeFolder(path)
        let segments = try ChunkFolder(path + "/segments")
        engine = try SQLiteEngine(
            (folder: path, name: "store.db"),
            file: GatewaySchema.file,
            log: LogSource(clock: clock, source: source),
            options: options
        ) { connection throws(StoreError) in
            try segments.removeAll { name throws(StoreError) in
                try GatewaySnapshot(connection: connection).hasChunk(named: name)
            }
        }
        chunks = ChunkTable(engine: engine, folder: segments)
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await engine.read { connection throws(StoreError) in
            try query(GatewaySnapshot(connection: connection))
        }
    }

    package func commit(
        _ changes: [Change<GatewayWrite>]
    ) async -> [Result<Committed, StoreError>] {
        await engine.commit(changes)
    }

    package func keep(_ facts: [GatewayUpkeep]) async throws(StoreError) {
        try await engine.keep(facts)
    }
}

extension SQLiteGatewayStore {
    package func keepChunk(
        _ sha256: Digest,
        _ sealed: [UInt8],
        at now: Timestamp
    ) async throws(StoreError) {
        try await chunks.keep(sha256.hex, sealed) { connection throws(StoreError) in
            try connection.run(
                """
                INSERT INTO chunk VALUES (?1, ?2)
                ON CONFLICT (sha256) DO UPDATE SET storedAt = excluded.storedAt
                """,
                sha256,
                now
            )
        }
    }

    package func chunk(_ sha256: Digest) async throws(StoreError) -> [UInt8]? {
        try await chunks.read(sha256.hex)
    }

    package func dropChunks(storedBefore before: Timestamp) async throws(StoreError) {
        let dropped = Lock<[String]>([])
        try await engine.write { connection throws(StoreError) in
            let unclaimed: [Digest] = try connection.rows(
                """
                DELETE FROM chunk WHERE storedAt < ?1 AND NOT EXISTS (
                    SELECT 1 FROM messageChunk AS used WHERE used.sha256 = chunk.sha256)
                RETURNING sha256
                """,
                before
            ) { row throws(StoreError) in try row[0] }
            dropped.withLock { $0 = unclaimed.map(\.hex) }
        }
        try await chunks.remove(dropped.withLock { $0 }) { connection, name throws(StoreError) in
            try GatewaySnapshot(connection: connection).hasChunk(named: name)
        }
    }

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

    package func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError) {
        try await engine.rewrapDataKeys(wrapped)
    }

    package func destroySpentKeys() async throws(StoreError) -> Int {
        let spent = try await engine.read { connection throws(StoreError) in
            try GatewaySnapshot(connection: connection).spentKeys()
        }
        return try await engine.destroyDataKeys(spent)
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? {
        try engine.restoreMark()
    }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) { try engine.keep(mark) }

    package func close() { engine.close() }
}

extension GatewayWrite: StoredFact {
    func store(_ connection: Connection) throws(StoreError) {
        try GatewayTables(connection: connection).store(self)
    }

    var byteCount: Int {
        switch self {
        case .queue(let row): row.draft?.bytes.count ?? 0
        case .seal(_, let bytes):
            bytes.sealed.count + bytes.content.bytes.count
        case .receive(let row, let bytes):
            (bytes?.sealed.count ?? 0) + (row.sheet?.sealed?.bytes.count ?? 0)
        case .record(_, _, let sealed, _): sealed.bytes.count
        case .emergency(let row): row.sealed.bytes.count
        default: 0
        }
    }
}

extension GatewayUpkeep: StoredFact {
    func store(_ connection: Connection) throws(StoreError) {
        try GatewayTables(connection: connection).store(self)
    }

    var byteCount: Int {
        switch self {
        case .directoryLeaves(_, let leaves):
            leaves.reduce(0) { $0 + $1.leaf.count + ($1.object?.count ?? 0) }
        case .proof(_, let proof): proof.leaf.count + proof.tlogProof.count
        case .redraft(_, _, let sealed, _): sealed.bytes.count
        default: 0
        }
    }
}

extension GatewaySnapshot {
    fileprivate func hasChunk(named name: String) throws(StoreError) -> Bool {
        guard let sha256 = Digest(hex: name) else { return false }
        return try hasChunk(sha256)
    }
}
