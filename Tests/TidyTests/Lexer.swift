/// Sets strings and comments of Swift or C aside, so that rules about code see only code.
struct Lexer {
    struct Text: Equatable {
        let line: Int
        var text: String
        /// `///` and `/**`: such comments may show code.
        var isDocumentation = false
    }

    /// As long as the source, with blanks where strings and comments were; lines stay lines.
    private(set) var code: [UInt8] = []
    /// One entry for each line of a comment, without its marks.
    private(set) var comments: [Text] = []
    /// One entry for each literal; an interpolation is code and not part of it.
    private(set) var strings: [Text] = []

    private enum Context {
        /// Code inside `\(…)`; the count is that of open parentheses.
        case interpolation(Int)
        case string(pounds: Int, isMultiline: Bool, entry: Int)
    }

    private let source: [UInt8]
    private let isSwift: Bool
    private var position = 0
    private var line = 1
    private var contexts: [Context] = []
    private var pieces: [[UInt8]] = []

    init(_ text: String, isSwift: Bool = true) {
        source = Array(text.utf8)
        self.isSwift = isSwift
        code.reserveCapacity(source.count)
        while position < source.count {
            if case .string(let pounds, let isMultiline, let entry) = contexts.last {
                stepInString(pounds, isMultiline, entry)
            } else {
                stepInCode()
            }
        }
        for (index, piece) in pieces.enumerated() {
            strings[index].text = String(decoding: piece, as: UTF8.self)
        }
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < source.count ? source[position + offset] : 0
    }

    private mutating func keep(_ count: Int = 1) {
        for _ in 0..<count { advance(blank: false) }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count { advance(blank: true) }
    }

    private mutating func advance(blank: Bool) {
        guard position < source.count else { return }
        let byte = source[position]
        if byte == newline { line += 1 }
        code.append(byte == newline || (!blank && byte < 0x80) ? byte : space)
        position += 1
    }

    private mutating func stepInCode() {
        let current = byte()
        switch current {
        case slash where byte(1) == slash: lineComment()
        case slash where byte(1) == star: blockComment()
        case slash where isSwift && beginsPattern(): pattern()
        case quote: beginString(pounds: 0)
        case pound where isSwift: poundSign()
        case apostrophe where !isSwift: character()
        case openParenthesis: parenthesis(opens: true)
        case closeParenthesis: parenthesis(opens: false)
        default: keep()
        }
    }

    private mutating func parenthesis(opens: Bool) {
        guard case .interpolation(let depth) = contexts.last else { return keep() }
        if !opens, depth == 0 {
            contexts.removeLast()
            blank()
        } else {
            contexts[contexts.count - 1] = .interpolation(depth + (opens ? 1 : -1))
            keep()
        }
    }

    private mutating func poundSign() {
        var count = 1
        while byte(count) == pound { count += 1 }
        if byte(count) == quote {
            blank(count)
            beginString(pounds: count)
        } else if byte(count) == slash {
            let close = [slash] + [UInt8](repeating: pound, count: count)
            blank(count + 1)
            while position < source.count, !hasPrefix(close) { blank() }
            blank(close.count)
        } else {
            keep(count)
        }
    }

    private mutating func beginString(pounds: Int) {
        let isMultiline = isSwift && byte(1) == quote && byte(2) == quote
        strings.append(Text(line: line, text: ""))
        pieces.append([])
        let entry = strings.count - 1
        contexts.append(.string(pounds: pounds, isMultiline: isMultiline, entry: entry))
        keep(isMultiline ? 3 : 1)
    }

    private mutating func stepInString(_ pounds: Int, _ isMultiline: Bool, _ entry: Int) {
        let marks = [UInt8](repeating: pound, count: pounds)
        let close = (isMultiline ? [quote, quote, quote] : [quote]) + marks
        if hasPrefix(close) || (byte() == newline && !isMultiline) {
            contexts.removeLast()
            keep(isMultiline ? 3 : 1)
            blank(byte() == newline ? 0 : pounds)
        } else if hasPrefix([backslash] + marks) {
            let next = byte(1 + pounds)
            if next == openParenthesis, isSwift {
                contexts.append(.interpolation(0))
            } else {
                pieces[entry].append(next)
            }
            blank(2 + pounds)
        } else {
            pieces[entry].append(byte())
            blank()
        }
    }

    private mutating func lineComment() {
        let start = position
        while position < source.count, byte() != newline { blank() }
        addComment(start..<position, line)
    }

    private mutating func blockComment() {
        var depth = 0
        var start = position
        repeat {
            if byte() == slash, byte(1) == star {
                depth += depth == 0 || isSwift ? 1 : 0
                blank(2)
            } else if byte() == star, byte(1) == slash {
                depth -= 1
                blank(2)
            } else {
                if byte() == newline {
                    addComment(start..<position, line)
                    start = position + 1
                }
                blank()
            }
        } while depth > 0 && position < source.count
        addComment(start..<position, line)
    }

    private mutating func addComment(_ range: Range<Int>, _ line: Int) {
        let text = String(decoding: source[range], as: UTF8.self)
        let bare = text.drop { "/*! ".contains($0) }
        let isDocumentation = text.hasPrefix("///") || text.hasPrefix("/**")
        comments.append(Text(line: line, text: String(bare), isDocumentation: isDocumentation))
    }

    /// A bare `/…/` stands where a value may begin, and ends on its line.
    private func beginsPattern() -> Bool {
        guard byte(1) != space, let before = code.last(where: { $0 != space }),
            [openParenthesis, comma, equals, colon].contains(before)
        else { return false }
        let rest = source[(position + 1)...].prefix { $0 != newline }
        return rest.contains(slash)
    }

    private mutating func pattern() {
        blank()
        while position < source.count, byte() != slash, byte() != newline {
            blank(byte() == backslash ? 2 : 1)
        }
        blank()
    }

    private mutating func character() {
        blank()
        while position < source.count, byte() != apostrophe, byte() != newline {
            blank(byte() == backslash ? 2 : 1)
        }
        blank()
    }

    private func hasPrefix(_ bytes: [UInt8]) -> Bool {
        guard position + bytes.count <= source.count else { return false }
        for (offset, byte) in bytes.enumerated() where source[position + offset] != byte {
            return false
        }
        return true
    }
}

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let slash = UInt8(ascii: "/")
private let star = UInt8(ascii: "*")
private let quote = UInt8(ascii: "\"")
private let pound = UInt8(ascii: "#")
private let backslash = UInt8(ascii: "\\")
private let apostrophe = UInt8(ascii: "'")
private let openParenthesis = UInt8(ascii: "(")
private let closeParenthesis = UInt8(ascii: ")")
private let comma = UInt8(ascii: ",")
private let equals = UInt8(ascii: "=")
private let colon = UInt8(ascii: ":")
