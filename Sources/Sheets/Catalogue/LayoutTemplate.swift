import Primitives

/// Reads the template of a cell: text of the form, `{/pointer}` for a value, `{/pointer?}` for all
/// choices of a code with the chosen one marked, `{/pointer?words・of・the form}` for the same in
/// other words, `{/pointer=code}` for one of the choices, `[…]` for a part that is left out when
/// its values are absent.
struct LayoutTemplate {
    private var rest: Substring

    /// Nil where a bracket is not closed or braces hold no pointer.
    static func parts(_ text: String) -> [Layout.Part]? {
        var template = LayoutTemplate(rest: Substring(text))
        guard let parts = template.read(), template.rest.isEmpty else { return nil }
        return parts
    }

    private mutating func read() -> [Layout.Part]? {
        var parts: [Layout.Part] = []
        while let sign = rest.first, sign != "]" {
            switch sign {
            case "{":
                guard let part = placeholder() else { return nil }
                parts.append(part)
            case "[":
                rest = rest.dropFirst()
                guard let inner = read(), rest.first == "]" else { return nil }
                rest = rest.dropFirst()
                parts.append(.optional(inner))
            default:
                let end = rest.firstIndex { "{[]".contains($0) } ?? rest.endIndex
                parts.append(.text(String(rest[..<end])))
                rest = rest[end...]
            }
        }
        return parts
    }

    private mutating func placeholder() -> Layout.Part? {
        guard let close = rest.firstIndex(of: "}") else { return nil }
        let text = rest[..<close].dropFirst()
        rest = rest[close...].dropFirst()
        let mark = text.firstIndex { "?=".contains($0) }
        guard let pointer = JSONPointer(String(text[..<(mark ?? text.endIndex)])),
            !pointer.tokens.isEmpty
        else { return nil }
        guard let mark else { return .value(pointer) }
        let words = text[mark...].dropFirst()
        if text[mark] == "=" { return .choice(pointer, code: String(words)) }
        return .choices(pointer, words: words.split(separator: "・").map(String.init))
    }
}
