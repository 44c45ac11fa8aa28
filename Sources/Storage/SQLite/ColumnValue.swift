import Primitives

/// One value of a column as SQLite keeps it.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A type with one form in a column. Reading is as strict as the type: what does not fit is damage.
protocol ColumnValue: Sendable {
    init?(stored: SQLValue)
    var stored: SQLValue { get }
}

extension Int64: ColumnValue {
    init?(stored: SQLValue) {
        guard case .integer(let value) = stored else { return nil }
        self = value
    }
    var stored: SQLValue { .integer(self) }
}

extension Int: ColumnValue {
    init?(stored: SQLValue) {
        guard let value = Int64(stored: stored) else { return nil }
        self = Int(value)
    }
    var stored: SQLValue { .integer(Int64(self)) }
}

extension UInt64: ColumnValue {
    init?(stored: SQLValue) {
        guard let value = Int64(stored: stored), value >= 0 else { return nil }
        self = UInt64(value)
    }
    var stored: SQLValue { .integer(Int64(self)) }
}

extension Bool: ColumnValue {
    init?(stored: SQLValue) {
        guard let value = Int64(stored: stored), (0...1).contains(value) else { return nil }
        self = value == 1
    }
    var stored: SQLValue { .integer(self ? 1 : 0) }
}

extension String: ColumnValue {
    init?(stored: SQLValue) {
        guard case .text(let value) = stored else { return nil }
        self = value
    }
    var stored: SQLValue { .text(self) }
}

extension [UInt8]: ColumnValue {
    init?(stored: SQLValue) {
        guard case .blob(let value) = stored else { return nil }
        self = value
    }
    var stored: SQLValue { .blob(self) }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    init?(stored: SQLValue) {
        if case .null = stored {
            self = nil
        } else if let value = Wrapped(stored: stored) {
            self = value
        } else {
            return nil
        }
    }
    var stored: SQLValue { self?.stored ?? .null }
}

extension Digest: ColumnValue {
    init?(stored: SQLValue) {
        guard let bytes = [UInt8](stored: stored) else { return nil }
        self.init(bytes)
    }
    var stored: SQLValue { .blob(bytes) }
}

/// As text, so that times sort by bytes and a person can read a table.
extension Timestamp: ColumnValue {
    init?(stored: SQLValue) {
        guard let text = String(stored: stored) else { return nil }
        self.init(text)
    }
    var stored: SQLValue { .text(description) }
}

extension Identifier: ColumnValue {
    init?(stored: SQLValue) {
        guard let text = String(stored: stored) else { return nil }
        self.init(text)
    }
    var stored: SQLValue { .text(text) }
}

extension ColumnValue where Self: RawRepresentable, RawValue: ColumnValue {
    init?(stored: SQLValue) {
        guard let value = RawValue(stored: stored) else { return nil }
        self.init(rawValue: value)
    }
    var stored: SQLValue { rawValue.stored }
}
