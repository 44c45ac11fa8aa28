import Delivery
import Primitives
import Storage
import TestKit
import Testing

private typealias World = StorageWorld

/// The book of expectations and the marks of old versions, in every store.
struct ExpectationContractTests {
    private static func asked(_ place: GatewayStorePlace) async throws -> [ExpectationRow] {
        try await place.store.ask { try $0.openExpectations(owed: nil, limit: 9) }
    }

    @Test(arguments: StoreEngine.allCases)
    func `open answers are listed by their day, those without one last`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let own = World.key(1)
        let theirs = World.key(2, from: World.office)
        let rows = [
            ExpectationRow(ExpectationName(own, World.office, .discharge), due: nil),
            ExpectationRow(ExpectationName(own, World.office, .reply), due: World.at(9)),
            ExpectationRow(
                ExpectationName(theirs, World.office, .reply),
                due: World.at(8),
                desk: World.desk
            ),
            ExpectationRow(ExpectationName(own, World.office, .delivered), due: World.at(1)),
        ]
        for row in rows { _ = try await place.store.commit(World.act(.expect(row))) }
        #expect(try await Self.asked(place) == [rows[2], rows[1], rows[0]])
        #expect(rows.map(\.name.isOwed) == [false, false, true, false])
        let named = try await place.store.ask { try $0.expectation(rows[2].name) }
        #expect(named == rows[2])
    }

    @Test(arguments: StoreEngine.allCases)
    func `a deadline passes once`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let name = ExpectationName(World.key(2, from: World.office), World.office, .reply)
        let row = ExpectationRow(name, due: World.at(3))
        _ = try await place.store.commit(World.act(.expect(row)))
        let early = try await place.store.ask { try $0.handedOver(to: [World.desk]) }
        #expect(early.isEmpty, "nobody was late yet")
        let passed = GatewayWrite.passed(name, desk: World.desk, at: World.at(5))
        _ = try await place.store.commit(World.act(passed))
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(World.act(passed))
        }
        let due = try await place.store.ask {
            try $0.expectations(dueBefore: World.at(9), limit: 9)
        }
        #expect(due.isEmpty)
        let handed = try await place.store.ask { try $0.handedOver(to: [World.desk]) }
        #expect(handed == [name.message])
        #expect(try await place.store.ask { try $0.handedOver(to: []) }.isEmpty)
        let open = try await Self.asked(place)
        #expect(open.map(\.passedAt) == [World.at(5)])
        #expect(open.map(\.desk) == [World.desk])
    }

    @Test(arguments: StoreEngine.allCases)
    func `nothing is expected of what has ended`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let row = World.outbox(1, to: [World.office, World.clinic])
        _ = try await place.store.commit(World.act(.queue(row)))
        for peer in [World.office, World.clinic] {
            let name = ExpectationName(World.key(1), peer, .reply)
            let asked = ExpectationRow(name, due: World.at(9))
            _ = try await place.store.commit(World.act(.expect(asked)))
        }
        let ends = GatewayWrite.moveOutbox(
            row.message,
            to: World.office,
            .expired,
            at: World.at(4)
        )
        _ = try await place.store.commit(World.act(ends))
        #expect(try await Self.asked(place).map(\.name.peer) == [World.clinic])
        let key = World.key(2, from: World.office)
        let owed = ExpectationRow(ExpectationName(key, key.from, .reply), due: nil)
        let came = GatewayWrite.receive(World.inbox(2), World.inboxBytes(2))
        _ = try await place.store.commit(World.act(came, .expect(owed)))
        #expect(try await Self.asked(place).count == 2)
        let back = GatewayWrite.moveInbox(key, .withdrawn, at: World.at(5))
        _ = try await place.store.commit(World.act(back))
        #expect(try await Self.asked(place).map(\.name.peer) == [World.clinic])
    }

    @Test(arguments: StoreEngine.allCases)
    func `an old version is marked where it stands`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let own = World.outbox(1)
        let theirs = World.key(2, from: World.office)
        let came = GatewayWrite.receive(World.inbox(2), World.inboxBytes(2))
        _ = try await place.store.commit(World.act(.queue(own), came))
        _ = try await place.store.commit(
            World.act(
                .replaced(World.key(1), by: World.messageID(5)),
                .replaced(theirs, by: World.messageID(6))
            )
        )
        let sent = try await place.store.ask { try $0.outbox(own.message) }
        #expect(sent?.replacedBy == World.messageID(5))
        #expect(sent?.revision == 2)
        let received = try await place.store.ask { try $0.inbox(theirs) }
        #expect(received?.replacedBy == World.messageID(6))
        #expect(received?.revision == 2)
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(
                World.act(.replaced(World.key(7), by: World.messageID(8)))
            )
        }
    }
}
