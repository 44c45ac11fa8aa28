import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// The log of a store: leaves, openings and proofs beside the acts they record.
@Suite struct LogTests {
    typealias World = StorageWorld

    @Test(arguments: StoreEngine.allCases)
    func `leaves are placed in the order of commit and never go back in time`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let times = [World.at(5), World.at(3), World.at(9)]
        var indexes: [UInt64] = []
        for (number, at) in times.enumerated() {
            let entry = World.released(World.key(number), at: at)
            let committed = try await place.store.commit(World.change([], [entry]))
            indexes += committed.positions.map(\.index)
        }
        #expect(indexes == [1, 2, 3])
        let leaves = try await place.store.ask {
            try $0.leaves(of: World.transport, from: 0, limit: 9)
        }
        let found = try leaves.map { try AuditLeaf(reading: $0, in: .transport) }
        #expect(found.map(\.at) == [World.start, World.at(5), World.at(5), World.at(9)])
        #expect(found.allSatisfy { $0.source == World.source })
        let one = LeafPosition(tree: World.transport, index: 2)
        #expect(try await place.store.ask { try $0.leaf(at: one) } == leaves[2])
        let none = LeafPosition(tree: World.transport, index: 4)
        #expect(try await place.store.ask { try $0.leaf(at: none) } == nil)
    }

    @Test(arguments: StoreEngine.allCases)
    func `an entry is found by statement and tag, and its openings open`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let row = World.message(World.key(1))
        let position = try await place.store.commit(World.accept(row)).positions[0]
        #expect(
            try await place.store.ask { try $0.positions(ofStatement: row.accepted) }
                == [position]
        )
        #expect(
            try await place.store.ask { try $0.positions(ofStatement: World.digest("other")) }
                == []
        )
        let tag = World.dataKey.tag(.message, row.key.messageID.text.bytes)
        #expect(try await place.store.ask { try $0.positions(tagged: tag) } == [position])

        let leaf = try #require(try await place.store.ask { try $0.leaf(at: position) })
        let facts = try AuditLeaf(reading: leaf, in: .transport).facts
        let openings = try await place.store.ask { try $0.openings(at: position) }
        #expect(openings.map(\.field) == [.object, .peer])
        for (opening, value) in zip(openings, [row.key.messageID.text, row.key.from.text]) {
            let commitment = try #require(facts.commitment(opening.field))
            let opened = try opening.open(
                commitment,
                origin: World.transport,
                by: World.dataKey
            )
            #expect(opened.value.hasSameBytes(as: value))
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `proofs from stored nodes verify under a saved checkpoint`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        for number in 1...20 {
            _ = try await place.store.commit(World.accept(World.message(World.key(number))))
        }
        let head = try #require(
            try await place.store.ask { try $0.head(of: World.transport, size: 21) }
        )
        let signer = try await Self.signer()
        let checkpoint = try await signer.checkpoint(World.transport, head)
        try await place.store.save(checkpoint, signedAt: World.at(1))
        try await place.store.save(checkpoint, signedAt: World.at(2))
        let saved = try await place.store.ask { try $0.checkpoint(of: World.transport) }
        #expect(saved == SavedCheckpoint(checkpoint: checkpoint, signedAt: World.at(1)))

        for index: UInt64 in [0, 7, 20] {
            let position = LeafPosition(tree: World.transport, index: index)
            let leaf = try #require(try await place.store.ask { try $0.leaf(at: position) })
            let hashes = try #require(
                try await place.store.ask { try $0.inclusion(of: position, size: 21) }
            )
            let proof = TlogProof(index: index, hashes: hashes, checkpoint: checkpoint)
            try proof.verify(leaf: leaf, key: signer.publicKey)
        }
        let beyond = LeafPosition(tree: World.transport, index: 20)
        #expect(try await place.store.ask { try $0.inclusion(of: beyond, size: 20) } == nil)
        #expect(try await place.store.ask { try $0.inclusion(of: beyond, size: 22) } == nil)
        #expect(
            try await place.store.ask { try $0.consistency(of: World.keys, from: 0, to: 2) }
                == nil
        )
        #expect(try await place.store.ask { try $0.head(of: World.access, size: 0) } == nil)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a period is found by its days, below the newest head that a witness has seen`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        // One leaf of each day after that on which the tree was opened.
        for number in 1...9 {
            let entry = World.released(World.key(number), at: World.at(number * 86_400))
            _ = try await place.store.commit(World.change([], [entry]))
        }
        let signer = try await Self.signer()
        let name = WitnessName(World.host)
        var signed: [Checkpoint] = []
        for size: UInt64 in [6, 8, 10] {
            let head = try await place.store.ask { try $0.head(of: World.transport, size: size) }
            let checkpoint = try await signer.checkpoint(World.transport, try #require(head))
            try await place.store.save(checkpoint, signedAt: World.at(Int(size)))
            signed.append(checkpoint)
        }
        let line = try await signer.cosign(signed[1], as: name, at: World.start)
        try await place.store.keep([.witness(.cosigned(World.transport, size: 8, line))])
        let first = World.start.dayInJapan
        func range(_ from: Int, _ to: Int) async throws -> LogRange? {
            let period = try #require(
                AuditPeriod(from: first.adding(days: from), to: first.adding(days: to))
            )
            let key = signer.publicKey
            return try await place.store.ask { stored in
                try stored.range(
                    of: period,
                    in: World.transport,
                    key: key,
                    witnesses: [ByteText(name.text): key]
                )
            }
        }
        // The days, the leaves shown, and under how many leaves.
        let rows: [(days: (Int, Int), shown: Range<UInt64>, size: UInt64)] = [
            ((3, 5), 2..<7, 8), ((3, 6), 2..<8, 8), ((3, 7), 2..<8, 8), ((0, 0), 0..<2, 8),
            ((-9, -9), 0..<1, 8), ((8, 20), 7..<8, 8), ((20, 21), 7..<8, 8),
        ]
        for (days, shown, size) in rows {
            let found = try #require(try await range(days.0, days.1))
            let end = found.first + UInt64(found.leaves.count)
            #expect(found.first..<end == shown, "\(days)")
            #expect(found.checkpoint.head.size == size, "\(days)")
            #expect(found.checkpoint.cosignatures == (size == 8 ? [line] : []))
            #expect(found.isIncluded)
        }
        #expect(
            try await place.store.ask { try $0.flanks(of: 2..<3, in: World.access, size: 9) }
                == nil
        )
        for beyond: Range<UInt64> in [9..<11, 3..<3] {
            let flanks = try await place.store.ask {
                try $0.flanks(of: beyond, in: World.transport, size: 10)
            }
            #expect(flanks == nil)
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `a receipt is proved as soon as a checkpoint covers its leaf`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let row = World.message(World.key(1))
        _ = try await place.store.commit(World.accept(row))
        let signer = try await Self.signer()
        for size: UInt64 in [1, 2] {
            #expect(try await place.store.ask { try $0.receiptProof(of: row.accepted) } == nil)
            let head = try await place.store.ask { try $0.head(of: World.transport, size: size) }
            let checkpoint = try await signer.checkpoint(World.transport, try #require(head))
            try await place.store.save(checkpoint, signedAt: World.start)
        }
        let found = try #require(
            try await place.store.ask { try $0.receiptProof(of: row.accepted) }
        )
        let proof = try TlogProof(reading: found.tlogProof)
        try proof.verify(leaf: found.leaf, key: signer.publicKey)
        #expect(proof.index == 1)
        let other = World.digest("other")
        #expect(try await place.store.ask { try $0.receiptProof(of: other) } == nil)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a checkpoint of another history is not kept`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        let signer = try await Self.signer()
        for head in [
            TreeHead(size: 1, root: World.digest("other")),
            TreeHead(size: 2, root: World.digest("other")),
        ] {
            let checkpoint = try await signer.checkpoint(World.transport, head)
            await #expect(throws: StoreError.damaged) {
                try await place.store.save(checkpoint, signedAt: World.start)
            }
        }
        #expect(try await place.store.ask { try $0.checkpoint(of: World.transport) } == nil)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a closed tree takes no more leaves and its successor does`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let next = TreeOrigin.transport(World.host, fiscalYear: 2027)
        let old = World.change(
            [ExchangeWrite](),
            [World.closed(World.transport, at: World.at(1))]
        )
        _ = try await place.store.commit(old)
        await #expect(throws: StoreError.conflict(.treeOpen(World.transport))) {
            try await place.store.commit(World.accept(World.message(World.key(1))))
        }
        let opened = World.change(
            [ExchangeWrite](),
            [World.opened(next, at: World.at(2))],
            in: [next]
        )
        _ = try await place.store.commit(opened)
        await #expect(throws: StoreError.conflict(nil)) { try await place.store.commit(opened) }
        let trees = try await place.store.ask { try $0.trees() }
        #expect(trees.map(\.origin) == [World.keys, World.transport, next])
        #expect(trees.map(\.closedAt) == [nil, World.at(1), nil])
        #expect(trees.map(\.size) == [1, 2, 1])
        #expect(try await place.store.ask { try $0.openTree(.transport)?.origin } == next)
        #expect(try await place.store.ask { try $0.message(World.key(1)) } == nil)
    }

    @Test(arguments: StoreEngine.allCases)
    func `the first wrapped key of a use and year stands`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        let keys = [[1], [2]].map {
            WrappedDataKey(
                use: .columns,
                fiscalYear: 2026,
                wrapped: $0,
                createdAt: World.start
            )
        }
        let other = WrappedDataKey(
            use: .index,
            fiscalYear: 2026,
            wrapped: [3],
            createdAt: World.start
        )
        let first = try await place.store.keepDataKey(keys[0])
        #expect(first.key == keys[0])
        #expect(try await place.store.keepDataKey(keys[1]) == first)
        let second = try await place.store.keepDataKey(other)
        #expect(try await place.store.dataKeys() == [first, second])
    }

    @Test(arguments: StoreEngine.allCases)
    func `a closed store answers nothing`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        place.store.close()
        await #expect(throws: StoreError.closed) { try await place.store.ask { try $0.trees() } }
        await #expect(throws: StoreError.closed) { try await place.store.dataKeys() }
        await #expect(throws: StoreError.closed) { try await place.store.keep([]) }
        await #expect(throws: StoreError.closed) {
            try await place.store.commit(World.accept(World.message(World.key(1))))
        }
    }

    static func signer() async throws -> CheckpointSigner {
        let store = MemoryKeyStore(seed: [7])
        return try CheckpointSigner(
            store: store,
            key: try await store.generate(.log, label: "log")
        )
    }
}
