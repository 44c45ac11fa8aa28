import Primitives

/// Where the values of a sheet stand on paper: rows of cells, in the order of the form.
///
/// A cell is a template, see `LayoutTemplate`. Widths are millimetres of the line between the
/// margins of an A4 page.
struct Layout: Sendable {
    struct Row: Sendable {
        /// Heading of the section that begins here; empty where one ends and none begins.
        let bar: String?
        /// Left out of the page when no place of it has a value.
        let isOptional: Bool
        /// The array whose elements have a row each; its cells name places within an element.
        let each: JSONPointer?
        let cells: [Cell]
    }

    struct Cell: Sendable {
        /// Stands beside the text, or above a column of elements.
        let label: String?
        /// Part of `width`.
        let labelWidth: Int
        let width: Int
        let style: FilledForm.Style
        let parts: [Part]
    }

    indirect enum Part: Sendable {
        case text(String)
        case value(JSONPointer)
        /// Words of the form in place of the labels of the codes; one or two of a truth value.
        case choices(JSONPointer, words: [String])
        /// One choice of several, in a place of its own.
        case choice(JSONPointer, code: String)
        case optional([Part])
    }

    let margin: Int
    let rows: [Row]
    /// 要点, in the order in which they are read.
    let points: [Point]
    let flags: [Flag]

    /// No form: every value stands under its label.
    init() {
        margin = 15
        rows = []
        points = []
        flags = []
    }

    init(_ json: JSON, _ lists: CodeLists) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        var page = try reader.object("page")
        margin = try page.integer("margin")
        guard try page.text("size").hasSameBytes(as: "A4"), 0..<100 ~= margin else {
            throw reader.refusal(.badForm, "page")
        }
        try page.finish()
        var rows: [Row] = []
        for row in try reader.objects("rows") { rows.append(try Row(row, line: 210 - 2 * margin)) }
        self.rows = rows
        points = try reader.optionalArray("points").map { point throws(DecodingRefusal) in
            try Point(ObjectReader(point), lists)
        }
        flags = try reader.optionalArray("flags").map { flag throws(DecodingRefusal) in
            try Flag(ObjectReader(flag), lists)
        }
        try reader.finish()
    }
}

extension Layout.Row {
    fileprivate init(_ row: ObjectReader, line: Int) throws(DecodingRefusal) {
        var row = row
        bar = try row.optionalText("bar")
        isOptional = try row.optionalBool("optional") ?? false
        each = try row.optionalValue("each") { JSONPointer($0) }
        var cells: [Layout.Cell] = []
        for cell in try row.objects("cells") {
            cells.append(try Layout.Cell(cell, isColumn: each != nil))
        }
        guard !cells.isEmpty, cells.reduce(0, { $0 + $1.width }) <= line else {
            throw row.refusal(.badForm, "cells")
        }
        self.cells = cells
        try row.finish()
    }
}

extension Layout.Cell {
    /// How wide a label beside a text is where the layout does not say.
    private static let labelWidth = 26

    fileprivate init(_ cell: ObjectReader, isColumn: Bool) throws(DecodingRefusal) {
        var cell = cell
        parts = try cell.value("text", LayoutTemplate.parts)
        label = try cell.optionalText("label")
        let beside = try cell.optionalInteger("labelWidth")
        let beneath = label == nil || isColumn
        labelWidth = beneath ? 0 : beside ?? Layout.Cell.labelWidth
        width = try cell.integer("width")
        let lines = try cell.optionalInteger("lines") ?? 1
        style = FilledForm.Style(
            align: try cell.optionalValue("align", FilledForm.Align.init) ?? .left,
            size: try cell.optionalValue("size", FilledForm.Size.init) ?? .normal,
            frame: try cell.optionalValue("frame", FilledForm.Frame.init) ?? .none,
            lines: lines
        )
        guard 0..<width ~= labelWidth, 1...40 ~= lines, beside == nil || !beneath else {
            throw cell.refusal(.badForm, "width")
        }
        try cell.finish()
    }
}

extension Layout.Part {
    /// The place it prints, as far as it is no group of parts.
    var place: JSONPointer? {
        switch self {
        case .text, .optional: nil
        case .value(let place), .choices(let place, _), .choice(let place, _): place
        }
    }
}

extension [Layout.Part] {
    /// With the parts of its groups instead of these.
    var flat: [Layout.Part] {
        flatMap { part in
            if case .optional(let inner) = part { inner.flat } else { [part] }
        }
    }

    var places: [JSONPointer] { flat.compactMap(\.place) }
}
