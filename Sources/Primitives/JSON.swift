/// A JSON value as it was read: text byte for byte, integers apart from other numbers.
package enum JSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction, an exponent, or beyond `Int64`; only under `JSONRules.general`.
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// A number that is no `Int64`, kept as it was written.
package struct JSONNumber: Sendable {
    /// As in the source: RFC 8259 §6.
    package let text: String

    package init(text: String) { self.text = text }

    package var double: Double { Double(text) ?? .infinity }
}

/// The members of an object in the order they were read or added; names compare by bytes.
package struct JSONObject: Sendable {
    package private(set) var members: [(name: String, value: JSON)] = []
    /// Where each name stands, if there are more than a few (before that looking is faster) and
    /// they are out of order.
    private var positions: [ByteText: Int] = [:]
    private static let few = 12

    package init() {}

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var names: [String] { members.map(\.name) }

    package subscript(name: String) -> JSON? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?): append(name, value)
            case (let position?, nil):
                let rest = members[..<position] + members[(position + 1)...]
                self = JSONObject()
                for member in rest { append(member.name, member.value) }
            case (nil, nil): break
            }
        }
    }

    package func position(of name: String) -> Int? {
        guard members.count <= Self.few else {
            return positions.isEmpty ? search(name) : positions[ByteText(name)]
        }
        for place in members.indices where members[place].name.hasSameBytes(as: name) {
            return place
        }
        return nil
    }

    /// Adds a member that is not there yet.
    mutating func append(_ name: String, _ value: JSON) {
        members.append((name, value))
        guard members.count > Self.few else { return }
        if !positions.isEmpty {
            positions[ByteText(name)] = members.count - 1
        } else if !isOrdered(from: members.count == Self.few + 1 ? 1 : members.count - 1) {
            for place in members.indices { positions[ByteText(members[place].name)] = place }
        }
    }

    /// Whether the names stand as in canonical form.
    var isOrdered: Bool { members.count <= Self.few ? isOrdered(from: 1) : positions.isEmpty }

    private func isOrdered(from start: Int) -> Bool {
        for place in members.indices.dropFirst(start)
        where !members[place - 1].name.precedes(members[place].name) { return false }
        return true
    }

    private func search(_ name: String) -> Int? {
        var (start, end) = (0, members.count)
        while start < end {
            let middle = (start + end) / 2
            if members[middle].name.precedes(name) { start = middle + 1 } else { end = middle }
        }
        let isFound = start < members.count && members[start].name.hasSameBytes(as: name)
        return isFound ? start : nil
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Members with a nil value are left out; of equal names the last stands.
    package init(dictionaryLiteral elements: (String, JSON?)...) { self.init(elements) }

    fileprivate init(_ elements: [(String, JSON?)]) {
        members.reserveCapacity(elements.count)
        var isOrdered = true
        for (name, value) in elements {
            guard let value else { continue }
            // After those that all come before it, it is new.
            if let last = members.last?.name { isOrdered = isOrdered && last.precedes(name) }
            if isOrdered { append(name, value) } else { self[name] = value }
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON?)...) {
        self = .object(JSONObject(elements))
    }
}

extension JSON {
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// Member of an object; nil for anything else.
    package subscript(name: String) -> JSON? { object?[name] }

    /// The value at an RFC 6901 pointer, nil where there is none.
    package subscript(pointer pointer: JSONPointer) -> JSON? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let object):
                guard let next = object[token] else { return nil }
                value = next
            case .array(let elements):
                guard let index = Decimal.value(Array(token.utf8)), index < elements.count,
                    String(index).hasSameBytes(as: token)
                else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }
}

/// A place in a JSON value (RFC 6901).
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    package let tokens: [String]

    package init(tokens: [String] = []) { self.tokens = tokens }

    /// - Returns: nil unless empty or beginning with `/`, with `~` only as `~0` and `~1`.
    package init?(_ text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        ) {
            guard let token = JSONPointer.unescape(Array(part)) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }
    package func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    package var description: String {
        tokens.map { token in
            var escaped = "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": escaped += "~0"
                case "/": escaped += "~1"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped
        }.joined()
    }

    package static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.elementsEqual(right.tokens) { $0.hasSameBytes(as: $1) }
    }

    package func hash(into hasher: inout Hasher) {
        for token in tokens { ByteText(token).hash(into: &hasher) }
    }

    private static func unescape(_ part: [UInt8]) -> String? {
        var bytes: [UInt8] = []
        var index = 0
        while index < part.count {
            if part[index] == UInt8(ascii: "~") {
                guard index + 1 < part.count else { return nil }
                switch part[index + 1] {
                case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
                default: return nil
                }
                index += 2
            } else {
                bytes.append(part[index])
                index += 1
            }
        }
        return String(utf8Bytes: bytes)
    }
}
