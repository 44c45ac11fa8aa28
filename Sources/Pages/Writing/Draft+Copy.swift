import Japanese
import Primitives
import Sheets

// 前回から写す, and what is filled in beforehand.
extension Draft {
    /// What an earlier sheet says in one part, into fields that are empty. Days of the body, and
    /// what the schema wants to be written anew, are left out.
    mutating func copy(_ part: String, of sheet: Sheet, into form: FormField) {
        guard let value = sheet.json[part] else { return }
        var earlier = self
        earlier.values = [:]
        earlier.take(value, at: JSONPointer(tokens: [part]))
        let before = values
        for place in form.places(earlier.values) {
            guard place.pointer.tokens.first?.hasSameBytes(as: part) ?? false,
                place.isCopied, !before.hasValue(below: place.list ?? place.pointer),
                let words = earlier.values[place.pointer]
            else { continue }
            values[place.pointer] = words.map(place.typed)
            copied[place.pointer] = sheet.issuedOn
        }
    }

    var isCopied: Bool { !copied.isEmpty }

    /// A place that has another value than before is not a copied one.
    mutating func noteTouched(since before: Draft) {
        for place in copied.keys where !values.isSame(as: before.values, at: place) {
            copied[place] = nil
        }
    }

    /// 前回から変更なし: somebody has looked at these places.
    mutating func confirmCopied(_ isMeant: (JSONPointer) -> Bool) {
        for place in copied.keys where isMeant(place) { copied[place] = nil }
    }

    /// The days of writing are today's, until somebody changes them. What it begins with stands
    /// there as people write it.
    mutating func prefill(_ form: FormField, on today: Day) {
        for place in form.places(values) {
            let words = values[place.pointer] ?? (place.fill == .today ? [today.description] : nil)
            values[place.pointer] = words?.map(place.typed)
        }
    }

    /// A place for the recipient's name follows who is chosen, until somebody has written another
    /// name there.
    mutating func nameRecipient(_ form: FormField, from old: String?, to new: String?) {
        guard !(old ?? "").hasSameBytes(as: new ?? "") else { return }
        for place in form.places(values) where place.fill == .recipient {
            let typed = values[place.pointer]?.first ?? ""
            guard typed.isEmpty || typed.hasSameBytes(as: old ?? "") else { continue }
            values[place.pointer] = new.map { [$0] }
        }
    }
}

extension DraftPlace {
    /// Of the wire's form of a day, what people here write: 和暦. All else is as it is.
    fileprivate func typed(_ text: String) -> String {
        func wareki(_ text: some StringProtocol) -> String? {
            Day(String(text)).flatMap(Wareki.init).map(\.text)
        }
        switch field.kind {
        case .day: return wareki(text) ?? text
        case .instant:
            let end = ":00+09:00"
            guard text.hasSuffix(end), let day = wareki(text.prefix(10)) else { return text }
            return "\(day) \(text.dropFirst(11).dropLast(end.utf8.count))"
        default: return text
        }
    }

    fileprivate var isCopied: Bool {
        guard fill == nil else { return false }
        guard pointer.tokens.first?.hasSameBytes(as: "body") ?? false else { return true }
        switch field.kind {
        case .day, .instant: return false
        default: return true
        }
    }

    /// The list in a row of which it stands: rows of two sheets are not mixed.
    fileprivate var list: JSONPointer? {
        let number = pointer.tokens.firstIndex { Decimal.value($0.utf8) != nil }
        return number.map { JSONPointer(tokens: Array(pointer.tokens.prefix($0))) }
    }
}
