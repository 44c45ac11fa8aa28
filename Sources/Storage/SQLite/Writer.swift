import Audit
import Primitives

/// What the writer needs of the world to check a decision's age and to write a leaf.
struct LogSource: Sendable {
    let clock: any TimeSource
    let source: AuditSource
}

/// Acts of one caller that commit together, and where their results go.
struct WriteJob: Sendable {
    typealias Act = @Sendable (Writer) throws(StoreError) -> Committed

    let acts: [Act]
    let bytes: Int
    let answer: @Sendable ([Result<Committed, StoreError>]) -> Void

    /// How many of the waiting jobs go into one transaction.
    static func batch(_ waiting: [WriteJob]) -> Int {
        var acts = 0
        var bytes = 0
        let end = waiting.firstIndex { job in
            acts += job.acts.count
            bytes += job.bytes
            return acts > Limits.commitBatch || bytes > Limits.commitBatchBytes
        }
        return end ?? waiting.count
    }
}

/// The one writer of a database; it lives on its own thread.
final class Writer {
    let connection: Connection
    let clock: any TimeSource
    let log: LogWriter
    var heads: LogHeads

    init(connection: Connection, log: LogSource) throws(StoreError) {
        self.connection = connection
        clock = log.clock
        self.log = LogWriter(connection: connection, source: log.source)
        heads = try self.log.heads()
    }

    /// Commits jobs in one transaction and answers each, only afterwards.
    ///
    /// Where the transaction as a whole fails, each job is tried alone, so that one that finds no
    /// room does not fail its neighbours.
    func commit(_ jobs: [WriteJob], counting counts: Lock<StoreStatistics>) {
        let before = heads
        do throws(StoreError) {
            try connection.run("BEGIN IMMEDIATE")
            var results: [[Result<Committed, StoreError>]] = []
            for job in jobs { results.append(try perform(job.acts)) }
            try connection.run("COMMIT")
            let succeeded = results.joined().count { if case .success = $0 { true } else { false } }
            counts.withLock {
                $0.changes += succeeded
                $0.transactions += 1
            }
            for (job, result) in zip(jobs, results) { job.answer(result) }
        } catch {
            let error = connection.rolledBack(after: error)
            heads = before
            if jobs.count > 1 {
                for job in jobs { commit([job], counting: counts) }
            } else {
                for job in jobs { job.answer(job.acts.map { _ in .failure(error) }) }
            }
        }
    }

    private func perform(
        _ acts: [WriteJob.Act]
    ) throws(StoreError) -> [Result<Committed, StoreError>] {
        var results: [Result<Committed, StoreError>] = []
        for act in acts { results.append(try perform(act)) }
        return results
    }

    /// Runs one act so that it leaves all or nothing in the transaction.
    ///
    /// - Throws: what fails the transaction; a conflict is a result.
    private func perform(
        _ act: WriteJob.Act
    ) throws(StoreError) -> Result<Committed, StoreError> {
        let before = heads
        try connection.run("SAVEPOINT act")
        do throws(StoreError) {
            let committed = try act(self)
            try connection.run("RELEASE act")
            return .success(committed)
        } catch {
            guard case .conflict = error, connection.isInTransaction else { throw error }
            heads = before
            try connection.run("ROLLBACK TO act")
            try connection.run("RELEASE act")
            return .failure(error)
        }
    }
}

extension Writer {
    /// Checks, writes and logs one change.
    func apply(_ change: Change<some StoredFact>) throws(StoreError) -> Committed {
        for condition in change.expects {
            guard try holds(condition) else { throw .conflict(condition) }
        }
        for write in change.writes { try write.store(connection) }
        let positions = try log.append(change.audit, to: &heads)
        return Committed(positions: positions, receipts: change.receipts)
    }
}

/// A fact that knows its tables.
protocol StoredFact: Sendable {
    /// About how much of the log file it fills.
    var byteCount: Int { get }
    func store(_ connection: Connection) throws(StoreError)
}
