package import Audit
package import Primitives
package import Storage

/// Stops an office or the exchange at one of its commits: from then on nothing is stored, as after
/// a power cut. The store is to be opened anew.
package final class TownFault: Sendable {
    private let failing: Int
    private let moment: Faults.Moment
    private let count = Lock(0)

    /// Commits count from 1; 0 stops at none.
    package init(at failing: Int, _ moment: Faults.Moment = .before) {
        self.failing = failing
        self.moment = moment
    }

    /// Whether the commit was reached.
    package var isReached: Bool { count.withLock { $0 >= failing } }

    fileprivate func around<Answer>(
        _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let number = count.withLock { count in
            count += 1
            return count
        }
        guard failing > 0, number >= failing else { return try await call() }
        if number == failing, moment == .afterwards { _ = try await call() }
        throw Faults.error
    }
}

package final class TownGatewayStore: GatewayStore {
    private let base: any GatewayStore
    private let fault: TownFault

    package init(_ base: any GatewayStore, _ fault: TownFault) {
        self.base = base
        self.fault = fault
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer { try await base.read(query) }

    package func commit(
        _ changes: [Change<GatewayWrite>]
    ) async -> [Result<Committed, StoreError>] {
        do throws(StoreError) {
            return try await fault.around { () async throws(StoreError) in
                await base.commit(changes)
            }
        } catch { return changes.map { _ in .failure(error) } }
    }

    package func keep(_ facts: [GatewayUpkeep]) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in try await base.keep(facts) }
    }

    package func keepChunk(
        _ sha256: Digest,
        _ sealed: [UInt8],
        at now: Timestamp
    ) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in
            try await base.keepChunk(sha256, sealed, at: now)
        }
    }

    package func chunk(_ sha256: Digest) async throws(StoreError) -> [UInt8]? {
        try await base.chunk(sha256)
    }

    package func dropChunks(storedBefore before: Timestamp) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in
            try await base.dropChunks(storedBefore: before)
        }
    }

    package func save(_ checkpoint: Checkpoint, signedAt: Timestamp) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in
            try await base.save(checkpoint, signedAt: signedAt)
        }
    }

    package func dataKeys() async throws(StoreError) -> [DataKeyRow] { try await base.dataKeys() }

    package func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(reference)
    }

    package func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(of: subject, in: fiscalYear)
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await base.keepDataKey(key)
    }

    package func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in
            try await base.rewrapDataKeys(wrapped)
        }
    }

    package func destroySpentKeys() async throws(StoreError) -> Int {
        try await fault.around { () async throws(StoreError) in try await base.destroySpentKeys() }
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? {
        try await base.restoreMark()
    }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in try await base.keep(mark) }
    }

    package func close() { base.close() }
}

package final class TownExchangeStore: ExchangeStore {
    private let base: any ExchangeStore
    private let fault: TownFault

    package init(_ base: any ExchangeStore, _ fault: TownFault) {
        self.base = base
        self.fault = fault
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer { try await base.read(query) }

    package func commit(
        _ changes: [Change<ExchangeWrite>]
    ) async -> [Result<Committed, StoreError>] {
        do throws(StoreError) {
            return try await fault.around { () async throws(StoreError) in
                await base.commit(changes)
            }
        } catch { return changes.map { _ in .failure(error) } }
    }

    package func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in try await base.keep(facts) }
    }

    package func save(_ checkpoint: Checkpoint, signedAt: Timestamp) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in
            try await base.save(checkpoint, signedAt: signedAt)
        }
    }

    package func dataKeys() async throws(StoreError) -> [DataKeyRow] { try await base.dataKeys() }

    package func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(reference)
    }

    package func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(of: subject, in: fiscalYear)
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await base.keepDataKey(key)
    }

    package func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in
            try await base.destroyDataKeys(ofYear: year)
        }
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? {
        try await base.restoreMark()
    }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) {
        try await fault.around { () async throws(StoreError) in try await base.keep(mark) }
    }

    package func close() { base.close() }
}
