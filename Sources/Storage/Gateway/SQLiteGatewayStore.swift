package import Audit
package import Primitives

/// An organisation's store in `<folder>/orgs/<memberId>/store.db` and `secrets.db` beside it.
package final class SQLiteGatewayStore: GatewayStore {
    private let folder: DataFolder
    private let engine: SQLiteEngine

    /// Opens or makes the store, after the checks of the start.
    ///
    /// `clock` tells how old a decision is; `source` stands in every leaf.
    ///
    /// - Throws: `rolledBack` and `damaged` when nothing may be written; `unknownFile`,
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
        engine = try SQLiteEngine(
            folder: path,
            file: GatewaySchema.file,
            named: "store.db",
            log: LogSource(clock: clock, source: source),
            options: options
        )
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

extension GatewayWrite: StoredFact {
    func store(_ connection: Connection) throws(StoreError) {
        try GatewayTables(connection: connection).store(self)
    }

    var byteCount: Int {
        switch self {
        case .queue(let row): row.draft?.bytes.count ?? 0
        case .seal(_, let bytes):
            bytes.sealed.count + bytes.content.bytes.count
                + bytes.chunks.reduce(0) { $0 + $1.sealed.count }
        case .receive(let row, let bytes):
            (bytes?.sealed.count ?? 0) + (row.sheet?.sealed?.bytes.count ?? 0)
                + (bytes?.chunks ?? []).reduce(0) { $0 + $1.sealed.count }
        case .record(_, _, let sealed, _): sealed.bytes.count
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
        default: 0
        }
    }
}
