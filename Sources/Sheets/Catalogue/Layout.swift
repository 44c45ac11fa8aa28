import Primitives

/// Where the values of a sheet stand on paper: rows of cells, in the order of the form.
///
/// A cell is a template: text of the form, `{/pointer}` for a value, `{/pointer?}` for all choices
/// of a code with the chosen one marked, `[…]` for a part that is left out when its values are
/// absent. Widths are millimetres of the 180 mm line of an A4 page.
struct Layout: Sendable {
    struct Row: Sendable {
        /// Heading of the section that begins here.
        let bar: String?
        let cells: [[Part]]
    }

    indirect enum Part: Sendable {
        case text(String)
        case value(JSONPointer)
        case choices(JSONPointer)
        case optional([Part])
    }

    let rows: [Row]

    /// No form: every value stands under its label.
    init() { rows = [] }

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        _ = reader.optional("page")
        var rows: [Row] = []
        for var row in try reader.objects("rows") {
            var cells: [[Part]] = []
            let bar = try row.optionalText("bar")
            for var cell in try row.objects("cells") {
                cells.append(try cell.value("text", LayoutTemplate.parts))
                // For the printed page.
                for name in ["width", "align", "size", "frame", "lines"] { _ = cell.optional(name) }
                try cell.finish()
            }
            try row.finish()
            rows.append(Row(bar: bar, cells: cells))
        }
        self.rows = rows
        try reader.finish()
    }

    /// All places that the layout prints.
    var places: [JSONPointer] { rows.flatMap(\.cells).flatMap(\.places) }
}

extension [Layout.Part] {
    var places: [JSONPointer] {
        flatMap { part -> [JSONPointer] in
            switch part {
            case .text: []
            case .value(let pointer), .choices(let pointer): [pointer]
            case .optional(let parts): parts.places
            }
        }
    }
}

/// Reads the template of a cell.
private struct LayoutTemplate {
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
        let name = rest[..<close].dropFirst()
        rest = rest[close...].dropFirst()
        let isChoice = name.hasSuffix("?")
        guard let pointer = JSONPointer(String(isChoice ? name.dropLast() : name)),
            !pointer.tokens.isEmpty
        else { return nil }
        return isChoice ? .choices(pointer) : .value(pointer)
    }
}
