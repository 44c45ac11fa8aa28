import Japanese
import Primitives
import Sheets

/// The fields of a type of sheet as a form, made of its schema alone: a new type of sheet appears
/// without a change here.
struct DraftForm {
    let draft: Draft
    /// What the validator says, by field.
    let problems: [JSONPointer: [String]]
    /// What is asked for stands in a row that may stay empty as a whole.
    private var isInSpareRow = false

    init(draft: Draft, problems: [JSONPointer: [String]]) {
        self.draft = draft
        self.problems = problems
    }

    /// The name of a field in the page, for labels and links.
    static func anchor(_ pointer: JSONPointer) -> String {
        "f" + pointer.tokens.joined(separator: "-")
    }

    func html(_ field: FormField, at pointer: JSONPointer = JSONPointer()) -> HTML {
        switch field.kind {
        case .group(let members): return group(field, members, pointer)
        case .list(let element, let most): return list(field, element.field, most, pointer)
        case .choice(let choices):
            return choices.count > 12
                ? menu(field, choices, pointer) : options(field, choices, pointer, "radio")
        case .choices(let choices): return options(field, choices, pointer, "checkbox")
        case .truth:
            let choices = [
                FormField.Choice(code: "true", label: English.said("はい")),
                FormField.Choice(code: "false", label: English.said("いいえ")),
            ]
            return options(field, choices, pointer, "radio")
        case .text: return area(field, pointer)
        case .line, .day, .instant, .number: return line(field, pointer)
        }
    }

    private func group(
        _ field: FormField,
        _ members: [FormField],
        _ pointer: JSONPointer
    ) -> HTML {
        let inner = members.map { html($0, at: pointer.appending($0.name)) }
        guard pointer.tokens.count > 1 || field.name.hasSameBytes(as: "patient") else {
            return HTML(joining: inner)
        }
        return """
            <fieldset id="\(Self.anchor(pointer))"><legend>\(field.label)\(must(field))</legend>
            \(wrong(pointer))\(inner)</fieldset>
            """
    }

    /// The rows there are, and an empty one; saving makes the next.
    private func list(
        _ field: FormField,
        _ element: FormField,
        _ most: Int,
        _ pointer: JSONPointer
    ) -> HTML {
        let rows = (0..<most).filter { index in
            let place = pointer.appending(index)
            return draft.values.keys.contains { $0.tokens.starts(with: place.tokens) }
        }
        let shown = (0..<min(rows.count + 1, most)).map { index -> HTML in
            let row = element.with(label: "\(field.label) \(index + 1)")
            var form = self
            form.isInSpareRow = index >= max(rows.count, field.isRequired ? 1 : 0)
            return form.html(row, at: pointer.appending(index))
        }
        return """
            <fieldset id="\(Self.anchor(pointer))"><legend>\(field.label)\(must(field))</legend>
            \(wrong(pointer))<p class="hint">一時保存すると、次の行を入力できます（\(most) 行まで）。</p>
            \(shown)</fieldset>
            """
    }

    private func line(_ field: FormField, _ pointer: JSONPointer) -> HTML {
        let id = Self.anchor(pointer)
        let kind: HTML = field.isShort ? " class=\"short\"" : .nothing
        return """
            <div class="field"><label for="\(id)">\(field.label)\(must(field))</label>
            \(hint(field, pointer))\(copied(pointer))\(wrong(pointer))
            <input type="text" id="\(id)" name="\(pointer.description)" \
            value="\(value(pointer))"\(kind)\(described(field, pointer)) autocomplete="off"></div>
            """
    }

    private func area(_ field: FormField, _ pointer: JSONPointer) -> HTML {
        let id = Self.anchor(pointer)
        return """
            <div class="field"><label for="\(id)">\(field.label)\(must(field))</label>
            \(hint(field, pointer))\(copied(pointer))\(wrong(pointer))
            <textarea id="\(id)" name="\(pointer.description)"\(described(field, pointer)) \
            autocomplete="off">
            \(value(pointer))</textarea></div>
            """
    }

    private func menu(
        _ field: FormField,
        _ choices: [FormField.Choice],
        _ pointer: JSONPointer
    ) -> HTML {
        let id = Self.anchor(pointer)
        let chosen = value(pointer)
        let items = choices.map { choice -> HTML in
            let mark: HTML = choice.code.hasSameBytes(as: chosen) ? " selected" : .nothing
            return "<option value=\"\(choice.code)\"\(mark)>\(choice.label)</option>"
        }
        return """
            <div class="field"><label for="\(id)">\(field.label)\(must(field))</label>
            \(hint(field, pointer))\(copied(pointer))\(wrong(pointer))
            <select id="\(id)" name="\(pointer.description)"\(described(field, pointer))>
            <option value="">（選んでください）</option>\(items)</select></div>
            """
    }

    private func options(
        _ field: FormField,
        _ choices: [FormField.Choice],
        _ pointer: JSONPointer,
        _ type: String
    ) -> HTML {
        let chosen = draft.values[pointer] ?? []
        var shown = choices
        // A radio button cannot be let go of, so there is one for no answer.
        let isRadio = type.hasSameBytes(as: "radio")
        let isInRow = pointer.tokens.contains { Decimal.value($0.utf8) != nil }
        if isRadio, !field.isRequired || isInRow {
            shown.append(FormField.Choice(code: "", label: English.said("未記入")))
        }
        let items = shown.map { choice -> HTML in
            let isChosen =
                chosen.contains { $0.hasSameBytes(as: choice.code) }
                || choice.code.isEmpty && chosen.isEmpty
            let mark: HTML = isChosen ? " checked" : .nothing
            return """
                <label class="choice"><input type="\(type)" name="\(pointer.description)" \
                value="\(choice.code)"\(mark)>\(choice.label)</label>
                """
        }
        return """
            <fieldset id="\(Self.anchor(pointer))"><legend>\(field.label)\(must(field))</legend>
            \(copied(pointer))\(wrong(pointer))<div class="choices">\(items)</div></fieldset>
            """
    }

    // MARK: Parts of a field

    private func value(_ pointer: JSONPointer) -> String { draft.values[pointer]?.first ?? "" }

    private func must(_ field: FormField) -> HTML {
        guard field.isRequired else { return .nothing }
        return isInSpareRow
            ? "<span class=\"hint\">※この行に書くときは必須</span>"
            : "<span class=\"must\">※必須</span>"
    }

    private func wrong(_ pointer: JSONPointer) -> HTML {
        guard let words = problems[pointer] else { return .nothing }
        let id = Self.anchor(pointer)
        return HTML(
            joining: words.enumerated().map { index, word in
                "<span class=\"wrong\" id=\"\(id)-wrong\(index)\">\(word)</span>"
            }
        )
    }

    private func hint(_ field: FormField, _ pointer: JSONPointer) -> HTML {
        guard let text = field.shownHint else { return .nothing }
        return "<span class=\"hint\" id=\"\(Self.anchor(pointer))-hint\">\(text)</span>"
    }

    /// 前回: the field is as an earlier sheet had it.
    private func copied(_ pointer: JSONPointer) -> HTML {
        guard let day = draft.copied[pointer] else { return .nothing }
        return "<span class=\"from\">前回 \(TimeWords.date(day)) から</span>"
    }

    private func described(_ field: FormField, _ pointer: JSONPointer) -> HTML {
        let id = Self.anchor(pointer)
        let count = problems[pointer]?.count ?? 0
        var names = (0..<count).map { "\(id)-wrong\($0)" }
        if field.shownHint != nil { names.append("\(id)-hint") }
        let wrong: HTML = count > 0 ? " aria-invalid=\"true\"" : .nothing
        guard !names.isEmpty else { return wrong }
        return "\(wrong) aria-describedby=\"\(names.joined(separator: " "))\""
    }
}

extension FormField {
    fileprivate var isShort: Bool {
        switch kind {
        case .day, .instant, .number, .line(.narrow): true
        default: maximumLength.map { $0 <= 24 } ?? false
        }
    }

    /// How it may be typed, in the page's words; the form's own where that says enough.
    fileprivate var shownHint: HTML? {
        switch kind {
        case .day: "例: R8.11.21、令和8年11月21日、20261121"
        case .instant: "例: R8.11.21 13:30"
        case .line(.narrow): hint.map { "\($0)。全角でもかまいません" }
        case .line(.kana): "カタカナ（ひらがな・半角カナでもかまいません）"
        case .text: maximumLength.map { "\($0)文字まで" }
        default: nil
        }
    }
}
