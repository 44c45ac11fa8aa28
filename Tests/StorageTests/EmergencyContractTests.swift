import Delivery
import Primitives
import Storage
import TestKit
import Testing

private typealias World = StorageWorld

/// What was done in emergencies, in every store.
struct EmergencyContractTests {
    private static func account(_ number: Int) throws -> AccountID {
        try #require(AccountID("6f1c0a52-3a57-4d43-9d0e-00000000000\(number)"))
    }

    private static func row(
        _ number: Int,
        _ kind: EmergencyKind = .reading,
        by account: Int? = 1
    ) throws -> EmergencyRow {
        EmergencyRow(
            id: try #require(EmergencyID("7f1c0a52-3a57-4d43-9d0e-00000000000\(number)")),
            kind,
            World.key(2, from: World.office),
            by: try account.map(Self.account),
            at: World.at(number),
            sealed: World.sealed("note \(number)")
        )
    }

    @Test(arguments: StoreEngine.allCases)
    func `each is reviewed once, by whoever is first`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let rows = [try Self.row(1), try Self.row(2, .consent, by: nil), try Self.row(3)]
        for row in rows.reversed() { _ = try await place.store.commit(World.act(.emergency(row))) }
        #expect(try await place.store.ask { try $0.waitingEmergencyCount() } == 3)
        #expect(
            try await place.store.ask { try $0.waitingEmergencies(limit: 2) } == [rows[0], rows[1]]
        )
        for (row, at) in [(rows[1], 5), (rows[0], 6)] {
            let review = EmergencyReview(.justified, at: World.at(at))
            let write = GatewayWrite.reviewed(row.id, review, World.sealed("said \(at)"))
            _ = try await place.store.commit(World.act(write))
            await #expect(throws: StoreError.conflict(nil)) {
                try await place.store.commit(World.act(write))
            }
        }
        #expect(try await place.store.ask { try $0.waitingEmergencies(limit: 9) } == [rows[2]])
        #expect(try await place.store.ask { try $0.waitingEmergencyCount() } == 1)
        let reviewed = try await place.store.ask { try $0.reviewedEmergencies(limit: 9) }
        #expect(reviewed.map(\.id) == [rows[0].id, rows[1].id])
        #expect(reviewed.map(\.sealed) == [World.sealed("said 6"), World.sealed("said 5")])
        let first = try await place.store.ask { try $0.emergency(rows[0].id) }
        #expect(first?.review == EmergencyReview(.justified, at: World.at(6)))
        await #expect(throws: StoreError.self) {
            try await place.store.commit(World.act(.emergency(rows[2])))
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `a reading holds for its person, its message and its time`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let (row, later) = (try Self.row(3), try Self.row(4))
        let consent = try Self.row(5, .consent)
        for one in [row, later, consent] {
            _ = try await place.store.commit(World.act(.emergency(one)))
        }
        func found(
            _ account: Int,
            _ key: MessageKey = World.key(2, from: World.office),
            since: Int
        ) async throws -> EmergencyRow? {
            let who = try Self.account(account)
            return try await place.store.ask {
                try $0.emergency(of: key, by: who, since: World.at(since))
            }
        }
        #expect(try await found(1, since: 2) == later)
        #expect(try await found(1, since: 4) == nil)
        #expect(try await found(2, since: 2) == nil)
        #expect(try await found(1, World.key(3, from: World.office), since: 2) == nil)
        for (id, verdict) in [(later.id, EmergencyVerdict.unjustified), (row.id, .justified)] {
            let review = EmergencyReview(verdict, at: World.at(7))
            let write = GatewayWrite.reviewed(id, review, World.sealed("said"))
            _ = try await place.store.commit(World.act(write))
        }
        #expect(try await found(1, since: 2)?.id == row.id)
    }
}
