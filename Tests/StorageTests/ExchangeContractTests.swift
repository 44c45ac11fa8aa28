import Delivery
import Directory
import Primitives
import Storage
import Testing

/// What every exchange's store does, told by short histories.
@Suite struct ExchangeContractTests {
    typealias World = StorageWorld

    @Test(arguments: StoreEngine.allCases)
    func `an accepted message is there with body, copies and receipt`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let row = World.message(World.key(1))
        let committed = try await place.store.commit(
            World.accept(row, to: [World.office, World.clinic])
        )
        #expect(committed.positions.map(\.index) == [1])
        #expect(try await place.store.ask { try $0.message(row.key) } == row)
        #expect(try await place.store.ask { try $0.sealedBody(of: row.key) } == World.body(row.key))
        #expect(
            try await place.store.ask { try $0.copies(of: row.key).map(\.to) } == [
                World.office, World.clinic,
            ]
        )
        #expect(
            try await place.store.ask { try $0.statement(row.accepted)?.slot }
                == .message(.accepted, row.key)
        )
        #expect(
            try await place.store.ask { try $0.duplicate(row.key, sealed: row.sealedSha256) }
                == .known(sealed: row.sealedSha256)
        )
        #expect(
            try await place.store.ask { try $0.duplicate(World.key(2), sealed: row.sealedSha256) }
                == .contentSeen
        )
        #expect(
            try await place.store.ask { try $0.positions(ofStatement: row.accepted) }
                == committed.positions
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `the inbox lists by urgency and then by acceptance`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        let urgencies: [Urgency] = [.routine, .urgent, .routine, .emergency, .urgent]
        for (number, urgency) in urgencies.enumerated() {
            let row = World.message(World.key(number), urgency: urgency)
            _ = try await place.store.commit(World.accept(row))
        }
        let items = try await place.store.ask { try $0.inbox(of: World.office, limit: 10) }
        #expect(items.map(\.message.key) == [3, 1, 4, 0, 2].map { World.key($0) })
        #expect(items.map(\.copy.position) == [4, 2, 5, 1, 3])
        #expect(try await place.store.ask { try $0.inbox(of: World.office, limit: 2).count } == 2)
        let behind = try await place.store.ask {
            try $0.inbox(of: World.office, after: 2, limit: 10)
        }
        #expect(behind == Array(items.dropFirst(2)))
        #expect(try await place.store.ask { try $0.mailboxRevision(of: World.office) } == 5)
        #expect(try await place.store.ask { try $0.mailboxRevision(of: World.clinic) } == 0)
    }

    @Test(arguments: StoreEngine.allCases)
    func `the time of the first release stays and attempts are counted`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let key = World.key(1)
        _ = try await place.store.commit(World.accept(World.message(key)))
        _ = try await place.store.commit(World.release(key, at: World.at(5)))
        try await place.store.keep([.fetchedAgain(key, to: World.office)])
        let copy = try await place.store.ask { try $0.copy(key, to: World.office) }
        #expect(copy?.releasedAt == World.at(5))
        #expect(copy?.attempts == 2)
        #expect(copy?.state == .released)
        await #expect(throws: StoreError.conflict(.copyState(key, to: World.office, .accepted))) {
            try await place.store.commit(World.release(key, at: World.at(9)))
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `a copy is looked at when it is due, and what was told of it is kept`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let key = World.key(1)
        let row = World.message(key)
        func watched(_ time: Timestamp) async throws -> [MessageKey] {
            try await place.store.ask { try $0.watched(until: time, limit: 9) }.map(\.key)
        }
        _ = try await place.store.commit(World.accept(row))
        #expect(try await watched(row.acceptedAt) == [key])
        try await place.store.keep([.watch(key, to: World.office, at: World.at(50))])
        #expect(try await watched(World.at(49)) == [])
        let told = CopyWarnings(arrival: 1, noReceiptAt: World.at(40), isConflictTold: true)
        let warned = ExchangeWrite.warned(key, to: World.office, told, watchAt: World.at(60))
        _ = try await place.store.commit(World.change([warned], [World.released(key)]))
        #expect(try await watched(World.at(59)) == [])
        #expect(try await watched(World.at(60)) == [key])
        let copy = try await place.store.ask { try $0.copy(key, to: World.office) }
        #expect(copy?.warned == told)
        // What leaves is looked at again, and what is acknowledged never.
        _ = try await place.store.commit(World.release(key, at: World.at(5)))
        #expect(try await watched(World.at(5)) == [key])
        #expect(
            try await place.store.ask {
                try $0.unacknowledged(expiredBy: row.expiresAt, limit: 9).map(\.key)
            } == [key]
        )
        let delivered = World.acknowledge(key, .delivered, .released, .delivered)
        _ = try await place.store.commit(delivered)
        #expect(try await watched(World.at(99)) == [])
        #expect(
            try await place.store.ask {
                try $0.unacknowledged(expiredBy: row.expiresAt, limit: 9).isEmpty
            }
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `a receipt moves the copy, reaches the sender's events and ends the body's wait`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let key = World.key(1)
        let delivered = World.acknowledge(key, .delivered, .released, .delivered)
        _ = try await place.store.commit(World.accept(World.message(key)))
        _ = try await place.store.commit(World.release(key))
        _ = try await place.store.commit(delivered)
        #expect(try await place.store.ask { try $0.inbox(of: World.office, limit: 9).isEmpty })
        let events = try await place.store.ask {
            try $0.events(of: World.hospital, after: 0, limit: 9)
        }
        #expect(events.map(\.cursor) == [1])
        let types = try await place.store.ask {
            try $0.delivery(key)?.copies.first?.statements.map(\.type)
        }
        #expect(types == [.accepted, .delivered])
        #expect(
            try await place.store.ask { try $0.bodiesEnded(before: World.start, limit: 9) } == [key]
        )
        #expect(
            try await place.store.ask {
                try $0.expiring(before: World.at(1_000_000), limit: 9).isEmpty
            }
        )
        await #expect(throws: StoreError.self) { try await place.store.commit(delivered) }
    }

    @Test(arguments: StoreEngine.allCases)
    func `chunks wait for their message, go with its body and are swept alone`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let used = World.chunk("used")
        let unused = World.chunk("unused")
        let key = World.key(1)
        let row = World.message(key, chunks: [World.offered(used)])
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(World.accept(row))
        }
        try await place.store.keep([.chunk(used), .chunk(unused), .chunk(used)])
        #expect(
            try await place.store.ask { try $0.openChunkBytes(of: World.hospital) }
                == Int64(used.sealed.count + unused.sealed.count)
        )
        #expect(
            try await place.store.ask {
                try $0.uploaded([used.sha256, row.sealedSha256], by: World.hospital)
            } == [used.sha256: used.sealed.count]
        )
        #expect(
            try await place.store.ask { try $0.uploaded([used.sha256], by: World.office).isEmpty }
        )
        _ = try await place.store.commit(World.accept(row))
        try await place.store.keep([.dropChunks(storedBefore: World.at(1))])
        #expect(try await place.store.ask { try $0.chunk(used.sha256, of: key) } == used.sealed)
        #expect(try await place.store.ask { try $0.openChunkBytes(of: World.hospital) } == 0)
        #expect(try await place.store.ask { try $0.message(key)?.chunks } == row.chunks)
        _ = try await place.store.commit(
            World.change([.deleteBody(key)], [World.released(key)])
        )
        #expect(try await place.store.ask { try $0.chunk(used.sha256, of: key) } == nil)
        #expect(try await place.store.ask { try $0.sealedBody(of: key) } == nil)
        #expect(try await place.store.ask { try $0.message(key)?.chunks } == row.chunks)
        #expect(
            try await place.store.ask { try $0.uploaded([used.sha256], by: World.hospital).isEmpty }
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `usage counts what waits for one recipient, and dropped events leave a mark`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let length = Int64(World.body(World.key(1)).count)
        for number in 1...3 {
            _ = try await place.store.commit(World.accept(World.message(World.key(number))))
        }
        let notice = NoticeRow(type: .maintenance, members: "{}".bytes)
        for second in 0..<3 {
            let write = ExchangeWrite.notice(World.office, notice, at: World.at(second))
            _ = try await place.store.commit(
                World.change([write], [World.released(World.key(1))])
            )
        }
        try await place.store.keep([.dropEvents(before: World.at(2))])
        #expect(
            try await place.store.ask { try $0.usage(from: World.hospital, to: World.office) }
                == Usage(messages: 3, bytes: 3 * length)
        )
        #expect(
            try await place.store.ask { try $0.usage(from: World.office, to: World.hospital) }
                == Usage(messages: 0, bytes: 0)
        )
        #expect(
            try await place.store.ask { try $0.sent(by: World.hospital, since: World.at(1)) }
                == Usage(messages: 0, bytes: 0)
        )
        #expect(try await place.store.ask { try $0.droppedEvents(of: World.office) } == 2)
        #expect(try await place.store.ask { try $0.newestEvent(of: World.office) } == 3)
        let left = try await place.store.ask { try $0.events(of: World.office, after: 0, limit: 9) }
        #expect(left == [EventRow(cursor: 3, at: World.at(2), content: .notice(notice))])
    }

    @Test(arguments: StoreEngine.allCases)
    func `two members have dealt once either sent the other a message`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        _ = try await place.store.commit(World.accept(World.message(World.key(1))))
        let pairs = [
            (World.hospital, World.office, true), (World.office, World.hospital, true),
            (World.hospital, World.clinic, false), (World.office, World.clinic, false),
        ]
        for (one, other, haveDealt) in pairs {
            #expect(try await place.store.ask { try $0.haveDealt(one, other) } == haveDealt)
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `proofs are carried once and dropped without ending a feed`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let proofs = ExchangeUpkeep.proofs(
            from: World.hospital,
            to: World.office,
            sealed: [1, 2],
            at: World.start
        )
        try await place.store.keep([proofs, proofs])
        let events = try await place.store.ask {
            try $0.events(of: World.office, after: 0, limit: 9)
        }
        #expect(events.map(\.content) == [.proofs(from: World.hospital, sealed: [1, 2])])
        func bytes(_ from: MemberID, _ to: MemberID) async throws -> Int64 {
            try await place.store.ask { try $0.proofBytes(from: from, to: to) }
        }
        // A row takes its place, however little is in it.
        #expect(try await bytes(World.hospital, World.office) == 1024)
        #expect(try await bytes(World.office, World.hospital) == 0)
        try await place.store.keep([.dropProofs(before: World.at(1))])
        #expect(
            try await place.store.ask {
                try $0.events(of: World.office, after: 0, limit: 9).isEmpty
            }
        )
        #expect(try await place.store.ask { try $0.droppedEvents(of: World.office) } == 0)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a joining code counts tries and ends with its keys destroyed`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let code = JoiningCodeRow(
            member: World.office,
            keys: World.sealed("K1 K2"),
            validUntil: World.at(60),
            tries: 0,
            used: nil
        )
        let request = World.digest("request")
        let joined = World.change(
            expecting: [.codeStanding(World.office, tries: 1)],
            [ExchangeWrite.joined(World.office, request: request, answer: [9])],
            [World.released(World.key(1))]
        )
        for writes: [ExchangeWrite] in [[.joiningCode(code)], [.joiningTry(World.office)]] {
            _ = try await place.store.commit(
                World.change(writes, [World.released(World.key(1))])
            )
        }
        _ = try await place.store.commit(joined)
        let stored = try await place.store.ask { try $0.joiningCode(of: World.office) }
        #expect(stored?.keys == nil)
        #expect(stored?.tries == 1)
        #expect(stored?.used == UsedCode(request: request, answer: [9]))
        await #expect(throws: StoreError.conflict(.codeStanding(World.office, tries: 1))) {
            try await place.store.commit(joined)
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `a forgotten delivery leaves its two hashes, and another is untouched`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let (gone, kept) = (World.message(World.key(1)), World.message(World.key(2)))
        let committed = try await place.store.commit(World.accept(gone, to: [World.office]))
        _ = try await place.store.commit(World.accept(kept, to: [World.office]))
        let year = gone.fiscalYear
        #expect(try await place.store.ask { try $0.retainedYears().map(\.deliveries) } == [2])
        #expect(
            try await place.store.ask { try $0.deliveries(ofYear: year, limit: 1) } == [gone.key]
        )
        try await place.store.keep([.forget(year, [gone.key], openings: committed.positions)])
        #expect(
            try await place.store.ask { try $0.deliveries(ofYear: year, limit: 9) } == [kept.key]
        )
        #expect(try await place.store.ask { try $0.message(gone.key) } == nil)
        #expect(try await place.store.ask { try $0.sealedBody(of: gone.key) } == nil)
        #expect(try await place.store.ask { try $0.copies(of: gone.key).isEmpty })
        #expect(try await place.store.ask { try $0.statement(gone.accepted) } == nil)
        #expect(try await place.store.ask { try $0.inbox(of: World.office, limit: 9).count } == 1)
        #expect(
            try await place.store.ask { try $0.duplicate(gone.key, sealed: gone.sealedSha256) }
                == .known(sealed: gone.sealedSha256)
        )
        let position = try #require(committed.positions.first)
        #expect(try await place.store.ask { try $0.openings(at: position).isEmpty })
        #expect(try await place.store.ask { try $0.leaf(at: position) } != nil)
        #expect(try await place.store.ask { try $0.message(kept.key) } == kept)
        #expect(try await place.store.ask { try $0.sealedBody(of: kept.key) } != nil)
    }
}
