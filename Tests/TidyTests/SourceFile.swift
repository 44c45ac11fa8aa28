import Foundation

/// One file of the tree, with strings and comments set aside.
struct SourceFile: Sendable {
    /// From the root of the package, with `/`.
    let path: String
    let text: String
    /// Pure ASCII, as long in lines as the text.
    let code: String
    let codeLines: [String]
    let comments: [Lexer.Text]
    let strings: [Lexer.Text]
    let functions: [Outline.Function]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        let isSwift = path.hasSuffix(".swift")
        let lexer = Lexer(text, isSwift: isSwift)
        code = String(decoding: lexer.code, as: UTF8.self)
        codeLines = code.components(separatedBy: "\n")
        comments = lexer.comments
        strings = lexer.strings
        functions = isSwift ? Outline(code).functions : []
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isSource: Bool { path.hasPrefix("Sources/") }
    var isTest: Bool { path.hasPrefix("Tests/") }
    /// The program alone may ask the world and drop an error.
    var isProgram: Bool { path.hasPrefix("Sources/renkei/") }

    /// The target a file belongs to by its folder, for example `Storage` or `StorageTests`.
    var target: String {
        let parts = path.split(separator: "/")
        guard parts.count > 2 else { return "" }
        return String(path.hasPrefix("Sources/C/") ? parts[2] : parts[1])
    }

    func isIn(_ folders: [String]) -> Bool { folders.contains { path.hasPrefix($0) } }

    /// Lines without the empty one after the last newline.
    var lineCount: Int { codeLines.count - (codeLines.last?.isEmpty == true ? 1 : 0) }

    var blankCodeLines: Set<Int> {
        var blanks: Set<Int> = []
        for (index, line) in codeLines.enumerated() where line.utf8.allSatisfy({ $0 == 0x20 }) {
            blanks.insert(index + 1)
        }
        return blanks
    }

    /// Lines of code that hold a word, and not brackets alone.
    var wordLineCount: Int {
        codeLines.count { line in
            line.utf8.contains { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || byte == UInt8(ascii: "_")
            }
        }
    }

    /// Lines that hold a comment and no code.
    var commentLineCount: Int {
        Set(comments.map(\.line)).intersection(blankCodeLines).count
    }
}

/// A regular expression over code.
struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init(_ pattern: String) {
        guard let expression = try? NSRegularExpression(pattern: pattern) else {
            preconditionFailure("the rules are written by us: \(pattern)")
        }
        self.expression = expression
    }

    /// The line of each match, from 1, with the match and its first group.
    func matches(in text: String) -> [(line: Int, text: String, group: String)] {
        let whole = text as NSString
        let range = NSRange(location: 0, length: whole.length)
        var line = 1
        var counted = 0
        return expression.matches(in: text, range: range).map { match in
            while counted < match.range.location {
                if whole.character(at: counted) == 10 { line += 1 }
                counted += 1
            }
            let group = match.numberOfRanges > 1 ? match.range(at: 1) : match.range
            return (
                line, whole.substring(with: match.range),
                group.location == NSNotFound ? "" : whole.substring(with: group)
            )
        }
    }

    func isIn(_ text: String) -> Bool {
        let range = NSRange(location: 0, length: (text as NSString).length)
        return expression.firstMatch(in: text, range: range) != nil
    }
}
