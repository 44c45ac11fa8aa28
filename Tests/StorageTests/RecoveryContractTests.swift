import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import Storage

/// A store whose tree goes on under a new name, and one that is marked as an older copy.
@Suite struct RecoveryContractTests {
    typealias World = StorageWorld
    private static let next = World.transport.successor(at: World.start)

    private static func recovered(_ found: TreeHead, of tree: TreeOrigin) -> AuditEntry {
        var facts = AuditFacts(
            .treeRecovered,
            by: .system,
            for: PartyID(World.exchange),
            on: .tree(tree),
            at: World.start
        )
        facts.outcome = .majorFailure
        facts.reason = AuditReason("restored")
        facts.recovery = TreeRecovery(of: tree, found: found, known: nil)
        return AuditEntry(facts, in: .transport, random: World.random)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a tree goes on under its new name, with all its leaves`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let row = World.message(World.key(1))
        _ = try await place.store.commit(World.accept(row))
        let head = try #require(
            try await place.store.ask { try $0.head(of: World.transport, size: 2) }
        )
        let signer = try await LogTests.signer()
        try await place.store.save(
            try await signer.checkpoint(World.transport, head),
            signedAt: World.start
        )
        let trees = [World.keys, Self.next]
        // From other leaves than those that are here nothing goes on.
        for wrong in [
            TreeHead(size: 1, root: head.root), TreeHead(size: 2, root: World.digest("x")),
        ] {
            let entry = Self.recovered(wrong, of: World.transport)
            await #expect(throws: StoreError.self) {
                _ = try await place.store.commit(World.change([], [entry], in: trees))
            }
        }
        let entry = Self.recovered(head, of: World.transport)
        let committed = try await place.store.commit(World.change([], [entry], in: trees))
        #expect(committed.positions == [LeafPosition(tree: Self.next, index: 2)])
        let late = World.released(row.key)
        await #expect(throws: StoreError.self) {
            _ = try await place.store.commit(World.change([], [late]))
        }
        _ = try await place.store.commit(World.change([], [late], in: trees))
        let leaves = try await place.store.ask { try $0.leaves(of: Self.next, from: 0, limit: 9) }
        #expect(leaves.count == 4)
        #expect(try await place.store.ask { try $0.openTree(.transport)?.origin } == Self.next)
        #expect(try await place.store.ask { try $0.head(of: World.transport, size: 2) } == nil)
        #expect(try await place.store.ask { try $0.recoveryPlaces(of: Self.next) } == [2])
        #expect(
            try await place.store.ask { try $0.recoveries(of: Self.next) }.map(\.found) == [head]
        )
        let statement = try await place.store.ask { try $0.positions(ofStatement: row.accepted) }
        #expect(statement == [LeafPosition(tree: Self.next, index: 1)])
        // What was signed under the old name is not shown under the new one.
        #expect(try await place.store.ask { try $0.checkpoint(of: Self.next) } == nil)
        let whole = try #require(try await place.store.ask { try $0.head(of: Self.next, size: 4) })
        try await place.store.save(
            try await signer.checkpoint(Self.next, whole),
            signedAt: World.start
        )
        let proof = try await place.store.ask {
            try $0.receiptProof(of: row.accepted, promisedIn: World.transport)
        }
        let proved = try TlogProof(reading: try #require(proof).tlogProof)
        try proved.verify(leaf: leaves[1], key: signer.publicKey)
        try proved.verify(standsFor: World.transport)
        let bare = try await place.store.ask {
            try $0.receiptProof(of: row.accepted, promisedIn: Self.next)
        }
        #expect(try TlogProof(reading: try #require(bare).tlogProof).extra == nil)
        place.store.close()
    }

    @Test func `a recovered store starts again, and a mark stops it`() async throws {
        let folder = try TestFolder()
        let data = try ExchangeStorePlace.make(folder)
        let store = try ExchangeStorePlace.open(data)
        _ = try await store.commit(World.change([], [World.opened(World.transport)]))
        let head = try #require(try await store.ask { try $0.head(of: World.transport, size: 1) })
        let entry = Self.recovered(head, of: World.transport)
        _ = try await store.commit(World.change([], [entry], in: [Self.next]))
        let mark = RestoreMark(backupAt: World.start, restoredAt: World.at(5))
        try await store.keep(mark)
        // From the mark on nothing is written, and reading goes on.
        let late: Change<ExchangeWrite> = World.change(
            [],
            [World.released(World.key(1))],
            in: [Self.next]
        )
        await #expect(throws: StoreError.restored) { _ = try await store.commit(late) }
        #expect(try await store.ask { try $0.trees().map(\.size) } == [2])
        store.close()
        #expect(throws: StoreError.restored) { try ExchangeStorePlace.open(data) }
        #expect(StoreError.restored.code == "storeRestored" && !StoreError.restored.isTemporary)
        var options = StoreOptions()
        options.isRecovering = true
        let recovering = try ExchangeStorePlace.open(data, options: options)
        #expect(try await recovering.restoreMark() == mark)
        try await recovering.keep(nil)
        recovering.close()
        let again = try ExchangeStorePlace.open(data)
        #expect(try await again.restoreMark() == nil)
        #expect(try await again.ask { try $0.openTree(.transport)?.origin } == Self.next)
        again.close()
    }

    @Test func `a tree below its own checkpoint may be recovered, a damaged one may not`()
        async throws
    {
        let folder = try TestFolder()
        let data = try ExchangeStorePlace.make(folder)
        let store = try ExchangeStorePlace.open(data)
        _ = try await store.commit(World.change([], [World.opened(World.transport)]))
        for number in 1...3 {
            _ = try await store.commit(World.accept(World.message(World.key(number))))
        }
        let signer = try await LogTests.signer()
        let head = TreeHead(size: 4, root: World.digest("another"))
        let foreign = try await signer.checkpoint(World.transport, head)
        store.close()
        let connection = try Connection(path: folder.path + "/exchange.db", .write)
        try connection.run(
            "INSERT INTO auditCheckpoint VALUES (1, 4, ?1, ?2)",
            foreign.note,
            World.start
        )
        var options = StoreOptions()
        options.isRecovering = true
        #expect(throws: StoreError.rolledBack(.transport)) { try ExchangeStorePlace.open(data) }
        try ExchangeStorePlace.open(data, options: options).close()
        try connection.script("DROP TRIGGER auditNodeIsNotChanged")
        try connection.run("UPDATE auditNode SET hash = zeroblob(32) WHERE level = 1")
        #expect(throws: StoreError.damaged) { try ExchangeStorePlace.open(data, options: options) }
    }

    @Test(arguments: [
        "", "{}", #"{"restoredAt":"today"}"#,
        #"{"backupAt":1,"restoredAt":"2026-11-21T00:00:00.000Z"}"#,
        #"{"restoredAt":"2026-11-21T00:00:00.000Z","x":1}"#,
    ])
    func `a mark of another form stops the store as well`(text: String) throws {
        let folder = try TestFolder()
        let data = try ExchangeStorePlace.make(folder)
        try FileSystem.write(folder.path + "/restored", text.bytes)
        #expect(throws: StoreError.unknownFile) { try ExchangeStorePlace.open(data) }
    }

    @Test(arguments: StoreEngine.allCases)
    func `the newest name of a log is what a witness has seen last`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let signer = try await LogTests.signer()
        let others = [
            World.transport, Self.next, Self.next.successor(at: World.start), World.keys,
        ]
        for (size, origin) in zip([9, 5, 3, 7] as [UInt64], others) {
            let head = TreeHead(size: size, root: World.digest("\(size)"))
            let seen = WitnessedHead(try await signer.checkpoint(origin, head))
            try await place.store.keep([.witness(.saw(seen, after: 0))])
        }
        for origin in others.prefix(3) {
            let seen = try await place.store.read { stored throws(StoreError) in
                try stored.witnessedHead(of: origin)
            }
            #expect(seen?.origin == others[2] && seen?.head.size == 3)
        }
        place.store.close()
    }
}
