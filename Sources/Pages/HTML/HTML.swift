/// Markup. Text that is put in by interpolation is escaped, for elements and for quoted attributes
/// alike; other markup is passed as it is. There is no way to make it of a plain `String`
/// unescaped but a literal in the source.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package init(stringLiteral value: String) {
        text = English.spoken.map { SpokenMarkup.text([.own(value)], $0) } ?? value
    }

    package init(stringInterpolation parts: Interpolation) { text = parts.markup }

    package init(joining parts: [HTML]) { text = parts.map(\.text).joined() }

    package static let nothing: HTML = ""

    package struct Interpolation: StringInterpolationProtocol {
        private var text = ""
        /// What is said in another language; empty for Japanese.
        private var pieces: [SpokenMarkup.Piece] = []
        private let english = English.spoken

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        fileprivate var markup: String {
            english.map { SpokenMarkup.text(pieces, $0) } ?? text
        }

        package mutating func appendLiteral(_ literal: String) {
            if english == nil { text += literal } else { pieces.append(.own(literal)) }
        }

        package mutating func appendInterpolation(_ value: String) {
            put { HTML.escape(value, into: &$0) }
        }

        package mutating func appendInterpolation(_ value: Substring) {
            appendInterpolation(String(value))
        }

        /// Words of our own that are kept as text, such as labels.
        mutating func appendInterpolation(own words: String) {
            appendInterpolation(english?.word(words) ?? words)
        }

        package mutating func appendInterpolation(_ number: Int) { put { $0 += String(number) } }
        package mutating func appendInterpolation(_ html: HTML) { put { $0 += html.text } }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            put { text in for part in parts { text += part.text } }
        }

        private mutating func put(_ write: (inout String) -> Void) {
            guard english != nil else { return write(&text) }
            var text = ""
            write(&text)
            pieces.append(.put(text))
        }
    }

    /// Controls that no element may hold become U+FFFD, so that nobody overlooks them.
    private static func escape(_ value: String, into text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\n", "\t": text.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension HTML {
    /// Markup that is there or not.
    static func when(_ condition: Bool, _ html: @autoclosure () -> HTML) -> HTML {
        condition ? html() : .nothing
    }

    /// Text as paragraphs of lines: each LF is a line of its own.
    static func lines(_ text: String) -> HTML {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return HTML(
            joining: lines.enumerated().map { index, line in
                index == 0 ? "\(line)" : "<br>\(line)"
            }
        )
    }
}
