import Foundation
import Primitives
import Testing

/// A fenced block of `Schemas/examples.md`: a call with its answer, or the content of something
/// that travelled.
///
/// A call begins with `office> METHOD path`. Body and answer are lines: of text, or of a frame,
/// `{…} «name» «name»`, where `«name»` is a byte string and `"lengths":[…]` are those of the
/// strings; `«name»` alone is the whole body. `<name>` is a value known by name, `…` any text. A
/// first line `(n h later)` lets time pass.
struct WireExample: Sendable, CustomTestStringConvertible {
    struct Line: Sendable {
        let text: String
        /// Names of the byte strings that follow.
        let parts: [String]

        init(_ line: String) {
            let pieces = line.components(separatedBy: "«")
            text = pieces[0].trimmingCharacters(in: .whitespaces)
            parts = pieces.dropFirst().map { String($0.prefix { $0 != "»" }) }
        }
    }

    struct Call: Sendable {
        let caller: String
        let method: String
        let path: String
        let body: [Line]
        let status: Int
        let type: String?
        let answer: [Line]
    }

    enum Content: Sendable {
        case call(Call, hoursLater: Int)
        /// What the byte string of this name holds.
        case json(of: String, text: String)
    }

    let line: Int
    let content: Content

    var testDescription: String { "line \(line)" }

    static func all(in text: String) throws -> [WireExample] {
        var examples: [WireExample] = []
        var block: (line: Int, words: [String], lines: [String])?
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (index, line) in lines.enumerated() {
            guard line.hasPrefix("```") else {
                block?.lines.append(line)
                continue
            }
            if let (start, words, lines) = block {
                examples.append(WireExample(line: start, content: try content(words, lines)))
                block = nil
            } else {
                let words = line.dropFirst(3).split(separator: " ").map(String.init)
                block = (index + 1, words, [])
            }
        }
        return examples
    }

    private struct Unreadable: Error { let block: [String] }

    private static func content(_ words: [String], _ lines: [String]) throws -> Content {
        if words.count > 1, words[0] == "json" {
            let name = words.dropFirst().joined(separator: " ")
            return .json(of: name, text: lines.joined())
        }
        var lines = lines
        var hours = 0
        if let first = lines.first, first.hasPrefix("("), let number = first.numbers.first {
            hours = number
            lines.removeFirst()
        }
        let halves = lines.split(separator: "", maxSplits: 1).map(Array.init)
        guard words == ["http"], halves.count == 2,
            let status = halves[1][0].numbers.first
        else { throw Unreadable(block: lines) }
        let head = halves[0][0].split(separator: " ", maxSplits: 2).map(String.init)
        let answer = halves[1][0].split(separator: " ", maxSplits: 1).map(String.init)
        guard head.count == 3, head[0].hasSuffix(">") else { throw Unreadable(block: lines) }
        let call = Call(
            caller: String(head[0].dropLast()),
            method: head[1],
            path: head[2],
            body: halves[0].dropFirst().map { Line($0) },
            status: status,
            type: answer.dropFirst().first,
            answer: halves[1].dropFirst().map { Line($0) }
        )
        return .call(call, hoursLater: hours)
    }
}

extension String {
    fileprivate var numbers: [Int] { split { !$0.isNumber }.compactMap { Int($0) } }

    /// Whether this text is of the form of a pattern, in which `…` stands for any text.
    func isLike(_ pattern: String) -> Bool {
        let pieces = pattern.components(separatedBy: "…")
        guard pieces.count > 1 else { return self == pattern }
        guard hasPrefix(pieces[0]), hasSuffix(pieces[pieces.count - 1]) else { return false }
        var rest = dropFirst(pieces[0].count)[...]
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.range(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.count >= pieces[pieces.count - 1].count
    }
}

/// Frames taken apart line by line, as `exchange-api.md` 3 says, by nobody's code but this.
struct RawFrame {
    let line: String
    let parts: [[UInt8]]

    static func all(in body: [UInt8]) throws -> [RawFrame] {
        var frames: [RawFrame] = []
        var rest = body[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            var parts: [[UInt8]] = []
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            for length in json?["lengths"] as? [Int] ?? [] {
                parts.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            frames.append(RawFrame(line: line, parts: parts))
        }
        return frames
    }
}
