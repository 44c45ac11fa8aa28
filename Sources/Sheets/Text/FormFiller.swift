import Primitives

/// Puts the values of a sheet into the places of its form, and keeps what the form has no place
/// for.
struct FormFiller {
    private let json: JSON
    private let form: SheetForm
    private let extract: SheetExtract?
    private var printed: Set<JSONPointer> = []
    /// The codes that have a place of their own each.
    private var offered: [JSONPointer: [String]] = [:]
    /// The element whose row is filled.
    var element = JSONPointer()
    /// The heading of the section that has no row yet.
    private var bar: String?

    static func fill(_ json: JSON, _ form: SheetForm) -> FilledForm {
        var filler = FormFiller(json: json, form: form)
        var rows = filler.extractRows
        for row in form.layout.rows { rows += filler.rows(row) }
        for (place, codes) in filler.offered where filler.chosen(place).allSatisfy(codes.contains) {
            filler.printed.insert(place)
        }
        let (others, references) = filler.rest()
        return FilledForm(
            title: form.title,
            margin: form.layout.margin,
            rows: rows,
            others: others,
            references: references
        )
    }

    init(json: JSON, form: SheetForm) {
        self.json = json
        self.form = form
        extract = json["extract"].flatMap(SheetExtract.init)
    }

    // MARK: Rows

    private mutating func rows(_ row: Layout.Row) -> [FilledForm.Row] {
        if let next = row.bar { bar = next.isEmpty ? nil : next }
        guard let each = row.each else {
            element = JSONPointer()
            if row.isOptional, !hasValue(row.cells.flatMap(\.parts)) { return [] }
            return [filled(row.cells.flatMap { fill($0) })]
        }
        let count = json[pointer: each]?.array?.count ?? 0
        guard count > 0 else { return [] }
        let heads = row.cells.compactMap { cell in
            cell.label.map { FormFiller.head($0, width: cell.width, cell.style) }
        }
        var rows = heads.isEmpty ? [] : [filled(heads)]
        for index in 0..<count {
            element = each.appending(index)
            rows.append(filled(row.cells.flatMap { fill($0) }))
        }
        return rows
    }

    private mutating func filled(_ cells: [FilledForm.Cell]) -> FilledForm.Row {
        defer { bar = nil }
        return FilledForm.Row(bar: bar, cells: cells)
    }

    private mutating func fill(_ cell: Layout.Cell) -> [FilledForm.Cell] {
        let isFilled = hasValue(cell.parts)
        let value = FilledForm.Cell(
            leavesOut(cell.parts) ? [.printed(Self.leftOut)] : runs(cell.parts),
            width: cell.width - cell.labelWidth,
            style: cell.style,
            isFilled: isFilled
        )
        guard cell.labelWidth > 0, let label = cell.label else { return [value] }
        return [
            FormFiller.head(label, width: cell.labelWidth, cell.style, isFilled: isFilled), value,
        ]
    }

    private static let leftOut = "（省略）"

    /// An extract, whose first lines say what it is, has empty places that the whole has not.
    private func leavesOut(_ parts: [Layout.Part]) -> Bool {
        guard let extract, !parts.places.isEmpty else { return false }
        return parts.places.allSatisfy { extract.leavesOut(place($0)) }
    }

    private var extractRows: [FilledForm.Row] {
        guard let extract else { return [] }
        let width = 210 - 2 * form.layout.margin
        let lines: [FilledForm.Run] = [
            .printed("この書類は、もとの書類から一部の項目を省いた抜粋です。\n省いた項目："),
            .entered(form.words(leftOutBy: extract).joined(separator: "、")),
            .printed("\n全文の送り先："), .entered(extract.heldBy.joined(separator: "、")),
        ]
        let title = FilledForm.Style(align: .center, size: .large, frame: .thick)
        return [
            FilledForm.Row(cells: [.init([.printed("【抜粋】")], width: width, style: title)]),
            FilledForm.Row(
                cells: [.init(lines, width: width, style: FilledForm.Style(frame: .thick))]
            ),
        ]
    }

    private static func head(
        _ label: String,
        width: Int,
        _ style: FilledForm.Style,
        isFilled: Bool = true
    ) -> FilledForm.Cell {
        FilledForm.Cell(
            [.printed(label)],
            width: width,
            style: FilledForm.Style(
                align: .center,
                size: style.size == .large ? .normal : .small,
                frame: style.frame
            ),
            isHead: true,
            isFilled: isFilled
        )
    }

    // MARK: Templates

    private func place(_ pointer: JSONPointer) -> JSONPointer {
        JSONPointer(tokens: element.tokens + pointer.tokens)
    }

    /// What holds places has a value when one of them has.
    func hasValue(_ parts: [Layout.Part]) -> Bool {
        let places = parts.places
        return places.isEmpty || places.contains { json[pointer: place($0)] != nil }
    }

    mutating func runs(_ parts: [Layout.Part]) -> [FilledForm.Run] {
        var runs: [FilledForm.Run] = []
        for part in parts {
            switch part {
            case .text(let text): runs.append(.printed(text))
            case .value(let pointer):
                let text = value(place(pointer))
                if !text.isEmpty { runs.append(.entered(text)) }
            case .choices(let pointer, let words):
                runs.append(.choices(choices(place(pointer), words)))
            case .choice(let pointer, let code):
                runs.append(.choices(choice(place(pointer), code)))
            case .optional(let inner):
                if hasValue(inner) { runs += news(self.runs(inner), after: runs) }
            }
        }
        return runs
    }

    /// Nothing where all that was entered stands before it already: 姪 needs no （姪）.
    private func news(
        _ runs: [FilledForm.Run],
        after earlier: [FilledForm.Run]
    ) -> [FilledForm.Run] {
        let isSaid = runs.allSatisfy { run in
            switch run {
            case .printed: true
            case .choices: false
            case .entered(let text):
                earlier.contains {
                    if case .entered = $0 { $0.text.hasSameBytes(as: text) } else { false }
                }
            }
        }
        return isSaid ? [] : runs
    }

    private mutating func value(_ pointer: JSONPointer) -> String {
        guard let value = json[pointer: pointer], let field = form.root[pointer] else { return "" }
        printed.insert(pointer)
        if let text = FieldText.short(value, field) { return text }
        var inner: [String] = []
        for (index, element) in (value.array ?? []).enumerated() {
            if let field = field.element, let line = FieldText.line(element, field) {
                inner.append("\(index + 1). \(line)")
            }
        }
        return inner.isEmpty
            ? FieldText.line(value, field) ?? "" : inner.joined(separator: "\n")
    }

    private mutating func choices(
        _ pointer: JSONPointer,
        _ words: [String]
    ) -> [FilledForm.Choice] {
        printed.insert(pointer)
        guard let field = form.root[pointer] else { return [] }
        guard let codes = field.codes else {
            let truth = json[pointer: pointer]?.bool
            return zip(words, [true, false]).map {
                FilledForm.Choice($0, isChosen: truth == $1)
            }
        }
        let chosen = chosen(pointer)
        return codes.entries.enumerated().map { index, entry in
            FilledForm.Choice(
                words.isEmpty ? entry.label : words[index],
                isChosen: chosen.contains { $0.hasSameBytes(as: entry.code) }
            )
        }
    }

    private mutating func choice(_ pointer: JSONPointer, _ code: String) -> [FilledForm.Choice] {
        offered[pointer, default: []].append(code)
        guard let entry = form.root[pointer]?.codes?[code] else { return [] }
        let isChosen = chosen(pointer).contains { $0.hasSameBytes(as: code) }
        return [FilledForm.Choice(entry.label, isChosen: isChosen)]
    }

    private func chosen(_ pointer: JSONPointer) -> [String] {
        let value = json[pointer: pointer]
        return (value?.array ?? [value].compactMap(\.self)).compactMap(\.string)
    }

    // MARK: What the form has no place for

    /// Members of every sheet that people neither write nor read.
    private static let technical = [
        "schemaVersion", "sheetId", "threadId", "inReplyTo", "supersedes", "attachments",
    ]

    private mutating func rest() -> (others: [String], references: [String]) {
        let type = JSONPointer(tokens: ["sheetType"])
        printed.insert(type)
        var references = ["\(form.root.label(of: type))：\(form.title)"]
        for name in FormFiller.technical {
            guard let value = json[name], let field = form.root.member(name) else { continue }
            let place = JSONPointer(tokens: [name])
            list(value, field, place, indent: "", into: &references)
            printed.insert(place)
        }
        printed.insert(JSONPointer(tokens: ["extract"]))
        if let extract { references.append("もとの文書ID：\(extract.whole)") }
        var others: [String] = []
        list(json, form.root, JSONPointer(), indent: "", into: &others)
        return (others, references)
    }

    private func list(
        _ value: JSON,
        _ field: Field,
        _ pointer: JSONPointer,
        indent: String,
        into rest: inout [String]
    ) {
        guard !printed.contains(pointer) else { return }
        let label = field.label ?? pointer.tokens.last ?? ""
        if let text = FieldText.short(value, field) {
            rest += (indent + label + "：" + text).split(separator: "\n").map(String.init)
            return
        }
        var inner: [String] = []
        let isNamed = !pointer.tokens.isEmpty && !pointer.tokens.elementsEqual(["body"])
        let deeper = isNamed ? indent + "　" : indent
        for member in field.members {
            guard let next = value[member.name] else { continue }
            let place = pointer.appending(member.name)
            list(next, member.field, place, indent: deeper, into: &inner)
        }
        for (index, element) in (value.array ?? []).enumerated() {
            guard let next = field.element else { break }
            let place = pointer.appending(index)
            list(element, next, place, indent: deeper, into: &inner)
        }
        guard !inner.isEmpty else { return }
        if isNamed {
            let number = pointer.tokens.last.flatMap { Decimal.value($0.utf8) }
            rest.append(indent + (field.label ?? number.map { "\($0 + 1)." } ?? ""))
        }
        rest += inner
    }
}
