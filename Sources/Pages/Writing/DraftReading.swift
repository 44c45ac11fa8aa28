import Japanese
import Primitives
import Sheets

/// Reads the posted fields of a form into a draft, and the values of a draft into a sheet.
struct DraftReading {
    let form: FormField

    /// The values of the fields that the form has. Rows of a list that were left empty go, and
    /// those behind them move up: the number of a row in the draft is that in the sheet.
    func values(_ posted: PostedForm) -> [JSONPointer: [String]] {
        var values: [JSONPointer: [String]] = [:]
        take(form, JSONPointer(), JSONPointer(), posted, &values)
        return values
    }

    private func take(
        _ field: FormField,
        _ from: JSONPointer,
        _ to: JSONPointer,
        _ posted: PostedForm,
        _ values: inout [JSONPointer: [String]]
    ) {
        switch field.kind {
        case .group(let members):
            for member in members {
                let next = (from.appending(member.name), to.appending(member.name))
                take(member, next.0, next.1, posted, &values)
            }
        case .list(let element, let most):
            var index = 0
            for number in 0...most {
                var row: [JSONPointer: [String]] = [:]
                let place = to.appending(index)
                take(element.field, from.appending(number), place, posted, &row)
                guard !row.isEmpty else { continue }
                values.merge(row) { $1 }
                index += 1
            }
        default:
            let words = posted.all(from.description).filter { !$0.isEmpty }
            if !words.isEmpty { values[to] = words }
        }
    }

    /// A part of the sheet; nil where nothing is filled in.
    func json(_ draft: Draft) -> JSON? { build(form, JSONPointer(), draft) }

    private func build(_ field: FormField, _ pointer: JSONPointer, _ draft: Draft) -> JSON? {
        switch field.kind {
        case .group(let members):
            var object = JSONObject()
            for member in members {
                object[member.name] = build(member, pointer.appending(member.name), draft)
            }
            return object.isEmpty ? nil : .object(object)
        case .list(let element, let most):
            let rows = (0..<most).compactMap {
                build(element.field, pointer.appending($0), draft)
            }
            return rows.isEmpty ? nil : .array(rows)
        case .choices:
            let words = draft.values[pointer] ?? []
            return words.isEmpty ? nil : .array(words.map { .string($0) })
        default:
            return draft.values[pointer]?.first.map { value($0, field.kind) }
        }
    }

    /// Hiragana as katakana; all else as it is.
    static func katakana(_ text: String) -> String {
        var katakana = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isHiragana = (0x3041...0x3096).contains(scalar.value)
            katakana.append(
                isHiragana ? Unicode.Scalar(scalar.value + 0x60) ?? scalar : scalar
            )
        }
        return String(katakana)
    }

    /// What was typed, in the form of the wire where it can be read; else as it is, for the
    /// validator to say what is wrong.
    private func value(_ text: String, _ kind: FormField.Kind) -> JSON {
        switch kind {
        case .line(.narrow): return .string(Width.narrowed(text))
        case .line(.kana): return .string(Self.katakana(Kana.widened(text)))
        case .day: return .string(TypedDay(text)?.day.description ?? text)
        case .instant: return .string(TypedDay.instant(text) ?? text)
        case .truth:
            return text.hasSameBytes(as: "true")
                ? true : text.hasSameBytes(as: "false") ? false : .string(text)
        case .number:
            let digits = Width.narrowed(text)
            return Decimal.value(digits.utf8).map { .integer(Int64($0)) } ?? .string(text)
        default: return .string(text)
        }
    }
}

/// A day as people type it: `R8.11.21`, `令和8年11月21日`, `20261121`, `2026/11/21`, full-width digits.
struct TypedDay {
    let day: Day

    init?(_ typed: String) {
        let text = Width.narrowed(typed).filter { $0 != " " && $0 != "　" }
        if let day = Day(text) {
            self.day = day
        } else if let wareki = Wareki(reading: text), wareki.isInEra {
            day = wareki.day
        } else if let day = Self.short(text) ?? Self.plain(text) {
            self.day = day
        } else {
            return nil
        }
    }

    /// `2026-11-21T13:30` of a browser's field, or with a blank: in Japan.
    static func instant(_ typed: String) -> String? {
        let text = Width.narrowed(typed)
        let parts = text.split { $0 == "T" || $0 == " " || $0 == "　" }
        guard parts.count == 2, let typed = TypedDay(String(parts[0])) else { return nil }
        let clock = parts[1].split(separator: ":").compactMap { Decimal.value($0.utf8) }
        guard clock.count == 2, clock[0] < 24, clock[1] < 60 else { return nil }
        let time = Decimal.text(clock[0], width: 2) + ":" + Decimal.text(clock[1], width: 2)
        return "\(typed.day)T\(time):00+09:00"
    }

    /// `R8.11.21`, `r8/11/21`.
    private static func short(_ text: String) -> Day? {
        let eras: [Character: String] = ["M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"]
        guard let first = text.uppercased().first, let era = eras[first] else { return nil }
        let parts = numbers(text.dropFirst())
        guard parts.count == 3 else { return nil }
        let written = "\(era)\(parts[0])年\(parts[1])月\(parts[2])日"
        guard let wareki = Wareki(reading: written), wareki.isInEra else { return nil }
        return wareki.day
    }

    /// `20261121`, `2026/11/21`, `2026.11.21`, `2026年11月21日`.
    private static func plain(_ text: String) -> Day? {
        let digits = Array(text.utf8)
        if digits.count == 8, let number = Decimal.value(digits) {
            return Day(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        }
        let parts = numbers(text[...])
        guard parts.count == 3, parts[0] > 1000 else { return nil }
        return Day(year: parts[0], month: parts[1], day: parts[2])
    }

    private static func numbers(_ text: Substring) -> [Int] {
        let signs: [Character] = [".", "/", "-", "年", "月", "日"]
        return text.split { signs.contains($0) }.map { Decimal.value($0.utf8) ?? -1 }
    }
}
