import CSQLite
import Glibc

/// A prepared statement: owned once, finalized once.
@safe
struct Statement: ~Copyable {
    private let pointer: OpaquePointer

    /// - Throws: `unavailable` when the text does not compile: the schema is not the expected one.
    init(_ text: String, on database: OpaquePointer) throws(StoreError) {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = unsafe sqlite3_prepare_v3(database, text, -1, flags, &prepared, nil)
        guard code == SQLITE_OK, let prepared = unsafe prepared else {
            throw unsafe StoreError.sqlite(on: database)
        }
        unsafe pointer = prepared
    }

    deinit { unsafe sqlite3_finalize(pointer) }

    borrowing func bind(_ values: [any ColumnValue]) throws(StoreError) {
        for (offset, value) in values.enumerated() {
            let code = bind(value.stored, at: Int32(offset + 1))
            guard code == SQLITE_OK else { throw StoreError(sqlite: code) }
        }
    }

    /// - Returns: whether there is a row.
    borrowing func step() throws(StoreError) -> Bool {
        let code = unsafe sqlite3_step(pointer)
        guard code == SQLITE_ROW || code == SQLITE_DONE else {
            throw unsafe StoreError.sqlite(on: sqlite3_db_handle(pointer))
        }
        return code == SQLITE_ROW
    }

    /// Makes the statement ready for the next use and forgets what was bound.
    borrowing func reset() {
        // The code of `reset` repeats that of the last step, which was looked at there.
        _ = unsafe sqlite3_reset(pointer)
        _ = unsafe sqlite3_clear_bindings(pointer)
    }

    borrowing func column(_ index: Int32) -> SQLValue {
        switch unsafe sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: .integer(unsafe sqlite3_column_int64(pointer, index))
        case SQLITE_TEXT: .text(String(decoding: bytes(of: index), as: UTF8.self))
        case SQLITE_BLOB: .blob(bytes(of: index))
        default: .null
        }
    }

    /// The first column, where it is a whole number.
    borrowing func integer() -> Int64? {
        guard unsafe sqlite3_column_type(pointer, 0) == SQLITE_INTEGER else { return nil }
        return unsafe sqlite3_column_int64(pointer, 0)
    }

    private borrowing func bytes(of index: Int32) -> [UInt8] {
        // `column_blob` before `column_bytes`, as SQLite asks; nil for a length of zero.
        guard let start = unsafe sqlite3_column_blob(pointer, index) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(pointer, index))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    private borrowing func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(pointer, index)
        case .integer(let number):
            return unsafe sqlite3_bind_int64(pointer, index, number)
        case .text(let text):
            return unsafe Array(text.utf8).withUnsafeBytes { bytes in
                unsafe sqlite3_bind_text64(
                    pointer,
                    index,
                    bytes.baseAddress,
                    UInt64(bytes.count),
                    copied,
                    utf8
                )
            }
        case .blob(let bytes) where bytes.isEmpty:
            // A null pointer would bind NULL.
            return unsafe sqlite3_bind_zeroblob(pointer, index, 0)
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { bytes in
                unsafe sqlite3_bind_blob64(
                    pointer,
                    index,
                    bytes.baseAddress,
                    UInt64(bytes.count),
                    copied
                )
            }
        }
    }
}

/// `SQLITE_TRANSIENT`, a cast in C that Swift does not import: SQLite copies what is bound.
private var copied: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
private let utf8 = UInt8(SQLITE_UTF8)

extension StoreError {
    /// What an SQLite result code means for a caller.
    init(sqlite code: Int32) {
        self =
            switch (code & 0xFF, code) {
            // FOREIGNKEY, PRIMARYKEY, UNIQUE, ROWID: expressions in C that Swift does not import.
            case (SQLITE_CONSTRAINT, 787), (SQLITE_CONSTRAINT, 1555), (SQLITE_CONSTRAINT, 2067),
                (SQLITE_CONSTRAINT, 2579):
                .conflict(nil)
            case (SQLITE_CONSTRAINT, _), (SQLITE_CORRUPT, _), (SQLITE_MISMATCH, _): .damaged
            case (SQLITE_NOTADB, _): .unknownFile
            case (SQLITE_FULL, _): .full
            case (SQLITE_BUSY, _): .busy
            default: .unavailable(code: code)
            }
    }

    /// The same with what the failed database can tell.
    static func sqlite(on database: OpaquePointer?) -> StoreError {
        let code = unsafe sqlite3_extended_errcode(database)
        let cause = unsafe sqlite3_system_errno(database)
        return code & 0xFF == SQLITE_IOERR && cause == ENOSPC ? .full : StoreError(sqlite: code)
    }
}
