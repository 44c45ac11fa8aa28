import Audit
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// Many for one row: exactly one wins, and of the others nothing is found anywhere.
@Suite struct RaceTests {
    typealias World = StorageWorld

    @Test(arguments: StoreEngine.allCases)
    func `of a thousand receipts for one copy one is stored`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        let store = place.store
        _ = try await store.commit(World.accept(World.message(World.key(1))))
        _ = try await store.commit(World.release(World.key(1)))

        let wins = await withTaskGroup(of: Int?.self) { group in
            for racer in 0..<1000 {
                group.addTask {
                    let result = await store.commit([Self.receipt(racer)])[0]
                    return if case .success = result { racer } else { nil }
                }
            }
            return await group.reduce(into: [Int]()) { wins, win in wins += win.map { [$0] } ?? [] }
        }

        #expect(wins.count == 1)
        let winner = try #require(wins.first)
        let stored = try await store.ask {
            try $0.statements(of: World.key(1), to: World.office).last?.bytes
        }
        let slot = StatementSlot.copy(.delivered, World.key(1), World.office)
        #expect(stored == Self.statement(winner, slot).bytes)
        #expect(try await store.ask { try $0.openTree(.transport)?.size } == 4)
        #expect(try await store.ask { try $0.newestEvent(of: World.hospital) } == 1)
        store.close()
        for racer in 0..<1000 where engine == .sqlite && racer.isMultiple(of: 10) {
            #expect(try place.folder.contains("racer \(racer) ") == (racer == winner))
        }
    }

    @Test func `what a change wrote before it lost is gone too`() async throws {
        let place = try await ExchangeStorePlace()
        let slot = StatementSlot.copy(.delivered, World.key(1), World.office)
        let first = Self.statement(1, slot)
        let second = Self.statement(2, slot)
        let notice = NoticeRow(type: .maintenance, members: "notice of the loser".bytes)
        let entry = World.accepted(World.key(1), first.sha256)
        _ = try await place.store.commit(World.change([ExchangeWrite.statement(first)], [entry]))
        // No precondition: the second row of the slot is refused by the table itself.
        let loser = World.change(
            [ExchangeWrite.notice(World.office, notice, at: World.start), .statement(second)],
            [World.accepted(World.key(1), second.sha256)]
        )
        await #expect(throws: StoreError.conflict(nil)) { try await place.store.commit(loser) }
        #expect(try await place.store.ask { try $0.newestEvent(of: World.office) } == 0)
        #expect(
            try await place.store.ask { try $0.positions(ofStatement: second.sha256) } == []
        )
        place.store.close()
        #expect(try place.folder.contains("racer 1 "))
        #expect(try !place.folder.contains("racer 2 "))
        #expect(try !place.folder.contains("notice of the loser"))
    }

    @Test(arguments: StoreEngine.allCases)
    func `release and expiry contend for one row and one of them happens`(
        engine: StoreEngine
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        let store = place.store
        for number in 0..<50 {
            let key = World.key(number)
            _ = try await store.commit(World.accept(World.message(key)))
            async let released = store.commit([World.release(key)])
            async let expired = store.commit([
                World.acknowledge(key, .expired, .accepted, .expired)
            ])
            let outcomes = await released + expired
            #expect(outcomes.count { if case .success = $0 { true } else { false } } == 1)
            let state = try await store.ask { try $0.copy(key, to: World.office)?.state }
            let isReleased = if case .success = outcomes[0] { true } else { false }
            #expect(state == (isReleased ? .released : .expired))
        }
    }

    private static func statement(_ racer: Int, _ slot: StatementSlot) -> StatementRow {
        World.statement(.delivered, slot, by: PartyID(World.office), marked: "racer \(racer) ")
    }

    private static func receipt(_ racer: Int) -> Change<ExchangeWrite> {
        let key = World.key(1)
        let receipt = statement(racer, .copy(.delivered, key, World.office))
        return World.change(
            expecting: [.copyState(key, to: World.office, .released)],
            [
                .statement(receipt),
                .moveCopy(key, to: World.office, .delivered, at: World.start),
                .event(key.from, statement: receipt.sha256, at: World.start),
            ],
            [World.accepted(key, receipt.sha256)]
        )
    }
}
