import Cryptography
import Primitives
import TestKit
import Testing

@testable import Audit

/// Data keys: one per year, durable before use, the first kept stands.
struct DataKeyRingTests {
    /// Keeps wrapped keys in memory; `isBroken` makes every call fail.
    private actor Kept: WrappedDataKeys {
        private var keys: [KeptDataKey] = []
        private var isBroken = false

        func years() throws(DataKeyFault) -> [KeptDataKey] {
            guard !isBroken else { throw .store(isTemporary: true) }
            return keys.filter(\.subject.isEmpty)
        }

        func key(_ reference: Int64) throws(DataKeyFault) -> KeptDataKey? {
            guard !isBroken else { throw .store(isTemporary: true) }
            return keys.first { $0.reference == reference }
        }

        func key(of subject: [UInt8], in year: Int) throws(DataKeyFault) -> KeptDataKey? {
            keys.first { $0.subject == subject && $0.fiscalYear == year }
        }

        func destroy(_ reference: Int64) { keys.removeAll { $0.reference == reference } }

        func keep(
            _ wrapped: [UInt8],
            fiscalYear: Int,
            subject: [UInt8]
        ) throws(DataKeyFault) -> KeptDataKey {
            guard !isBroken else { throw .store(isTemporary: true) }
            let known = keys.first { $0.fiscalYear == fiscalYear && $0.subject == subject }
            if let known { return known }
            let key = KeptDataKey(
                reference: (keys.last?.reference ?? 0) + 1,
                fiscalYear: fiscalYear,
                subject: subject,
                wrapped: wrapped
            )
            keys.append(key)
            return key
        }

        func damage() {
            keys = keys.map { key in
                KeptDataKey(
                    reference: key.reference,
                    fiscalYear: key.fiscalYear,
                    subject: key.subject,
                    wrapped: key.wrapped.dropLast() + [0]
                )
            }
        }

        func replace(_ wrapped: [Int64: [UInt8]]) {
            keys = keys.map { key in
                KeptDataKey(
                    reference: key.reference,
                    fiscalYear: key.fiscalYear,
                    subject: key.subject,
                    wrapped: wrapped[key.reference] ?? key.wrapped
                )
            }
        }

        func fail() { isBroken = true }
    }

    private let kept = Kept()
    private let store = MemoryKeyStore(seed: "ring".bytes)

    private func ring() async throws -> DataKeyRing {
        let key: KeyHandle
        if let known = store.handle(labelled: "storage") {
            key = known
        } else {
            key = try await store.generate(.storage, label: "storage")
        }
        return DataKeyRing(
            kept,
            keyStore: store,
            storageKey: key,
            random: SeededRandom(seed: 1)
        )
    }

    @Test func `a year has one key, and a later process opens what it sealed`() async throws {
        let first = try await ring().key(of: 2026)
        let again = try await ring()
        #expect(try await again.key(of: 2026).reference == first.reference)
        #expect(try await again.key(of: 2027).reference != first.reference)
        let sealed = first.seal("名前".bytes, context: "table/1")
        let opened = try await ring().key(first.reference)
        #expect(try opened.open(sealed, context: "table/1") == "名前".bytes)
    }

    @Test func `another storage key opens what the one before has wrapped`() async throws {
        let ring = try await ring()
        let year = try await ring.key(of: 2026)
        let sealed = year.seal("名前".bytes, context: "c")
        let newer = try await store.generate(.storage, label: "storage-2")
        // Cut short: nothing is kept, and both keys are there.
        await #expect(throws: DataKeyFault.unusable) {
            try await ring.rewrap(to: newer) { _ throws(DataKeyFault) in throw .unusable }
        }
        #expect(try await self.ring().key(year.reference).open(sealed, context: "c") == "名前".bytes)
        try await ring.rewrap(to: newer) { wrapped throws(DataKeyFault) in
            await kept.replace(wrapped)
        }
        try await store.destroy(try #require(store.handle(labelled: "storage")))
        let later = DataKeyRing(
            kept,
            keyStore: store,
            storageKey: newer,
            random: SeededRandom(seed: 2)
        )
        #expect(try await later.key(year.reference).open(sealed, context: "c") == "名前".bytes)
        #expect(try await ring.key(of: 2027).reference != year.reference)
        #expect(try await later.key(of: 2027).reference == ring.key(of: 2027).reference)
    }

    @Test func `one renewal runs at a time, and no key of a year is made meanwhile`() async throws {
        let ring = try await ring()
        _ = try await ring.key(of: 2026)
        try await ring.beginRenewal()
        await #expect(throws: DataKeyFault.store(isTemporary: true)) {
            try await ring.beginRenewal()
        }
        await #expect(throws: DataKeyFault.store(isTemporary: true)) {
            _ = try await ring.key(of: 2027)
        }
        _ = try await ring.key(of: 2026)
        await ring.endRenewal()
        _ = try await ring.key(of: 2027)
    }

    @Test func `a person has a key of each year, which ends without those of others`()
        async throws
    {
        let ring = try await ring()
        let year = try await ring.key(of: 2026)
        let one = try await ring.key(of: 2026, for: "甲".bytes)
        let other = try await ring.key(of: 2026, for: "乙".bytes)
        let later = try await ring.key(of: 2027, for: "甲".bytes)
        #expect(Set([year, one, other, later].map(\.reference)).count == 4)
        #expect(try await ring.key(of: 2026, for: "甲".bytes).reference == one.reference)

        #expect(try await ring.references(of: "甲".bytes) == [one.reference, later.reference])
        #expect(try await ring.references(of: "丙".bytes).isEmpty)

        let sealed = [one, other].map { $0.seal("名前".bytes, context: "c") }
        let again = try await self.ring()
        for (key, bytes) in zip([one, other], sealed) {
            let opened = try await again.key(key.reference)
            #expect(try opened.open(bytes, context: "c") == "名前".bytes)
        }
        // The file of keys names nobody, and no key opens what another has sealed.
        #expect(throws: CryptographyError.cannotOpen) { try other.open(sealed[0], context: "c") }
        #expect(throws: CryptographyError.cannotOpen) { try year.open(sealed[0], context: "c") }

        await kept.destroy(one.reference)
        let last = try await self.ring()
        await #expect(throws: DataKeyFault.unusable) { _ = try await last.key(one.reference) }
        #expect(try await last.key(other.reference).open(sealed[1], context: "c") == "名前".bytes)
        await ring.forgetPersons()
        await #expect(throws: DataKeyFault.unusable) { _ = try await ring.key(one.reference) }
        #expect(try await ring.key(of: 2026, for: "甲".bytes).reference != one.reference)
    }

    @Test func `two that make a year's key at once use the same`() async throws {
        let one = try await ring()
        let two = try await ring()
        async let first = one.key(of: 2026)
        async let second = two.key(of: 2026)
        let (left, right) = try await (first, second)
        #expect(left.reference == right.reference)
        let sealed = left.seal([1], context: "c")
        #expect(try right.open(sealed, context: "c") == [1])
    }

    @Test func `a key that is not there, or was changed, is unusable`() async throws {
        _ = try await ring().key(of: 2026)
        await #expect(throws: DataKeyFault.unusable) { _ = try await ring().key(99) }
        await kept.damage()
        await #expect(throws: DataKeyFault.unusable) { _ = try await ring().key(of: 2026) }
    }

    @Test func `faults of store and key store are told apart`() async throws {
        _ = try await ring().key(of: 2026)
        let ring = try await ring()
        try await store.destroy(try #require(store.handle(labelled: "storage")))
        await #expect(throws: DataKeyFault.keyStore(.unknownKey)) {
            _ = try await ring.key(of: 2026)
        }
        await kept.fail()
        await #expect(throws: DataKeyFault.store(isTemporary: true)) {
            _ = try await ring.key(of: 2027)
        }
        #expect(DataKeyFault.store(isTemporary: true).isTemporary)
        #expect(!DataKeyFault.unusable.isTemporary)
        #expect(!DataKeyFault.keyStore(.unknownKey).isTemporary)
    }
}
