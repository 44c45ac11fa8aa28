import Audit
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import Storage

/// Values on their way into columns and back, and what SQLite's refusals mean.
@Suite struct ConnectionTests {
    typealias World = StorageWorld

    private let folder: TestFolder
    private let connection: Connection

    init() throws {
        folder = try TestFolder()
        let file = SQLiteFile(
            application: 9,
            migrations: [
                """
                CREATE TABLE place (
                    id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER CHECK (size < 9));
                CREATE TABLE part (place INTEGER NOT NULL REFERENCES place, note TEXT NOT NULL);
                """
            ]
        )
        connection = try file.open(folder.path + "/test.db")
    }

    @Test(arguments: [
        SQLValue.null, .integer(.min), .integer(.max), .text(""), .text("漢字 e\u{301} \0 end"),
        .blob([]), .blob([0]), .blob([UInt8](0...255)),
    ])
    func `a value comes back as it went in`(value: SQLValue) throws {
        let found = try connection.row("SELECT ?1", Raw(stored: value)) {
            row throws(StoreError) in try row[0] as Raw
        }
        #expect(try #require(found).value == value)
    }

    @Test func `typed values have one form in a column`() throws {
        try roundTrip(Int64(-7), .integer(-7))
        try roundTrip(UInt64(7), .integer(7))
        try roundTrip(true, .integer(1))
        try roundTrip(World.start, .text(World.start.description))
        try roundTrip(World.digest("a"), .blob(World.digest("a").bytes))
        try roundTrip(World.hospital, .text(World.hospital.text))
        try roundTrip(World.transport, .text(World.transport.text))
        try roundTrip(DeliveryState.delivered, .text("delivered"))
        try roundTrip(Optional<Int64>.none, .null)
        try roundTrip(Optional(World.desk), .text("liaison"))
    }

    @Test func `what does not fit its type is damage`() throws {
        try refuses(Int64.self, .text("7"))
        try refuses(Int64.self, .null)
        try refuses(UInt64.self, .integer(-1))
        try refuses(Bool.self, .integer(2))
        try refuses(Timestamp.self, .text("2026-11-21"))
        try refuses(Digest.self, .blob([1]))
        try refuses(MemberID.self, .text("somebody"))
        try refuses(DeliveryState.self, .text("arrived"))
        try refuses(TreeOrigin.self, .text("no tree"))
        try refuses([UInt8].self, .text("bytes"))
        try refuses(String.self, .blob([65]))
        try refuses(Optional<Int64>.self, .text("7"))
    }

    @Test(arguments: [
        ("INSERT INTO place (name) VALUES ('taken')", StoreError.conflict(nil)),
        ("INSERT INTO place (id) VALUES (1)", .conflict(nil)),
        ("INSERT INTO part VALUES (99, 'note')", .conflict(nil)),
        ("DELETE FROM place", .conflict(nil)),
        ("INSERT INTO part VALUES (1, NULL)", .damaged),
        ("INSERT INTO place (size) VALUES (9)", .damaged),
        ("SELECT nothing FROM place", .unavailable(code: 1)),
    ])
    func `a refusal of SQLite has one meaning`(text: String, error: StoreError) throws {
        try connection.run("INSERT INTO place VALUES (1, 'taken', 1)")
        try connection.run("INSERT INTO part VALUES (1, 'note')")
        #expect(throws: error) { try connection.run(text) }
        // The statement is ready again after its failure.
        #expect(throws: error) { try connection.run(text) }
        #expect(try connection.number("SELECT count(*) FROM place") == 1)
    }

    @Test func `a transaction that throws leaves nothing`() throws {
        let outcome = connection.transaction { connection throws(StoreError) in
            try connection.run("INSERT INTO place (name) VALUES ('one')")
            throw StoreError.busy
        }
        #expect(throws: StoreError.busy) { try outcome.get() }
        #expect(!connection.isInTransaction)
        #expect(try !connection.exists("SELECT 1 FROM place"))
        let kept = connection.transaction { connection throws(StoreError) in
            try connection.run("INSERT INTO place (name) VALUES ('one')")
        }
        #expect(try kept.get() == 1)
        #expect(connection.insertedRow == 1)
    }

    @Test func `a query can stop at its first row and be asked again`() throws {
        for name in ["a", "b", "c"] {
            try connection.run("INSERT INTO place (name) VALUES (?1)", name)
        }
        let text = "SELECT name FROM place ORDER BY id"
        for _ in 0..<2 {
            let first: String? = try connection.row(text) { row throws(StoreError) in try row[0] }
            #expect(first == "a")
        }
        let all: [String] = try connection.rows(text) { row throws(StoreError) in try row[0] }
        #expect(all == ["a", "b", "c"])
        #expect(try connection.number("SELECT id FROM place WHERE name = ?1", "none") == 0)
    }

    @Test func `a reader's connection cannot write`() throws {
        let reader = try Connection(path: folder.path + "/test.db", .read)
        #expect(throws: StoreError.self) { try reader.run("DELETE FROM place") }
        #expect(throws: StoreError.unavailable(code: 14)) {
            _ = try Connection(path: folder.path + "/missing.db", .read)
        }
    }

    /// Any value as it is.
    private struct Raw: ColumnValue {
        let value: SQLValue
        init?(stored: SQLValue) { value = stored }
        var stored: SQLValue { value }
    }

    private func roundTrip<Value: ColumnValue & Equatable>(
        _ value: Value,
        _ form: SQLValue
    ) throws {
        #expect(value.stored == form)
        let found: Value? = try connection.row("SELECT ?1", value) {
            row throws(StoreError) in try row[0]
        }
        #expect(found == value)
    }

    private func refuses<Value: ColumnValue>(_ type: Value.Type, _ form: SQLValue) throws {
        let raw = try #require(Raw(stored: form))
        #expect(throws: StoreError.damaged) {
            _ = try connection.row("SELECT ?1", raw) { row throws(StoreError) -> Value in
                try row[0]
            }
        }
    }
}

extension SQLValue: Equatable {
    static func == (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let left), .integer(let right)): left == right
        case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
        case (.blob(let left), .blob(let right)): left == right
        default: false
        }
    }
}
