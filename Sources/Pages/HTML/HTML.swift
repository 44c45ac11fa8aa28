/// Markup. Text that is put in by interpolation is escaped, for elements and for quoted attributes
/// alike; other markup is passed as it is. There is no way to make it of a plain `String`
/// unescaped but a literal in the source.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package init(stringLiteral value: String) { text = value }
    package init(stringInterpolation parts: Interpolation) { text = parts.text }

    package init(joining parts: [HTML]) { text = parts.map(\.text).joined() }

    package static let nothing: HTML = ""

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ value: String) {
            HTML.escape(value, into: &text)
        }

        package mutating func appendInterpolation(_ value: Substring) {
            HTML.escape(String(value), into: &text)
        }

        package mutating func appendInterpolation(_ number: Int) { text += String(number) }
        package mutating func appendInterpolation(_ html: HTML) { text += html.text }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
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
