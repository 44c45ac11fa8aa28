import Audit
import Delivery
import Directory
import Foundation
import Primitives
import TestKit
import Testing

@testable import Storage

/// The data folder, its lock, and files that are not ours.
@Suite struct FolderTests {
    typealias World = StorageWorld

    @Test func `a folder tells its kind and whether it is a sandbox`() throws {
        let folder = try TestFolder()
        let path = folder.path + "/deep/data"
        let made = try DataFolder.create(path, kind: .gateway, isSandbox: true, at: World.start)
        #expect(made.isSandbox)
        let format = try String(contentsOfFile: path + "/format", encoding: .utf8)
        #expect(
            format.hasSameBytes(
                as: #"{"created":"\#(World.start)","kind":"gateway","sandbox":true,"schema":1}"#
            )
        )
    }

    @Test func `only one process may hold a folder`() throws {
        let folder = try TestFolder()
        var first: DataFolder? = try ExchangeStorePlace.make(folder)
        #expect(throws: StoreError.locked) {
            try DataFolder(folder.path, kind: .exchange)
        }
        #expect(first != nil)
        first = nil
        #expect(throws: Never.self) { try DataFolder(folder.path, kind: .exchange) }
    }

    @Test(
        arguments: [
            (#"{"created":"x","kind":"exchange","sandbox":false,"schema":1}"#, nil),
            (
                #"{"created":"x","kind":"gateway","sandbox":false,"schema":1}"#,
                StoreError.unknownFile
            ),
            (#"{"created":"x","kind":"other","sandbox":false,"schema":1}"#, .unknownFile),
            (#"{"created":"x","kind":"exchange","schema":1}"#, .unknownFile),
            ("not JSON", .unknownFile),
            (
                #"{"created":"x","kind":"exchange","sandbox":false,"schema":2}"#,
                .newerSchema(found: 2, known: 1)
            ),
        ] as [(String, StoreError?)]
    )
    func `a folder of another kind or a newer form is refused`(
        format: String,
        error: StoreError?
    ) throws {
        let folder = try TestFolder()
        try Data(format.utf8).write(to: URL(fileURLWithPath: folder.path + "/format"))
        #expect(Self.error { try DataFolder(folder.path, kind: .exchange) } == error)
    }

    @Test func `a folder without format is no store, and one with it is not made anew`() throws {
        let folder = try TestFolder()
        #expect(throws: StoreError.noStore) { try DataFolder(folder.path, kind: .exchange) }
        _ = try ExchangeStorePlace.make(folder)
        #expect(throws: StoreError.unknownFile) { try ExchangeStorePlace.make(folder) }
    }

    @Test func `a dropped store ends its work and can be opened again`() async throws {
        let folder = try TestFolder()
        let key = World.key(1)
        do {
            let store = try ExchangeStorePlace.open(try ExchangeStorePlace.make(folder))
            _ = try await store.commit(World.change([], [World.opened(World.transport)]))
            _ = try await store.commit(World.accept(World.message(key)))
        }
        let data = try DataFolder(folder.path, kind: .exchange)
        let store = try ExchangeStorePlace.open(data)
        #expect(try await store.ask { try $0.message(key) } == World.message(key))
        let next = try await store.commit(World.accept(World.message(World.key(2))))
        #expect(next.positions.map(\.index) == [2])
    }

    @Test func `two organisations of one gateway have stores of their own`() async throws {
        let folder = try TestFolder()
        let data = try DataFolder.create(
            folder.path,
            kind: .gateway,
            isSandbox: false,
            at: World.start
        )
        let stores = try [World.hospital, World.office].map { member in
            try SQLiteGatewayStore(
                of: member,
                in: data,
                clock: SimulatedTime(),
                source: World.source
            )
        }
        _ = try await stores[0].commit(World.change([], [World.opened(World.access)]))
        _ = try await stores[0].commit(World.act(.queue(World.outbox(1))))
        #expect(try await stores[0].ask { try $0.outbox(World.messageID(1)) } != nil)
        #expect(try await stores[1].ask { try $0.outbox(World.messageID(1)) } == nil)
        #expect(try await stores[1].ask { try $0.trees() } == [])
    }

    @Test func `files are for the service alone, and data keys in a file of their own`()
        async throws
    {
        let place = try await ExchangeStorePlace()
        let key = WrappedDataKey(
            use: .columns,
            fiscalYear: 2026,
            wrapped: "the wrapped key".bytes,
            createdAt: World.start
        )
        _ = try await place.store.keepDataKey(key)
        for name in ["exchange.db", "exchange.db-wal", "secrets.db", "format", "lock"] {
            let file = place.folder.path + "/" + name
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
        place.store.close()
        let main = try Data(contentsOf: URL(fileURLWithPath: place.folder.path + "/exchange.db"))
        #expect(main.range(of: Data(key.wrapped)) == nil)
        #expect(try place.folder.contains("the wrapped key"))
    }

    @Test func `a file that is not ours is refused and stays as it is`() throws {
        for content in ["", "not a database, but long enough to be looked at by its header"] {
            let folder = try TestFolder()
            let data = try ExchangeStorePlace.make(folder)
            let path = folder.path + "/exchange.db"
            if content.isEmpty {
                let other = try Self.database(path)
                try other.script("CREATE TABLE others (name TEXT)")
            } else {
                try Data(content.utf8).write(to: URL(fileURLWithPath: path))
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(Self.error { try ExchangeStorePlace.open(data) } == .unknownFile)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test func `a store of the other kind or a newer schema is refused`() throws {
        let folder = try TestFolder()
        let data = try ExchangeStorePlace.make(folder)
        let path = folder.path + "/exchange.db"
        do {
            let connection = try GatewaySchema.file.open(path)
            #expect(try connection.number("PRAGMA user_version") == 5)
        }
        #expect(Self.error { try ExchangeStorePlace.open(data) } == .unknownFile)
        let connection = try Self.database(path)
        try connection.script("PRAGMA application_id = \(ExchangeSchema.file.application)")
        try connection.script("PRAGMA user_version = 7")
        #expect(
            Self.error { try ExchangeStorePlace.open(data) } == .newerSchema(found: 7, known: 3)
        )
    }

    @Test func `migrations run once each, in order`() throws {
        let folder = try TestFolder()
        let path = folder.path + "/test.db"
        let steps = ["CREATE TABLE one (a)", "CREATE TABLE two (b)"]
        for count in [1, 1, 2, 2] {
            let file = SQLiteFile(application: 1, migrations: Array(steps.prefix(count)))
            let connection = try file.open(path)
            #expect(try connection.number("PRAGMA user_version") == Int64(count))
        }
        let broken = SQLiteFile(application: 1, migrations: steps + ["CREATE TABLE two (b)"])
        #expect(throws: StoreError.self) { _ = try broken.open(path) }
        let connection = try SQLiteFile(application: 1, migrations: steps).open(path)
        #expect(try connection.number("PRAGMA user_version") == 2)
    }

    @Test func `connections write through to the disk and keep references whole`() throws {
        let folder = try TestFolder()
        let connection = try ExchangeSchema.file.open(folder.path + "/exchange.db")
        #expect(try connection.number("PRAGMA synchronous") == 2)
        #expect(try connection.number("PRAGMA foreign_keys") == 1)
        #expect(try connection.number("PRAGMA secure_delete") == 1)
        let mode: [String] = try connection.rows("PRAGMA journal_mode") {
            row throws(StoreError) in try row[0]
        }
        #expect(mode == ["wal"])
    }

    /// A database that SQLite itself makes, without our marks.
    private static func database(_ path: String) throws(StoreError) -> Connection {
        try FileSystem.touch(path)
        return try Connection(path: path, .write)
    }

    private static func error(_ act: () throws -> Any) -> StoreError? {
        do { _ = try act() } catch { return error as? StoreError }
        return nil
    }
}
