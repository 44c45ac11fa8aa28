import Audit
import Primitives
import Storage
import TestKit

/// An exchange's store as one run of its process has it.
final class LivingExchangeStore: ExchangeStore {
    private let base: any ExchangeStore
    private let life: Life

    init(_ base: any ExchangeStore, _ life: Life) {
        self.base = base
        self.life = life
    }

    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await life.reading { () async throws(StoreError) in try await base.read(query) }
    }

    func commit(_ changes: [Change<ExchangeWrite>]) async -> [Result<Committed, StoreError>] {
        do throws(StoreError) {
            return try await life.writing { () async throws(StoreError) in
                await base.commit(changes)
            }
        } catch { return changes.map { _ in .failure(error) } }
    }

    func keep(_ facts: [ExchangeUpkeep]) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in try await base.keep(facts) }
    }

    func save(_ checkpoint: Checkpoint, signedAt: Timestamp) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in
            try await base.save(checkpoint, signedAt: signedAt)
        }
    }

    func dataKeys() async throws(StoreError) -> [DataKeyRow] { try await base.dataKeys() }

    func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(reference)
    }

    func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(of: subject, in: fiscalYear)
    }

    func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await base.keepDataKey(key)
    }

    func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in
            try await base.destroyDataKeys(ofYear: year)
        }
    }

    func restoreMark() async throws(StoreError) -> RestoreMark? {
        try await base.restoreMark()
    }

    func keep(_ mark: RestoreMark?) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in try await base.keep(mark) }
    }

    func close() { base.close() }
}

/// The same of an organisation.
final class LivingGatewayStore: GatewayStore {
    private let base: any GatewayStore
    private let life: Life

    init(_ base: any GatewayStore, _ life: Life) {
        self.base = base
        self.life = life
    }

    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await life.reading { () async throws(StoreError) in try await base.read(query) }
    }

    func commit(_ changes: [Change<GatewayWrite>]) async -> [Result<Committed, StoreError>] {
        do throws(StoreError) {
            return try await life.writing { () async throws(StoreError) in
                await base.commit(changes)
            }
        } catch { return changes.map { _ in .failure(error) } }
    }

    func keep(_ facts: [GatewayUpkeep]) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in try await base.keep(facts) }
    }

    func keepChunk(
        _ sha256: Digest,
        _ sealed: [UInt8],
        at now: Timestamp
    ) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in
            try await base.keepChunk(sha256, sealed, at: now)
        }
    }

    func chunk(_ sha256: Digest) async throws(StoreError) -> [UInt8]? {
        try await base.chunk(sha256)
    }

    func dropChunks(storedBefore before: Timestamp) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in
            try await base.dropChunks(storedBefore: before)
        }
    }

    func save(_ checkpoint: Checkpoint, signedAt: Timestamp) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in
            try await base.save(checkpoint, signedAt: signedAt)
        }
    }

    func dataKeys() async throws(StoreError) -> [DataKeyRow] { try await base.dataKeys() }

    func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(reference)
    }

    func dataKey(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(StoreError) -> DataKeyRow? {
        try await base.dataKey(of: subject, in: fiscalYear)
    }

    func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await base.keepDataKey(key)
    }

    func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in
            try await base.rewrapDataKeys(wrapped)
        }
    }

    func destroySpentKeys() async throws(StoreError) -> Int {
        try await life.writing { () async throws(StoreError) in try await base.destroySpentKeys() }
    }

    func restoreMark() async throws(StoreError) -> RestoreMark? {
        try await base.restoreMark()
    }

    func keep(_ mark: RestoreMark?) async throws(StoreError) {
        try await life.writing { () async throws(StoreError) in try await base.keep(mark) }
    }

    func close() { base.close() }
}
