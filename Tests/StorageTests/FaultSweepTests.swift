import Audit
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// The first call fails, then the second, until none is left to fail: what stands is sound each
/// time, and the same work done again ends as if nothing had happened.
@Suite struct FaultSweepTests {
    typealias World = StorageWorld

    @Test(arguments: StoreEngine.allCases, Faults.Moment.allCases)
    func `an exchange's store is sound after a fault in any call`(
        engine: StoreEngine,
        moment: Faults.Moment
    ) async throws {
        let whole = try await ExchangeStorePlace(engine)
        try await Self.deliver(whole.store)
        let expected = try await whole.store.ask(Self.summary)

        var call = 0
        var isSwept = false
        while !isSwept {
            call += 1
            let place = try await ExchangeStorePlace(engine)
            let faults = Faults(failingCall: call, moment)
            let faulty = FaultyExchangeStore(place.store, faults)
            let error = await Self.error { try await Self.deliver(faulty) }
            isSwept = faults.calls < call
            #expect(error == (isSwept ? nil : Faults.error))
            try await Self.checkLog(place.store)
            try await Self.deliver(place.store)
            #expect(try await place.store.ask(Self.summary) == expected, "call \(call)")
        }
        #expect(call > 10)
    }

    @Test(arguments: StoreEngine.allCases, Faults.Moment.allCases)
    func `an organisation's store is sound after a fault in any call`(
        engine: StoreEngine,
        moment: Faults.Moment
    ) async throws {
        var call = 0
        var isSwept = false
        while !isSwept {
            call += 1
            let place = try await GatewayStorePlace(engine)
            let faults = Faults(failingCall: call, moment)
            let faulty = FaultyGatewayStore(place.store, faults)
            let error = await Self.error { try await Self.send(faulty) }
            isSwept = faults.calls < call
            #expect(error == (isSwept ? nil : Faults.error))
            try await Self.send(place.store)
            let row = try await place.store.ask { try $0.outbox(World.messageID(1)) }
            #expect(row?.isSealed == true)
            #expect(row?.revision == 2)
            // One leaf for the tree, one for each of the two acts: nothing was done twice.
            #expect(try await place.store.ask { try $0.openTree(.access)?.size } == 3)
            #expect(try await place.store.ask { try $0.cursor(.events) } == 1)
            #expect(try await place.store.dataKeys().count == 1)
        }
        #expect(call > 6)
    }

    /// One message from sender to recipient, as decisions would have it: each step first looks
    /// whether it was done.
    private static func deliver(_ store: any ExchangeStore) async throws {
        let chunk = World.chunk("one")
        let row = World.message(World.key(1), chunks: [World.offered(chunk)])
        if try await store.ask({ try $0.duplicate(row.key, sealed: row.sealedSha256) })
            == .unknown
        {
            try await store.keep([.chunk(chunk)])
            _ = try await store.commit(World.accept(row))
        }
        let steps: [(DeliveryState, Change<ExchangeWrite>)] = [
            (.accepted, World.release(row.key)),
            (.released, World.acknowledge(row.key, .delivered, .released, .delivered)),
            (.delivered, World.acknowledge(row.key, .opened, .delivered, .opened)),
        ]
        for (state, change) in steps
        where try await store.ask({ try $0.copy(row.key, to: World.office)?.state }) == state {
            _ = try await store.commit(change)
        }
        try await sign(store)
    }

    /// A checkpoint over all that is committed.
    private static func sign(_ store: any ExchangeStore) async throws {
        let head = try await store.audit { stored throws(StoreError) in
            try stored.head(
                of: World.transport,
                size: try stored.openTree(.transport)?.size ?? 0
            )
        }
        let checkpoint = try await LogTests.signer()
            .checkpoint(World.transport, try #require(head))
        try await store.save(checkpoint, signedAt: World.start)
    }

    private static func send(_ store: any GatewayStore) async throws {
        _ = try await store.keepDataKey(
            WrappedDataKey(
                use: .columns,
                fiscalYear: 2026,
                wrapped: [1],
                createdAt: World.start
            )
        )
        let message = World.messageID(1)
        if try await store.ask({ try $0.outbox(message) }) == nil {
            _ = try await store.commit(World.act(.queue(World.outbox(1))))
        }
        if try await store.ask({ try $0.outbox(message)?.isSealed }) == false {
            _ = try await store.commit(World.act(.seal(message, World.outboxBytes(1))))
        }
        try await store.keep([.cursor(.events, 1)])
    }

    /// Rows and leaves agree: each receipt has one leaf, each leaf of a receipt its statement.
    private static func checkLog(_ store: any ExchangeStore) async throws {
        let (leaves, receipts, promised) = try await store.ask { stored in
            let leaves = try stored.leaves(of: World.transport, from: 0, limit: 99)
            let receipts = try stored.statements(of: World.key(1), to: World.office)
            let positions = try receipts.map { try stored.positions(ofStatement: $0.sha256) }
            return (leaves, receipts, positions)
        }
        #expect(promised.allSatisfy { $0.count == 1 })
        let recorded = try leaves.compactMap {
            try AuditLeaf(reading: $0, in: .transport).facts.statementSha256
        }
        #expect(recorded == receipts.map(\.sha256))
        let tree = MerkleTree(leafHashes: leaves.map(Merkle.leafHash))
        let size = tree.size
        let head = try await store.ask { try $0.head(of: World.transport, size: size) }
        #expect(head == tree.head)
    }

    private static func summary(_ stored: any ExchangeReader) throws -> String {
        let key = World.key(1)
        return String(
            reflecting: (
                try stored.delivery(key), try stored.sealedBody(of: key),
                try stored.events(of: World.hospital, after: 0, limit: 9),
                try stored.openTree(.transport)?.size,
                try stored.checkpoint(of: World.transport)?.checkpoint.head.size
            )
        )
    }

    private static func error(_ act: () async throws -> Void) async -> StoreError? {
        do { try await act() } catch { return error as? StoreError }
        return nil
    }
}
