import Japanese
import Primitives

/// A sheet as lines of plain text: first the rows of its form, then whatever the form has no place
/// for, under its label. What was signed can thus always be read.
struct SheetText {
    private let json: JSON
    private let form: SheetForm
    private var printed: Set<JSONPointer> = []
    private var lines: [String] = []
    /// The heading of the section that has no printed row yet.
    private var bar: String?

    static func lines(_ json: JSON, _ form: SheetForm) -> [String] {
        var text = SheetText(json: json, form: form)
        for row in form.layout.rows { text.add(row) }
        let type = JSONPointer(tokens: ["sheetType"])
        text.printed.insert(type)
        var rest = ["\(form.root.label(of: type))：\(form.title)"]
        text.list(json, form.root, JSONPointer(), indent: "", into: &rest)
        return text.lines + ["", "【その他の項目】"] + rest
    }

    private init(json: JSON, form: SheetForm) {
        self.json = json
        self.form = form
    }

    // MARK: Rows of the form

    private mutating func add(_ row: Layout.Row) {
        bar = row.bar ?? bar
        var texts: [[String]] = []
        for cell in row.cells where hasValue(cell) {
            let text = fill(cell)
            texts.append(
                text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
        guard !texts.isEmpty else { return }
        if let bar {
            lines += ["", "【\(bar)】"]
            self.bar = nil
        }
        if texts.allSatisfy({ $0.count == 1 }) {
            lines.append(texts.joined().joined(separator: "　｜　"))
        } else {
            lines += texts.joined()
        }
    }

    /// What holds places is printed only when one of them has a value.
    private func hasValue(_ parts: [Layout.Part]) -> Bool {
        let places = parts.places
        return places.isEmpty || places.contains { json[pointer: $0] != nil }
    }

    private mutating func fill(_ parts: [Layout.Part]) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let printed): text += printed
            case .value(let pointer): text += value(pointer)
            case .choices(let pointer): text += choices(pointer)
            case .optional(let inner): text += hasValue(inner) ? fill(inner) : ""
            }
        }
        return text
    }

    private mutating func value(_ pointer: JSONPointer) -> String {
        guard let value = json[pointer: pointer], let field = form.root[pointer] else { return "" }
        printed.insert(pointer)
        if let text = FieldText.short(value, field) { return text }
        var inner: [String] = []
        for (index, element) in (value.array ?? []).enumerated() {
            if let field = field.element, let line = FieldText.line(element, field) {
                inner.append("\n　\(index + 1). \(line)")
            }
        }
        return inner.isEmpty ? FieldText.line(value, field) ?? "" : inner.joined()
    }

    private mutating func choices(_ pointer: JSONPointer) -> String {
        printed.insert(pointer)
        guard let field = form.root[pointer], let codes = field.codes else { return "" }
        let value = json[pointer: pointer]
        let chosen = (value?.array ?? [value].compactMap(\.self)).compactMap(\.string)
        return codes.entries.map { entry in
            (chosen.contains { $0.hasSameBytes(as: entry.code) } ? "■" : "□") + entry.label
        }.joined(separator: " ")
    }

    // MARK: What the form has no place for

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

/// One value in words.
enum FieldText {
    /// A value that fits behind its label; nil for objects and arrays of them.
    static func short(_ value: JSON, _ field: Field) -> String? {
        switch value {
        case .string(let text): word(text, field)
        case .integer(let number): String(number)
        case .number(let number): number.text
        case .bool(let truth): truth ? "はい" : "いいえ"
        case .null: ""
        case .object: nil
        case .array(let elements): list(elements, field)
        }
    }

    /// An object in one line: its members by label.
    static func line(_ value: JSON, _ field: Field) -> String? {
        if let text = short(value, field) { return text }
        let words = field.members.compactMap { member -> String? in
            guard let next = value[member.name], let text = line(next, member.field) else {
                return nil
            }
            return "\(member.field.label ?? member.name)：\(text)"
        }
        if !words.isEmpty { return words.joined(separator: "　") }
        return value.array?.compactMap { element in
            field.element.flatMap { line(element, $0) }
        }.joined(separator: "；")
    }

    private static func list(_ elements: [JSON], _ field: Field) -> String? {
        guard let element = field.element else { return nil }
        let words = elements.map { short($0, element) }
        guard words.allSatisfy({ $0 != nil }) else { return nil }
        return words.compactMap(\.self).joined(separator: "、")
    }

    private static func word(_ text: String, _ field: Field) -> String {
        if let codes = field.codes { return codes[text]?.label ?? text }
        switch field.format {
        case .date: return Day(text).flatMap(Wareki.init).map(\.text) ?? text
        case .dateTime:
            guard let instant = CalendarPoint.instant(text), let day = Wareki(instant.dayInJapan)
            else { return text }
            let minute = instant.minuteOfDayInJapan
            return "\(day.text) \(minute / 60):" + Decimal.text(minute % 60, width: 2)
        case nil: return text
        }
    }
}
