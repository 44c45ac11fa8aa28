import CSQLite
import Primitives

/// An open database file: owned once, closed once.
@safe
struct Database: ~Copyable {
    let pointer: OpaquePointer

    init(path: String, flags: Int32) throws(StoreError) {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            // A failed open leaves a handle that still must be closed.
            unsafe sqlite3_close_v2(opened)
            throw StoreError(sqlite: code)
        }
        unsafe pointer = opened
        unsafe sqlite3_extended_result_codes(opened, 0)
    }

    // `v2`: a cached statement that is finalized later does no harm.
    deinit { unsafe sqlite3_close_v2(pointer) }
}

/// One connection with its prepared statements. It belongs to one thread at a time.
///
/// Preparing costs more than most statements do, so each text is prepared once.
final class Connection {
    private let database: Database
    private var prepared: [String: Prepared] = [:]

    fileprivate final class Prepared {
        let statement: Statement
        init(_ statement: consuming Statement) { self.statement = statement }
    }

    enum Mode {
        case write, read
    }

    init(path: String, _ mode: Mode) throws(StoreError) {
        let flags =
            switch mode {
            case .write: SQLITE_OPEN_READWRITE
            case .read: SQLITE_OPEN_READONLY
            }
        database = try Database(path: path, flags: flags)
        unsafe sqlite3_busy_timeout(database.pointer, 5_000)
        // What a statement sets aside stays in memory: never in a folder that is not ours.
        for pragma in [
            "foreign_keys=ON", "secure_delete=ON", "trusted_schema=OFF", "temp_store=MEMORY",
        ] {
            try script("PRAGMA \(pragma)")
        }
        guard mode != .read else { return }
        // FULL: a commit returns when its pages are on the disk (`audit-log.md` 3).
        for pragma in ["journal_mode=WAL", "synchronous=FULL", "journal_size_limit=16777216"] {
            try script("PRAGMA \(pragma)")
        }
    }

    /// Runs several statements of our own text, without values.
    func script(_ text: String) throws(StoreError) {
        let code = unsafe sqlite3_exec(database.pointer, text, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw unsafe StoreError.sqlite(on: database.pointer)
        }
    }

    /// Runs one statement that gives no rows.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ text: String, _ values: any ColumnValue...) throws(StoreError) -> Int {
        try change(text, values)
    }

    /// The same for values that are an array already.
    func change(_ text: String, _ values: [any ColumnValue]) throws(StoreError) -> Int {
        _ = try collect(text, values) { _ throws(StoreError) in }
        return Int(unsafe sqlite3_changes64(database.pointer))
    }

    /// Every row, made by `make`.
    func rows<Value>(
        _ text: String,
        _ values: any ColumnValue...,
        make: (Row) throws(StoreError) -> Value
    ) throws(StoreError) -> [Value] {
        try collect(text, values, make)
    }

    /// The first row, made by `make`; nil without one.
    func row<Value>(
        _ text: String,
        _ values: any ColumnValue...,
        make: (Row) throws(StoreError) -> Value
    ) throws(StoreError) -> Value? {
        try collect(text, values, limit: 1, make).first
    }

    /// Whether the query gives a row.
    func exists(_ text: String, _ values: any ColumnValue...) throws(StoreError) -> Bool {
        try !collect(text, values, limit: 1) { _ throws(StoreError) in }.isEmpty
    }

    /// The first column of the first row; 0 without one.
    func number(_ text: String, _ values: any ColumnValue...) throws(StoreError) -> Int64 {
        let found: [Int64] = try collect(text, values, limit: 1) { row throws(StoreError) in
            try row[0]
        }
        return found.first ?? 0
    }

    /// The same for values that are an array already.
    func collect<Value>(
        _ text: String,
        _ values: [any ColumnValue],
        limit: Int = .max,
        _ make: (Row) throws(StoreError) -> Value
    ) throws(StoreError) -> [Value] {
        let cached = try statement(text)
        defer { cached.statement.reset() }
        try cached.statement.bind(values)
        var made: [Value] = []
        while made.count < limit, try cached.statement.step() {
            made.append(try make(Row(statement: cached)))
        }
        return made
    }

    /// The first column of every row, in the shortest way: of places in a log there are millions.
    func integers(_ text: String, _ values: [any ColumnValue]) throws(StoreError) -> [Int64] {
        let cached = try statement(text)
        defer { cached.statement.reset() }
        try cached.statement.bind(values)
        var made: [Int64] = []
        while try cached.statement.step() {
            guard let number = cached.statement.integer() else { throw .damaged }
            made.append(number)
        }
        return made
    }

    /// The number of the row inserted last.
    var insertedRow: Int64 { unsafe sqlite3_last_insert_rowid(database.pointer) }

    /// False when SQLite itself has ended the transaction, as after a full disk.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database.pointer) == 0 }

    private func statement(_ text: String) throws(StoreError) -> Prepared {
        if let known = prepared[text] { return known }
        let made = Prepared(try unsafe Statement(text, on: database.pointer))
        prepared[text] = made
        return made
    }

    /// The current row of a query; valid inside `make` alone.
    struct Row {
        fileprivate let statement: Prepared

        /// The value of a column, counted from 0.
        subscript<Value: ColumnValue>(index: Int32) -> Value {
            get throws(StoreError) {
                guard let value = Value(stored: statement.statement.column(index)) else {
                    throw .damaged
                }
                return value
            }
        }
    }
}
