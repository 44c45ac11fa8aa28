import Audit
import Primitives

/// Settings of a store that no format knows.
package struct StoreOptions: Sendable {
    /// Connections that read while the writer writes.
    package var readers = 2
    /// Of the main database, 4 KiB each; nil: as many as the disk has room for.
    package var maximumPages: Int?
    /// An older copy is opened too: by whoever recovers it, or joins anew before that.
    package var isRecovering = false

    package init() {}
}

/// How much a store has written since it was opened.
package struct StoreStatistics: Hashable, Sendable {
    /// Changes and upkeep that were committed.
    package internal(set) var changes = 0
    /// Transactions that took.
    package internal(set) var transactions = 0
}

/// Threads and connections of one store: one writer, a few readers, and one for `secrets.db`.
///
/// Ending the value ends the threads, after the work that waits.
final class SQLiteEngine: Sendable {
    typealias Query = @Sendable (Connection) -> Void

    private let writes = WorkQueue<WriteJob>(capacity: Limits.writerQueue)
    private let queries = WorkQueue<Query>(capacity: Limits.writerQueue)
    private let secrets = WorkQueue<Query>(capacity: Limits.writerQueue)
    private let counts = Lock(StoreStatistics())
    private let threads: Lock<[StorageThread]>
    private let folder: String
    private let path: String
    /// Whether it was found to be an older copy while it was open.
    private let isStopped = Lock(false)
    let secretsPath: String

    var statistics: StoreStatistics { counts.withLock { $0 } }

    /// Opens `<folder>/<name>` and the `secrets.db` beside it, checks the log, starts the threads.
    ///
    /// `prepare` runs once before anybody reads or writes.
    ///
    /// - Throws: `restored`, `rolledBack`, `damaged`, and what opening the files throws.
    init(
        _ place: (folder: String, name: String),
        file: SQLiteFile,
        log: LogSource,
        options: StoreOptions,
        preparing prepare: (Connection) throws(StoreError) -> Void = { _ in }
    ) throws(StoreError) {
        let mark = try RestoreMark.read(in: place.folder)
        guard mark == nil || options.isRecovering else { throw .restored }
        folder = place.folder
        path = place.folder + "/" + place.name
        let main = try file.open(path)
        if let pages = options.maximumPages {
            _ = try main.number("PRAGMA max_page_count = \(pages)")
        }
        if options.isRecovering { try main.checkWholeLog() } else { try main.checkLog() }
        try prepare(main)
        // What a process that was killed has deleted may still stand there.
        try main.emptyLog()
        let writer = try Writer(connection: main, log: log)
        secretsPath = place.folder + "/secrets.db"
        let secretsPath = secretsPath
        let keys = try SecretsFile.file.open(secretsPath)
        try keys.wipeLog(beside: secretsPath)
        var started: [StorageThread] = []
        started.append(Self.start(writer, writes, counts))
        started.append(
            Self.start(keys, secrets) { keys throws(StoreError) in
                try keys.wipeLog(beside: secretsPath)
            }
        )
        for _ in 0..<options.readers {
            started.append(Self.start(try Connection(path: path, .read), queries))
        }
        threads = Lock(started)
    }

    deinit { close() }

    func restoreMark() throws(StoreError) -> RestoreMark? { try RestoreMark.read(in: folder) }

    func keep(_ mark: RestoreMark?) throws(StoreError) {
        guard let mark else { return try RestoreMark.remove(in: folder) }
        isStopped.withLock { $0 = true }
        try mark.write(in: folder)
    }

    /// Runs `query` in one transaction of a reader.
    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (Connection) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await run(query, on: queries)
    }

    /// Runs `query` in one transaction of `secrets.db`.
    func withSecrets<Answer: Sendable>(
        _ query: @escaping @Sendable (Connection) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await run(query, on: secrets)
    }

    /// Commits changes together, each on what those before it have left.
    func commit(
        _ changes: [Change<some StoredFact>]
    ) async -> [Result<Committed, StoreError>] {
        var acts: [WriteJob.Act] = []
        for change in changes {
            let act: WriteJob.Act = { writer throws(StoreError) in
                // In one expression this line crashes the compiler (Swift 6.3.1).
                let committed = try writer.apply(change)
                return committed
            }
            acts.append(act)
        }
        let bytes = changes.flatMap(\.writes).reduce(0) { $0 + $1.byteCount }
        return await write(acts, bytes: bytes)
    }

    /// Commits facts together, without a leaf.
    func keep(_ facts: [some StoredFact]) async throws(StoreError) {
        try await write(bytes: facts.reduce(0) { $0 + $1.byteCount }) {
            connection throws(StoreError) in
            for fact in facts { try fact.store(connection) }
        }
    }

    /// Runs `work` on the writer's thread, between the work of others, and commits it.
    func write(
        bytes: Int = 0,
        _ work: @escaping @Sendable (Connection) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let act: WriteJob.Act = { writer throws(StoreError) in
            try work(writer.connection)
            return Committed(positions: [], receipts: [])
        }
        _ = try only(await write([act], bytes: bytes))
    }

    func save(_ checkpoint: Checkpoint, signedAt: Timestamp) async throws(StoreError) {
        try await write { connection throws(StoreError) in
            try connection.save(checkpoint, signedAt: signedAt)
        }
    }

    /// Hands `acts` to the writer; they commit together.
    ///
    /// - Returns: after COMMIT, one result each.
    private func write(_ acts: [WriteJob.Act], bytes: Int) async -> [Result<Committed, StoreError>]
    {
        guard !isStopped.withLock({ $0 }) else { return acts.map { _ in .failure(.restored) } }
        return await withCheckedContinuation { continuation in
            let job = WriteJob(acts: acts, bytes: bytes) { continuation.resume(returning: $0) }
            do throws(StoreError) {
                try writes.push(job)
            } catch {
                continuation.resume(returning: acts.map { _ in .failure(error) })
            }
        }
    }

    /// Writes the main file anew and empties the log beside it. Whoever writes meanwhile is told
    /// `busy`.
    ///
    /// - Throws: `busy` where somebody reads for too long; `full`: it takes as much room again.
    func rewrite() async throws(StoreError) {
        let path = path
        try await outsideTransaction { _ throws(StoreError) in
            let main = try Connection(path: path, .write)
            try main.script("VACUUM")
            try main.emptyLog()
        }
    }

    /// Runs `work` on the thread and connection of `secrets.db`, between the queries of others.
    func outsideTransaction(
        _ work: @escaping @Sendable (Connection) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            do throws(StoreError) {
                try secrets.push { connection in
                    do throws(StoreError) {
                        try work(connection)
                        continuation.resume(returning: .success(()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        try result.get()
    }

    func close() {
        writes.close()
        queries.close()
        secrets.close()
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in running { thread.join() }
    }

    private func run<Answer: Sendable>(
        _ query: @escaping @Sendable (Connection) throws(StoreError) -> Answer,
        on queue: WorkQueue<Query>
    ) async throws(StoreError) -> Answer {
        let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
            do throws(StoreError) {
                try queue.push { connection in
                    continuation.resume(returning: connection.transaction(query))
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// `end` is done last; where it fails, the next start does it.
    private static func start(
        _ connection: sending Connection,
        _ queue: WorkQueue<Query>,
        end: @escaping @Sendable (Connection) throws(StoreError) -> Void = { _ in }
    ) -> StorageThread {
        StorageThread {
            while let query = queue.take().first { query(connection) }
            _ = Result { () throws(StoreError) in try end(connection) }
        }
    }

    private static func start(
        _ writer: sending Writer,
        _ queue: WorkQueue<WriteJob>,
        _ counts: Lock<StoreStatistics>
    ) -> StorageThread {
        StorageThread {
            var expected = 1
            while true {
                // As many callers as the last time are likely to come back soon; one alone never
                // waits for others.
                let batch = queue.take(
                    expected: expected,
                    window: Limits.commitWindow,
                    amount: WriteJob.batch
                )
                guard !batch.isEmpty else { return }
                expected = batch.count
                writer.commit(batch, counting: counts)
            }
        }
    }
}

extension Connection {
    /// Brings what was committed into the file itself and leaves nothing in the log beside it.
    func emptyLog() throws(StoreError) {
        guard try number("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else { throw .busy }
    }

    /// The same, after its bytes were overwritten: a block that a file leaves keeps them, and with
    /// them keys that are destroyed. Where this is cut short, SQLite finds an empty log.
    func wipeLog(beside path: String) throws(StoreError) {
        guard try number("PRAGMA wal_checkpoint(RESTART)") == 0 else { throw .busy }
        try FileSystem.overwrite(path + "-wal")
        try emptyLog()
    }

    /// One transaction: all of `query` sees the same state, and what it wrote is committed.
    func transaction<Answer>(
        _ query: (Connection) throws(StoreError) -> Answer
    ) -> Result<Answer, StoreError> {
        do throws(StoreError) {
            try run("BEGIN")
            let answer = try query(self)
            try run("COMMIT")
            return .success(answer)
        } catch {
            return .failure(rolledBack(after: error))
        }
    }

    /// Ends a transaction that failed; SQLite may have ended it already.
    ///
    /// - Returns: the cause, or what is worse than it: that the connection cannot roll back.
    func rolledBack(after cause: StoreError) -> StoreError {
        guard isInTransaction else { return cause }
        do throws(StoreError) {
            try run("ROLLBACK")
            return cause
        } catch {
            return error
        }
    }
}
