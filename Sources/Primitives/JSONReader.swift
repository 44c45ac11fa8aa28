extension JSON {
    /// Reads one JSON text (RFC 8259) strictly: duplicate names, bad UTF-8, lone surrogates,
    /// a byte order mark and trailing bytes are refused, and whatever `rules` forbids.
    ///
    /// `bytes` may be at most `rules.maximumBytes` long.
    /// - Throws: `DecodingRefusal` with the byte offset; content is never repeated.
    package init(reading bytes: [UInt8], _ rules: JSONRules = .strict) throws(DecodingRefusal) {
        guard bytes.count <= rules.maximumBytes else { throw DecodingRefusal(.tooLarge) }
        var reader = JSONReader(bytes: bytes, rules: rules)
        self = try reader.document()
    }

    /// Reads bytes that must already be in canonical form (RFC 8785).
    package init(
        canonical bytes: [UInt8],
        _ rules: JSONRules = .strict
    ) throws(DecodingRefusal) {
        guard bytes.count <= rules.maximumBytes else { throw DecodingRefusal(.tooLarge) }
        var reader = JSONReader(bytes: bytes, rules: rules)
        self = try reader.document()
        guard reader.isCanonical else { throw DecodingRefusal(.notCanonical) }
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    let rules: JSONRules
    var position = 0
    /// Whether what was read so far stands as `JSON.canonicalBytes` would write it.
    private(set) var isCanonical = true

    init(bytes: [UInt8], rules: JSONRules) {
        self.bytes = bytes
        self.rules = rules
    }

    mutating func document() throws(DecodingRefusal) -> JSON {
        let value = try value(depth: 1)
        skipBlanks()
        guard position == bytes.count else { throw refusal(.trailingBytes) }
        return value
    }

    private func refusal(_ reason: DecodingRefusal.Reason) -> DecodingRefusal {
        DecodingRefusal(reason, at: "@\(position)")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
            isCanonical = false
        }
    }

    private mutating func expect(_ byte: UInt8) throws(DecodingRefusal) {
        guard current == byte else { throw refusal(.badSyntax) }
        position += 1
    }

    private mutating func value(depth: Int) throws(DecodingRefusal) -> JSON {
        guard depth <= rules.depth else { throw refusal(.tooDeep) }
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"):
            guard rules.allowsNull else { throw refusal(.nullForbidden) }
            return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSON) throws(DecodingRefusal) -> JSON {
        for byte in text.utf8 { try expect(byte) }
        return value
    }

    private mutating func object(depth: Int) throws(DecodingRefusal) -> JSON {
        try expect(UInt8(ascii: "{"))
        var object = JSONObject()
        var isOrdered = true
        skipBlanks()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(object)
        }
        while true {
            skipBlanks()
            let name = try string()
            // After those that all come before it no name can be there already.
            if let last = object.members.last?.name { isOrdered = isOrdered && last.precedes(name) }
            guard isOrdered || object.position(of: name) == nil else {
                throw refusal(.duplicateMember)
            }
            skipBlanks()
            try expect(UInt8(ascii: ":"))
            object.append(name, try value(depth: depth + 1))
            skipBlanks()
            guard current == UInt8(ascii: ",") else { break }
            position += 1
        }
        try expect(UInt8(ascii: "}"))
        isCanonical = isCanonical && isOrdered
        return .object(object)
    }

    private mutating func array(depth: Int) throws(DecodingRefusal) -> JSON {
        try expect(UInt8(ascii: "["))
        var elements: [JSON] = []
        skipBlanks()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            guard current == UInt8(ascii: ",") else { break }
            position += 1
        }
        try expect(UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func string() throws(DecodingRefusal) -> String {
        try expect(UInt8(ascii: "\""))
        let start = position
        skipPlain()
        // Hardly any text has an escape.
        guard current != UInt8(ascii: "\"") else {
            let end = position
            position += 1
            return try text(String(utf8Bytes: bytes.span.extracting(start..<end)), from: start)
        }
        var content = Array(bytes[start..<position])
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw refusal(.badSyntax) }
            position += 1
            if byte == UInt8(ascii: "\\") {
                try escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        let text = try text(String(utf8Bytes: content.span), from: start)
        try expect(UInt8(ascii: "\""))
        isCanonical =
            isCanonical && bytes[(start - 1)..<position] == JSON.string(text).canonicalBytes[...]
        return text
    }

    private mutating func skipPlain() {
        while let byte = current, byte >= 0x20, byte != UInt8(ascii: "\""),
            byte != UInt8(ascii: "\\")
        { position += 1 }
    }

    private mutating func text(
        _ text: String?,
        from start: Int
    ) throws(DecodingRefusal) -> String {
        guard let text else {
            position = start
            throw refusal(.badUTF8)
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(DecodingRefusal) {
        guard let letter = current else { throw refusal(.badSyntax) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar()
            content.append(contentsOf: String(Character(scalar)).utf8)
        default: throw refusal(.badSyntax)
        }
    }

    private mutating func escapedScalar() throws(DecodingRefusal) -> Unicode.Scalar {
        var code = try fourDigits()
        if (0xD800..<0xDC00).contains(code) {
            guard current == UInt8(ascii: "\\") else { throw refusal(.badUTF8) }
            position += 1
            guard current == UInt8(ascii: "u") else { throw refusal(.badUTF8) }
            position += 1
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw refusal(.badUTF8) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw refusal(.badUTF8) }
        return scalar
    }

    private mutating func fourDigits() throws(DecodingRefusal) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw refusal(.badSyntax) }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func number() throws(DecodingRefusal) -> JSON {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        try digits()
        let integerEnd = position
        let isPadded = bytes[firstDigit] == UInt8(ascii: "0") && integerEnd - firstDigit > 1
        guard !isPadded else { throw refusal(.badSyntax) }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if position == integerEnd, let value = Int64(text), rules.allowsFractions || text != "-0" {
            guard rules.allowsFractions || value.magnitude < 1 << 53 else {
                throw refusal(.numberTooLarge)
            }
            isCanonical = isCanonical && text != "-0"
            return .integer(value)
        }
        guard rules.allowsFractions else { throw refusal(.fractionForbidden) }
        let number = JSONNumber(text: text)
        isCanonical = isCanonical && number.canonicalText.hasSameBytes(as: text)
        return .number(number)
    }

    private mutating func digits() throws(DecodingRefusal) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        guard position > start else { throw refusal(.badSyntax) }
    }
}
