import Delivery
import Primitives
import Storage
import TestKit
import Testing

private typealias World = StorageWorld

/// Days that are compared with a peer, in every store.
struct ReconciliationContractTests {
    private static let day = World.demand(Day("2026-11-20"))
    private static let days = day...day.adding(days: 3)

    private static func row(
        _ number: Int,
        _ direction: PairDirection = .sent,
        with peer: MemberID = World.hospital,
        after days: Int = 0
    ) -> ExchangedRow {
        ExchangedRow(
            day: day.adding(days: days),
            peer: peer,
            direction: direction,
            message: World.messageID(number)
        )
    }

    private static func said(
        _ days: Int,
        told: Bool = false,
        heard: String? = nil,
        _ outcome: ReconciliationOutcome? = nil
    ) -> ReconciliationRow {
        var row = ReconciliationRow(day: day.adding(days: days), peer: World.hospital)
        row.told = told ? World.key(1, from: World.office).sha256 : nil
        row.heard = heard.map { Array($0.utf8) }
        row.outcome = outcome
        return row
    }

    @Test(arguments: StoreEngine.allCases)
    func `messages of a day are kept once, by peer and direction`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let rows = [
            Self.row(2), Self.row(1), Self.row(3, .received), Self.row(4, with: World.office),
            Self.row(5, after: 1),
        ]
        for _ in 0..<2 { try await place.store.keep(rows.map { .exchanged($0) }) }
        let found = try await place.store.ask {
            try $0.exchanged(on: Self.day, with: World.hospital)
        }
        #expect(found == [rows[2], rows[1], rows[0]])
        let waiting = try await place.store.ask { try $0.waitingDays(Self.days) }
        #expect(waiting.map(\.day) == [0, 0, 1].map { Self.day.adding(days: $0) })
        #expect(Set(waiting.map(\.peer)) == [World.hospital, World.office])
        let others = Self.day.adding(days: -9)...Self.day.adding(days: -1)
        #expect(try await place.store.ask { try $0.waitingDays(others) }.isEmpty)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a day waits until both have spoken and somebody has judged`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        try await place.store.keep((0..<4).map { .exchanged(Self.row($0 + 1, after: $0)) })
        let rows = [
            Self.said(0, told: true), Self.said(1, heard: "b"),
            Self.said(2, told: true, heard: "c"), Self.said(3, told: true, heard: "d", .differs),
        ]
        try await place.store.keep(rows.map { .reconciliation($0) })
        #expect(try await place.store.ask { try $0.waitingDays(Self.days) } == [rows[1], rows[2]])
        #expect(try await place.store.ask { try $0.differingDays() } == [rows[3]])
        for row in rows {
            let found = try await place.store.ask {
                try $0.reconciliation(of: row.day, with: row.peer)
            }
            #expect(found == row)
        }
        // The last word stands.
        let ends = [Self.said(2, told: true, heard: "e", .agrees), Self.said(3, .settled)]
        try await place.store.keep(ends.map { .reconciliation($0) })
        #expect(try await place.store.ask { try $0.waitingDays(Self.days) } == [rows[1]])
        #expect(try await place.store.ask { try $0.differingDays() }.isEmpty)
        try await place.store.keep([.dropReconciled(before: Self.day.adding(days: 2))])
        #expect(try await place.store.ask { try $0.waitingDays(Self.days) }.isEmpty)
        let gone = try await place.store.ask {
            try $0.exchanged(on: Self.day, with: World.hospital)
        }
        #expect(gone.isEmpty)
    }
}
