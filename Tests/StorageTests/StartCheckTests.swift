import Audit
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import Storage

/// What a store finds at its start after somebody has been at its files.
@Suite struct StartCheckTests {
    typealias World = StorageWorld

    /// A closed store with ten leaves, a checkpoint over six of them, and its triggers gone.
    private struct Tampered {
        let folder: TestFolder
        let data: DataFolder
        let connection: Connection

        init() async throws {
            folder = try TestFolder()
            data = try ExchangeStorePlace.make(folder)
            let store = try ExchangeStorePlace.open(data)
            _ = try await store.commit(World.change([], [World.opened(World.transport)]))
            for number in 1...9 {
                _ = try await store.commit(World.accept(World.message(World.key(number))))
            }
            let head = try #require(
                try await store.ask { try $0.head(of: World.transport, size: 6) }
            )
            let checkpoint = try await LogTests.signer().checkpoint(World.transport, head)
            try await store.save(checkpoint, signedAt: World.start)
            store.close()
            connection = try Connection(path: folder.path + "/exchange.db", .write)
            let triggers: [String] = try connection.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            ) { row throws(StoreError) in try row[0] }
            for trigger in triggers { try connection.script("DROP TRIGGER \(trigger)") }
        }

        func start() -> StoreError? {
            do throws(StoreError) {
                try ExchangeStorePlace.open(data).close()
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `an untouched store starts`() async throws {
        #expect(try await Tampered().start() == nil)
    }

    @Test(arguments: [
        ("UPDATE auditTree SET size = 5", StoreError.rolledBack(.transport)),
        (
            "DELETE FROM auditLeaf WHERE position & 0xFF >= 4; UPDATE auditTree SET size = 4",
            .rolledBack(.transport)
        ),
        (
            "UPDATE auditNode SET hash = zeroblob(32) WHERE level = 2 AND nodeIndex = 0",
            .rolledBack(.transport)
        ),
        ("DELETE FROM auditNode WHERE level = 1 AND nodeIndex = 2", .damaged),
        ("UPDATE auditLeaf SET leaf = x'7b7d' WHERE position & 0xFF = 8", .damaged),
        ("DELETE FROM auditLeaf WHERE position & 0xFF = 9", .damaged),
        ("UPDATE auditTree SET size = 8", .damaged),
        ("UPDATE auditTree SET size = 11", .damaged),
        ("UPDATE auditCheckpoint SET note = x'00'", .damaged),
    ])
    func `a store that was cut or changed must not write`(
        harm: String,
        error: StoreError
    ) async throws {
        let tampered = try await Tampered()
        try tampered.connection.script(harm)
        #expect(tampered.start() == error)
        #expect(!error.isTemporary)
    }

    @Test(arguments: [
        "UPDATE auditLeaf SET leaf = x'00'", "DELETE FROM auditLeaf",
        "UPDATE auditNode SET hash = x'00'", "DELETE FROM auditNode",
        "UPDATE auditCheckpoint SET note = x'00'", "DELETE FROM auditCheckpoint",
        "UPDATE auditCosignature SET line = x'00'", "DELETE FROM auditCosignature",
        "UPDATE auditTree SET origin = 'other'", "UPDATE auditTree SET openedAt = 'other'",
        "UPDATE auditTree SET size = 0", "DELETE FROM auditTree",
    ])
    func `the tables of the log only grow`(slip: String) async throws {
        let place = try await ExchangeStorePlace()
        let connection = try Connection(path: place.folder.path + "/exchange.db", .write)
        try connection.script(
            """
            INSERT INTO auditCheckpoint VALUES (1, 1, x'01', 'now');
            INSERT INTO auditCosignature VALUES (1, 1, 'witness', x'01');
            """
        )
        #expect(throws: StoreError.damaged) { try connection.script(slip) }
        try connection.script("UPDATE auditTree SET closedAt = '\(World.start)'")
    }

    @Test func `a column of another form is damage, not a guess`() async throws {
        let place = try await ExchangeStorePlace()
        let row = World.message(World.key(1))
        _ = try await place.store.commit(World.accept(row))
        let connection = try Connection(path: place.folder.path + "/exchange.db", .write)
        for harm in [
            "UPDATE message SET urgency = 'soon'", "UPDATE message SET acceptedAt = '2026'",
            "UPDATE message SET accepted = x'00'", "UPDATE message SET sealedLength = 'x'",
        ] {
            try connection.script("SAVEPOINT before; \(harm); RELEASE before")
            await #expect(throws: StoreError.damaged) {
                try await place.store.ask { try $0.message(row.key) }
            }
        }
    }
}
