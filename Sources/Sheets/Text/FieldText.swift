import Japanese
import Primitives

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
