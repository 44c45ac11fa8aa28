extension JSON {
    /// The canonical form (RFC 8785): members by UTF-16 order, no blanks, shortest numbers.
    package var canonicalBytes: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(1024)
        write(to: &output)
        return output
    }

    package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let value): output.append(contentsOf: value.canonicalText.utf8)
        case .string(let value): JSON.write(value, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for index in elements.indices {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                elements[index].write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            let members = object.canonicalMembers
            for index in members.indices {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                JSON.write(members[index].name, to: &output)
                output.append(UInt8(ascii: ":"))
                members[index].value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        defer { output.append(UInt8(ascii: "\"")) }
        guard !text.isPlain else { return output.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x08: output.append(contentsOf: "\\b".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0C: output.append(contentsOf: "\\f".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0..<0x20: output.append(contentsOf: ("\\u00" + Hex.encode([byte])).utf8)
            default: output.append(byte)
            }
        }
    }
}

extension JSONObject {
    /// By the UTF-16 of their names, as what was read from canonical bytes is already.
    fileprivate var canonicalMembers: [(name: String, value: JSON)] {
        isOrdered ? members : members.sorted { $0.name.precedes($1.name) }
    }
}

extension String {
    /// The order of members.
    ///
    /// UTF-8 has the order of UTF-16 but for one thing: what needs a surrogate pair (a first byte
    /// of F0 or more) comes before U+E000 to U+FFFF (EE or EF).
    func precedes(_ other: String) -> Bool {
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        for place in 0..<min(left.count, right.count) where left[place] != right[place] {
            let (least, most) = (min(left[place], right[place]), max(left[place], right[place]))
            let isSwapped = most >= 0xF0 && least >= 0xEE && least < 0xF0
            return (left[place] == least) != isSwapped
        }
        return left.count < right.count
    }

    /// Whether nothing in it is to be escaped.
    fileprivate var isPlain: Bool {
        let bytes = utf8Span.span
        for place in bytes.indices {
            let byte = bytes[place]
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else {
                return false
            }
        }
        return true
    }
}

extension JSONNumber {
    /// ECMAScript's Number::toString (RFC 8785 §3.2.2.3) of the nearest double. A number beyond
    /// every double has no form there and stays as it was written.
    package var canonicalText: String {
        let value = double
        guard value.isFinite else { return text }
        guard value != 0 else { return "0" }
        // Swift's description has the shortest digits that read back to the same double, as
        // ECMAScript wants; only where the point and the exponent stand differs.
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let description = value.magnitude.description.bytes
        for (index, byte) in description.enumerated() {
            if byte == UInt8(ascii: "e") {
                let written = String(decoding: description[(index + 1)...], as: UTF8.self)
                exponent = Int(written.hasPrefix("+") ? String(written.dropFirst()) : written) ?? 0
                break
            } else if byte == UInt8(ascii: ".") {
                point = digits.count
            } else {
                digits.append(byte)
            }
        }
        var position = (point ?? digits.count) + exponent
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            position -= 1
        }
        return (value < 0 ? "-" : "") + JSONNumber.layout(digits, position)
    }

    /// `position` is where the point stands, counted from the first digit.
    private static func layout(_ digits: [UInt8], _ position: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        let count = digits.count
        switch position {
        case count...21 where count <= 21: return text + zeros(position - count)
        case 1...21: return text.prefix(position) + "." + text.dropFirst(position)
        case -5...0: return "0." + zeros(-position) + text
        default:
            let exponent = (position > 0 ? "+" : "-") + String((position - 1).magnitude)
            let fraction = count > 1 ? "." + text.dropFirst() : ""
            return text.prefix(1) + fraction + "e" + exponent
        }
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
}
