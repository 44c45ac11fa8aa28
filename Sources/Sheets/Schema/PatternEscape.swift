/// Escapes of ECMA-262 regular expressions, inside and outside of classes.
enum PatternEscape {
    /// What an escape stands for: one scalar, or a class of them.
    enum Meaning {
        case scalar(Unicode.Scalar)
        case characters(String)

        var text: String {
            switch self {
            case .scalar(let scalar): literal(scalar)
            case .characters(let text): text
            }
        }
    }

    static func literal(_ scalar: Unicode.Scalar) -> String {
        isWord(scalar) && scalar != "_"
            ? String(Character(scalar)) : "\\u{\(String(scalar.value, radix: 16))}"
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// Reads what follows a backslash.
    static func read(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> Meaning {
        guard position < scalars.count else { throw .malformed }
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "d": return .characters("[0-9]")
        case "D": return .characters("[^0-9]")
        case "w": return .characters("[A-Za-z0-9_]")
        case "W": return .characters("[^A-Za-z0-9_]")
        case "s": return .characters("[\(blanks)]")
        case "S": return .characters("[^\(blanks)]")
        case "p", "P": return .characters("\\\(scalar)" + (try braced(scalars, &position)))
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "v": return .scalar("\u{B}")
        case "f": return .scalar("\u{C}")
        case "r": return .scalar("\r")
        case "0": return .scalar("\0")
        case "c": return .scalar(try control(scalars, &position))
        case "x": return .scalar(try hexadecimal(scalars, &position, digits: 2))
        case "u": return .scalar(try unicode(scalars, &position))
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/", "-":
            return .scalar(scalar)
        default: throw .malformed
        }
    }

    /// White space and line ends of ECMA-262. `Regex` takes no range that begins or ends with a
    /// character that NFC would replace, such as U+2000.
    private static let blanks =
        "\\t\\n\\u{b}\\u{c}\\r\\u{20}\\u{a0}\\u{1680}\\u{2000}\\u{2001}\\u{2002}-\\u{200a}"
        + "\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}\\u{feff}"

    private static func braced(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> String {
        guard let end = scalars[position...].firstIndex(of: "}"), scalars[position] == "{" else {
            throw .malformed
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[position...end])
        position = end + 1
        return String(text)
    }

    private static func control(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> Unicode.Scalar {
        guard position < scalars.count, isWord(scalars[position]),
            scalars[position].properties.isAlphabetic
        else { throw .malformed }
        position += 1
        return Unicode.Scalar(UInt8(scalars[position - 1].value % 32))
    }

    private static func unicode(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> Unicode.Scalar {
        if position < scalars.count, scalars[position] == "{" {
            let braced = try braced(scalars, &position).dropFirst().dropLast()
            guard let value = UInt32(braced, radix: 16), let scalar = Unicode.Scalar(value) else {
                throw .malformed
            }
            return scalar
        }
        var value = try value(scalars, &position, digits: 4)
        if (0xD800..<0xDC00).contains(value), scalars[position...].starts(with: ["\\", "u"]) {
            position += 2
            let low = try self.value(scalars, &position, digits: 4)
            guard (0xDC00..<0xE000).contains(low) else { throw .malformed }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw .malformed }
        return scalar
    }

    private static func hexadecimal(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int,
        digits: Int
    ) throws(SchemaPattern.Refusal) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(try value(scalars, &position, digits: digits)) else {
            throw .malformed
        }
        return scalar
    }

    private static func value(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int,
        digits: Int
    ) throws(SchemaPattern.Refusal) -> UInt32 {
        guard position + digits <= scalars.count else { throw .malformed }
        var value: UInt32 = 0
        for scalar in scalars[position..<position + digits] {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw .malformed
            }
            value = value << 4 | UInt32(digit)
        }
        position += digits
        return value
    }
}
