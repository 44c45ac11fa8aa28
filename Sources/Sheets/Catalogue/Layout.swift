import Primitives

/// Where the values of a sheet stand on paper: rows of cells, in the order of the form.
///
/// A cell is a template: text of the form with `{/pointer}` for values. `{/pointer?}` prints all
/// choices of a code and marks the chosen. Widths are millimetres of a 180 mm line on A4.
struct Layout: Sendable {
    struct Row: Sendable {
        let bar: String?
        let cells: [Cell]
    }

    struct Cell: Sendable {
        let parts: [Part]

        /// A cell that holds places is printed only when one of them has a value.
        var places: [JSONPointer] {
            parts.compactMap { part in
                switch part {
                case .text: nil
                case .value(let pointer), .choices(let pointer): pointer
                }
            }
        }
    }

    enum Part: Sendable {
        case text(String)
        case value(JSONPointer)
        case choices(JSONPointer)
    }

    let rows: [Row]

    /// No form: every value stands under its label.
    init() { rows = [] }

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        _ = reader.optional("page")
        var rows: [Row] = []
        for var row in try reader.objects("rows") {
            var cells: [Cell] = []
            let bar = try row.optionalText("bar")
            for var cell in try row.objects("cells") {
                cells.append(Cell(parts: try cell.value("text", Part.parts)))
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
}

extension Layout.Part {
    /// Nil where braces do not hold a pointer.
    static func parts(_ template: String) -> [Layout.Part]? {
        var parts: [Layout.Part] = []
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            let name = rest[rest.index(after: open)..<close]
            let isChoice = name.hasSuffix("?")
            guard let pointer = JSONPointer(String(isChoice ? name.dropLast() : name)),
                !pointer.tokens.isEmpty
            else { return nil }
            parts.append(isChoice ? .choices(pointer) : .value(pointer))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }
}
