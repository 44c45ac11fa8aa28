import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// What every organisation's store does, told by short histories.
@Suite struct GatewayContractTests {
    typealias World = StorageWorld

    @Test(arguments: StoreEngine.allCases)
    func `a message is held, sealed once, sent and tracked by copy`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let row = World.outbox(1, to: [World.office, World.clinic], holdUntil: World.at(60))
        _ = try await place.store.commit(World.act(.queue(row)))
        #expect(try await place.store.ask { try $0.outbox(row.message) } == row.asRead)
        #expect(try await place.store.ask { try $0.draft(of: row.message) } == row.draft)
        #expect(
            try await place.store.ask { try $0.heldOutbox(until: World.at(59), limit: 9) } == []
        )
        #expect(
            try await place.store.ask { try $0.heldOutbox(until: World.at(60), limit: 9) }
                == [row.asRead]
        )

        let seal = World.act(
            .seal(row.message, World.outboxBytes(1)),
            expecting: [.outboxRevision(row.message, 1)]
        )
        _ = try await place.store.commit(seal)
        await #expect(throws: StoreError.conflict(.outboxRevision(row.message, 1))) {
            try await place.store.commit(seal)
        }
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(World.act(.seal(row.message, World.outboxBytes(1))))
        }
        #expect(
            try await place.store.ask { try $0.heldOutbox(until: World.at(99), limit: 9) } == []
        )
        #expect(
            try await place.store.ask { try $0.outboxBytes(of: row.message) }
                == World.outboxBytes(1)
        )

        _ = try await place.store.commit(
            World.act(
                .attempted(row.message),
                .moveOutbox(row.message, to: World.clinic, .accepted, at: World.at(61))
            )
        )
        let sent = try await place.store.ask { try $0.outbox(row.message) }
        #expect(sent?.wasAttempted == true)
        #expect(sent?.revision == 4)
        #expect(sent?.copies.map(\.state) == [.queued, .accepted])
        #expect(sent?.copies.last?.movedAt == World.at(61))
        #expect(try await place.store.ask { try $0.outbox(state: .accepted, limit: 9).count } == 1)
        #expect(try await place.store.ask { try $0.outbox(state: .opened, limit: 9).count } == 0)
    }

    @Test(arguments: StoreEngine.allCases)
    func `the queue goes by urgency and age, and leaves out what is blocked`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let urgencies: [Urgency] = [.routine, .urgent, .routine, .emergency]
        for (number, urgency) in urgencies.enumerated() {
            let row = World.outbox(number, urgency: urgency)
            _ = try await place.store.commit(
                World.act(.queue(row), .seal(row.message, World.outboxBytes(number)))
            )
        }
        let reason = ReasonCode(rawValue: "recipientKeyUnusable")
        _ = try await place.store.commit(World.act(.block(World.messageID(1), reason)))
        let waiting = try await place.store.ask { try $0.sealedOutbox(limit: 9) }
        #expect(waiting.map(\.message) == [3, 0, 2].map { World.messageID($0) })
        #expect(
            try await place.store.ask { try $0.outbox(World.messageID(1))?.blockedFor } == reason
        )
        _ = try await place.store.commit(World.act(.block(World.messageID(1), nil)))
        #expect(
            try await place.store.ask { try $0.sealedOutbox(limit: 2) }.map(\.urgency).last
                == .urgent
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `what ended before it came is a row without bytes`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let key = World.key(1, from: World.office)
        let row = World.inbox(1, state: .withdrawn)
        _ = try await place.store.commit(World.act(.receive(row, nil)))
        #expect(try await place.store.ask { try $0.inbox(key) } == row)
        #expect(try await place.store.ask { try $0.inboxBytes(of: key) } == nil)
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(
                World.act(.receive(World.inbox(1), World.inboxBytes(1)))
            )
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `what is late is found until people were told, and each thing is told once`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let row = World.outbox(1, to: [World.office, World.clinic])
        let key = MessageKey(from: World.hospital, messageID: row.message)
        _ = try await place.store.commit(
            World.act(
                .queue(row),
                .moveOutbox(row.message, to: World.clinic, .delivered, at: World.at(10)),
                .receive(World.inbox(3), World.inboxBytes(3))
            )
        )
        func late(_ second: Int, _ kind: WarningKind) async throws -> [MessageID] {
            try await place.store.ask {
                try $0.outboxLate(.delivered, since: World.at(second), without: kind, limit: 9)
            }.map(\.message)
        }
        #expect(try await late(9, .notOpened) == [])
        #expect(try await late(10, .notOpened) == [row.message])
        func warning(_ kind: WarningKind, _ second: Int) -> WarningRow {
            WarningRow(key: key, to: World.clinic, kind: kind, at: World.at(second))
        }
        _ = try await place.store.commit(World.act(.warn(warning(.notOpened, 11))))
        #expect(try await late(10, .notOpened) == [])
        #expect(try await late(10, .notConfirmed) == [row.message])
        _ = try await place.store.commit(
            World.act(.warn(warning(.noReceipt, 12)), .warn(warning(.notOpened, 13)))
        )
        let told = [warning(.noReceipt, 12), warning(.notOpened, 13)]
        #expect(try await place.store.ask { try $0.warnings(of: key) } == told)
        #expect(try await place.store.ask { try $0.warnings(limit: 1) } == [told[1]])
        let received = World.key(3, from: World.office)
        let own = WarningRow(key: received, to: World.hospital, kind: .notOpened, at: World.at(20))
        let lying = try await place.store.ask {
            try $0.inboxLate(.delivered, since: World.at(3), without: .notOpened, limit: 9)
        }
        #expect(lying.map(\.key) == [received])
        _ = try await place.store.commit(World.act(.warn(own)))
        #expect(
            try await place.store.ask {
                try $0.inboxLate(.delivered, since: World.at(3), without: .notOpened, limit: 9)
            } == []
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `a message set apart makes room for its decision, a decided one never`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let key = World.key(1, from: World.office)
        let held = World.inbox(1, state: nil)
        _ = try await place.store.commit(
            World.act(.receive(held, World.inboxBytes(1, opened: false)))
        )
        #expect(try await place.store.ask { try $0.heldInbox() } == [held])
        let received = World.act(
            .receive(World.inbox(1), World.inboxBytes(1)),
            expecting: [.inboxRevision(key, 1)]
        )
        _ = try await place.store.commit(received)
        #expect(try await place.store.ask { try $0.heldInbox() } == [])
        #expect(try await place.store.ask { try $0.inbox(key) } == World.inbox(1).asRead)
        #expect(try await place.store.ask { try $0.sheet(of: key) } == World.sheet(1).sealed)
        #expect(try await place.store.ask { try $0.inboxBytes(of: key) } == World.inboxBytes(1))
        await #expect(throws: StoreError.conflict(nil)) { try await place.store.commit(received) }

        let content = World.digest("content 1")
        #expect(try await place.store.ask { try $0.inbox(content: content)?.key } == key)
        let unknown = Precondition.inboxUnknown(World.key(2), content: content)
        await #expect(throws: StoreError.conflict(unknown)) {
            try await place.store.commit(World.act(expecting: [unknown]))
        }
        _ = try await place.store.commit(World.act(.moveInbox(key, .opened, at: World.at(9))))
        #expect(try await place.store.ask { try $0.inbox(key)?.revision } == 2)
        #expect(
            try await place.store.ask { try $0.inbox(state: .opened, limit: 9) }.map(\.key) == [key]
        )
        #expect(try await place.store.ask { try $0.inbox(thread: World.thread) }.count == 1)
    }

    @Test(arguments: StoreEngine.allCases)
    func `messages are found by id, counted by their least advanced copy, and listed lightly`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let both = [World.office, World.clinic]
        for number in 1...3 {
            let act = World.act(.queue(World.outbox(number, to: both)))
            _ = try await place.store.commit(act)
        }
        let moves: [(Int, MemberID, DeliveryState)] = [
            (1, World.office, .opened), (1, World.clinic, .delivered),
            (2, World.office, .opened), (2, World.clinic, .expired),
        ]
        for (number, to, state) in moves {
            let move = GatewayWrite.moveOutbox(
                World.messageID(number),
                to: to,
                state,
                at: World.at(9)
            )
            _ = try await place.store.commit(World.act(move))
        }
        #expect(
            try await place.store.ask { try $0.outboxCounts() }
                == [.delivered: 1, .expired: 1, .queued: 1]
        )
        let key = World.key(1, from: World.office)
        _ = try await place.store.commit(
            World.act(.receive(World.inbox(1), World.inboxBytes(1)))
        )
        #expect(try await place.store.ask { try $0.inbox(message: key.messageID) } == [key])
        #expect(try await place.store.ask { try $0.inbox(message: World.messageID(2)) } == [])
        #expect(
            try await place.store.ask { try $0.inbox(state: nil, limit: 9) }
                == [World.inbox(1).asRead]
        )
        #expect(
            try await place.store.ask { try $0.outbox(state: nil, limit: 9) }
                .allSatisfy { $0.draft == nil }
        )
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(World.act(.queue(World.outbox(4).asRead)))
        }
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(
                World.act(.receive(World.inbox(2).asRead, World.inboxBytes(2)))
            )
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `own statements wait to be sent and others' wait for proof`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let own = PartyID(World.hospital)
        let key = World.key(1, from: World.office)
        let delivered = World.statement(
            .delivered,
            .copy(.delivered, key, World.hospital),
            by: own
        )
        let accepted = World.statement(.accepted, .message(.accepted, World.key(2)))
        let disclosure = World.sealed("names")
        _ = try await place.store.commit(
            World.act(
                .receipt(delivered, disclosure: nil),
                .send(delivered.sha256),
                .receipt(accepted, disclosure: disclosure)
            )
        )
        #expect(try await place.store.ask { try $0.unsentStatements(limit: 9) } == [delivered])
        #expect(
            try await place.store.ask {
                try $0.unprovedReceipts(except: own, storedBefore: World.start, limit: 9)
            }.map(\.statement) == [accepted]
        )
        #expect(try await place.store.ask { try $0.unsentProofs(of: own, limit: 9) } == [])

        _ = try await place.store.commit(World.act(.sent(delivered.sha256, at: World.start)))
        #expect(
            try await place.store.ask { try $0.unsentProofs(of: own, limit: 9) }.map(\.statement)
                == [delivered]
        )

        let proof = StoredProof(leaf: [1], tlogProof: [2])
        try await place.store.keep([
            .proof(ofReceipt: accepted.sha256, proof),
            .proofSent(ofReceipt: delivered.sha256, at: World.start),
        ])
        #expect(try await place.store.ask { try $0.unsentStatements(limit: 9) } == [])
        #expect(try await place.store.ask { try $0.unsentProofs(of: own, limit: 9) } == [])
        #expect(
            try await place.store.ask { try $0.receipts(of: World.key(2)) }
                == [ReceiptRow(statement: accepted, disclosure: disclosure, proof: proof)]
        )
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(World.act(.sent(delivered.sha256, at: World.start)))
        }
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.keep([.proof(ofReceipt: World.digest("unknown"), proof)])
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `expectations are met once and come up when they are due`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let row = World.outbox(1)
        let key = MessageKey(from: World.clinic, messageID: row.message)
        let expected = ExpectationRow(
            ExpectationName(key, World.office, .reply),
            due: World.at(10)
        )
        _ = try await place.store.commit(World.act(.queue(row), .expect(expected)))
        #expect(
            try await place.store.ask { try $0.expectations(dueBefore: World.at(9), limit: 9) }
                == []
        )
        #expect(
            try await place.store.ask { try $0.expectations(dueBefore: World.at(10), limit: 9) }
                == [expected]
        )
        for second in [3, 4] {
            let met = GatewayWrite.met(expected.name, at: World.at(second))
            _ = try await place.store.commit(World.act(met))
        }
        #expect(
            try await place.store.ask { try $0.expectations(of: key) }.map(\.metAt)
                == [World.at(3)]
        )
        #expect(
            try await place.store.ask { try $0.expectations(dueBefore: World.at(99), limit: 9) }
                == []
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `records, cursors, chains and settings are kept by name`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let draft = World.recordID("draft-1")
        let name = SettingName(rawValue: "exchange")
        let pair = PairRow(
            direction: .sent,
            peer: World.office,
            sequence: 7,
            message: World.messageID(1)
        )
        let first = World.act(
            .record(.draft, draft, World.sealed("one"), at: World.at(1)),
            .upkeep(.cursor(.events, 3)),
            .pair(pair),
            .setting(name, [1]),
            expecting: [
                .recordRevision(.draft, draft, nil), .cursor(.events, 0),
                .pairSequence(.sent, World.office, nil),
            ]
        )
        _ = try await place.store.commit(first)
        await #expect(throws: StoreError.conflict(.recordRevision(.draft, draft, nil))) {
            try await place.store.commit(first)
        }
        _ = try await place.store.commit(
            World.act(
                .record(.draft, draft, World.sealed("two"), at: World.at(2)),
                expecting: [
                    .recordRevision(.draft, draft, 1), .cursor(.events, 3),
                    .pairSequence(.sent, World.office, 7),
                ]
            )
        )
        let record = try await place.store.ask { try $0.record(.draft, draft) }
        #expect(record?.revision == 2)
        #expect(record?.sealed == World.sealed("two"))
        #expect(try await place.store.ask { try $0.records(.account) } == [])
        #expect(try await place.store.ask { try $0.pair(.sent, with: World.office) } == pair)
        #expect(try await place.store.ask { try $0.setting(name) } == [1])
        _ = try await place.store.commit(World.act(.dropRecord(.draft, draft)))
        #expect(try await place.store.ask { try $0.records(.draft) } == [])
    }

    @Test(arguments: StoreEngine.allCases)
    func `the mirrored directory only grows`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let leaves = (0..<3).map {
            DirectoryLeaf(index: UInt64($0), leaf: [UInt8($0)], object: $0 == 1 ? [9] : nil)
        }
        let other = DirectoryLeaf(index: 1, leaf: [7], object: nil)
        try await place.store.keep([.directoryLeaves(World.keys, Array(leaves[..<2]))])
        try await place.store.keep([.directoryLeaves(World.keys, [other, leaves[2]])])
        #expect(try await place.store.ask { try $0.mirroredTree() } == World.keys)
        #expect(
            try await place.store.ask { try $0.directoryLeaves(of: World.keys, from: 0, limit: 9) }
                == leaves
        )
        #expect(
            try await place.store.ask { try $0.directoryLeaves(of: World.keys, from: 1, limit: 1) }
                == [leaves[1]]
        )
        #expect(
            try await place.store.ask {
                try $0.directoryLeaves(of: World.transport, from: 0, limit: 9)
            }
                == []
        )
    }
}
