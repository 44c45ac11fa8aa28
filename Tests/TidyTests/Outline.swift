/// The functions of a file: where they stand, how long and deep they are, what they take.
struct Outline {
    struct Function: Equatable {
        let name: String
        let line: Int
        /// From its first line to its closing brace.
        let lineCount: Int
        let parameters: Int
        /// Blocks within blocks of more than one line; 0 for a body without any.
        let nesting: Int
        /// An initialiser that only stores what it is given.
        var isMemberwise = false
    }

    private(set) var functions: [Function] = []
    private let bytes: [UInt8]
    private let lines: [Int]

    init(_ code: String) {
        let bytes = Array(code.utf8)
        self.bytes = bytes
        var line = 1
        lines = bytes.map { byte in
            defer { line += byte == 0x0A ? 1 : 0 }
            return line
        }
        var position = 0
        while position < bytes.count {
            guard let word = word(at: position) else {
                position += 1
                continue
            }
            if word == "func" || word == "init" || word == "subscript" {
                addFunction(position, word)
            }
            position += word.utf8.count
        }
    }

    private mutating func addFunction(_ start: Int, _ keyword: String) {
        guard start == 0 || bytes[start - 1] != UInt8(ascii: "."),
            let open = bytes[start...].prefix(400).firstIndex(of: UInt8(ascii: "(")),
            let close = end(ofGroupAt: open)
        else { return }
        let between = bytes[(start + keyword.utf8.count)..<open]
        let name = String(decoding: between, as: UTF8.self).prefix { $0 != "<" }
        guard !name.contains("\n"), !name.contains("{") else { return }
        guard let brace = bodyStart(after: close), let last = end(ofGroupAt: brace) else { return }
        functions.append(
            Function(
                name: keyword == "func" ? name.drop { $0 == " " }.description : keyword,
                line: lines[start],
                lineCount: lines[last] - lines[start] + 1,
                parameters: parameterCount(open, close),
                nesting: nesting(brace, last),
                isMemberwise: keyword == "init" && onlyStores(brace, last)
            )
        )
    }

    /// The brace of the body; nil for a requirement of a protocol.
    private func bodyStart(after close: Int) -> Int? {
        var position = close + 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"): return position
            case UInt8(ascii: "}"), UInt8(ascii: "@"), UInt8(ascii: "="), UInt8(ascii: ";"):
                return nil
            default: break
            }
            if let word = word(at: position) {
                if Outline.declarations.contains(word) { return nil }
                position += word.utf8.count
            } else {
                position += 1
            }
        }
        return nil
    }

    private func parameterCount(_ open: Int, _ close: Int) -> Int {
        var depth = 0
        var count = 0
        var hasText = false
        for position in (open + 1)..<close {
            switch bytes[position] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"):
                depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ">"): depth -= bytes[position - 1] == UInt8(ascii: "-") ? 0 : 1
            case UInt8(ascii: ",") where depth == 0:
                count += 1
                hasText = false
                continue
            default: break
            }
            if bytes[position] > 0x20 { hasText = true }
        }
        return count + (hasText ? 1 : 0)
    }

    private func nesting(_ open: Int, _ close: Int) -> Int {
        var blocks: [Bool] = []
        var deepest = 0
        for position in (open + 1)..<close {
            if bytes[position] == UInt8(ascii: "{") {
                let last = end(ofGroupAt: position) ?? position
                blocks.append(lines[last] > lines[position])
                deepest = max(deepest, blocks.count(where: \.self))
            } else if bytes[position] == UInt8(ascii: "}") {
                _ = blocks.popLast()
            }
        }
        return deepest
    }

    private func onlyStores(_ open: Int, _ close: Int) -> Bool {
        String(decoding: bytes[(open + 1)..<close], as: UTF8.self).split(separator: "\n")
            .map { $0.drop { $0 == " " } }
            .allSatisfy { line in
                line.isEmpty || line.hasPrefix("self.") && line.contains(" = ")
                    || Outline.storing.isIn(String(line))
            }
    }

    /// `acceptedAt = accepted.at`: a part of what is given.
    private static let storing = Pattern(#"^\w+ = \w+(?:\.\w+)?$"#)

    private func end(ofGroupAt open: Int) -> Int? {
        let opening = bytes[open]
        let closing: UInt8 = opening == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "}")
        var depth = 0
        for position in open..<bytes.count {
            if bytes[position] == opening { depth += 1 }
            if bytes[position] == closing {
                depth -= 1
                if depth == 0 { return position }
            }
        }
        return nil
    }

    /// The word that begins exactly at `position`.
    private func word(at position: Int) -> String? {
        guard Outline.isWordByte(bytes[position]),
            position == 0 || !Outline.isWordByte(bytes[position - 1])
        else { return nil }
        return String(decoding: bytes[position...].prefix(while: Outline.isWordByte), as: UTF8.self)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static let declarations: Set<String> = [
        "func", "init", "var", "let", "static", "package", "private", "fileprivate", "case",
        "subscript", "associatedtype", "mutating", "struct", "enum", "extension", "actor", "class",
        "import", "protocol", "typealias", "deinit", "consuming", "borrowing", "nonisolated",
    ]
}
