package import Audit
package import Primitives
package import Storage

/// Fails one call of a store, to show that what stands afterwards is sound.
///
/// ```swift
/// let faults = Faults(failingCall: 3)
/// let store = FaultyExchangeStore(store, faults)
/// ```
package final class Faults: Sendable {
    package enum Moment: Sendable, CaseIterable {
        /// The call does nothing.
        case before
        /// The call does its work and the answer is lost.
        case afterwards
    }

    package static let error = StoreError.unavailable(code: 5)

    private let failingCall: Int
    private let moment: Moment
    private let count = Lock(0)

    /// Calls count from 1; a `failingCall` of 0 fails none.
    package init(failingCall: Int, _ moment: Moment = .before) {
        self.failingCall = failingCall
        self.moment = moment
    }

    /// Calls so far. A sweep ends when this is below the failing one.
    package var calls: Int { count.withLock { $0 } }

    func around<Answer>(
        _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if number == failingCall, moment == .before { throw Self.error }
        let answer = try await call()
        if number == failingCall, moment == .afterwards { throw Self.error }
        return answer
    }
}

/// An exchange's store with one fault.
package final class FaultyExchangeStore: ExchangeStore {
    private let base: any ExchangeStore
    private let faults: Faults

    package init(_ base: any ExchangeStore, _ faults: Faults) {
        self.base = base
        self.faults = faults
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await faults.around { () async throws(StoreError) in try await base.read(query) }
    }

    package func commit(
        _ changes: [Change<ExchangeWrite>]
    ) async -> [Result<Committed, StoreError>] {
        do throws(StoreError) {
            return try await faults.around { () async throws(StoreError) in
                await base.commit(changes)
            }
        } catch {
            return changes.map { _ in .failure(error) }
        }
    }

    package func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in try await base.keep(facts) }
    }

    package func save(
        _ checkpoint: Checkpoint,
        signedAt: Timestamp
    ) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in
            try await base.save(checkpoint, signedAt: signedAt)
        }
    }

    package func dataKeys() async throws(StoreError) -> [DataKeyRow] {
        try await faults.around { () async throws(StoreError) in try await base.dataKeys() }
    }

    package func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await faults.around { () async throws(StoreError) in
            try await base.dataKey(reference)
        }
    }

    package func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await faults.around { () async throws(StoreError) in
            try await base.dataKey(of: subject, in: fiscalYear)
        }
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await faults.around { () async throws(StoreError) in
            try await base.keepDataKey(key)
        }
    }

    package func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in
            try await base.destroyDataKeys(ofYear: year)
        }
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? {
        try await base.restoreMark()
    }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in try await base.keep(mark) }
    }

    package func close() { base.close() }
}

/// An organisation's store with one fault.
package final class FaultyGatewayStore: GatewayStore {
    private let base: any GatewayStore
    private let faults: Faults

    package init(_ base: any GatewayStore, _ faults: Faults) {
        self.base = base
        self.faults = faults
    }

    package func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await faults.around { () async throws(StoreError) in try await base.read(query) }
    }

    package func commit(
        _ changes: [Change<GatewayWrite>]
    ) async -> [Result<Committed, StoreError>] {
        do throws(StoreError) {
            return try await faults.around { () async throws(StoreError) in
                await base.commit(changes)
            }
        } catch {
            return changes.map { _ in .failure(error) }
        }
    }

    package func keep(_ facts: [GatewayUpkeep]) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in try await base.keep(facts) }
    }

    package func keepChunk(
        _ sha256: Digest,
        _ sealed: [UInt8],
        at now: Timestamp
    ) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in
            try await base.keepChunk(sha256, sealed, at: now)
        }
    }

    package func chunk(_ sha256: Digest) async throws(StoreError) -> [UInt8]? {
        try await faults.around { () async throws(StoreError) in try await base.chunk(sha256) }
    }

    package func dropChunks(storedBefore before: Timestamp) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in
            try await base.dropChunks(storedBefore: before)
        }
    }

    package func save(
        _ checkpoint: Checkpoint,
        signedAt: Timestamp
    ) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in
            try await base.save(checkpoint, signedAt: signedAt)
        }
    }

    package func dataKeys() async throws(StoreError) -> [DataKeyRow] {
        try await faults.around { () async throws(StoreError) in try await base.dataKeys() }
    }

    package func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await faults.around { () async throws(StoreError) in
            try await base.dataKey(reference)
        }
    }

    package func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await faults.around { () async throws(StoreError) in
            try await base.dataKey(of: subject, in: fiscalYear)
        }
    }

    package func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await faults.around { () async throws(StoreError) in
            try await base.keepDataKey(key)
        }
    }

    package func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in
            try await base.rewrapDataKeys(wrapped)
        }
    }

    package func destroySpentKeys() async throws(StoreError) -> Int {
        try await faults.around { () async throws(StoreError) in
            try await base.destroySpentKeys()
        }
    }

    package func restoreMark() async throws(StoreError) -> RestoreMark? {
        try await base.restoreMark()
    }

    package func keep(_ mark: RestoreMark?) async throws(StoreError) {
        try await faults.around { () async throws(StoreError) in try await base.keep(mark) }
    }

    package func close() { base.close() }
}
