package import Primitives

/// One field of a type of sheet as a form shows it to somebody who fills it in.
package struct FormField: Sendable {
    package enum Kind: Sendable {
        /// One line, and how what is typed is put into the form of the wire.
        case line(Typing)
        case text
        case day
        case instant
        case number
        case truth
        case choice([Choice])
        case choices([Choice])
        case group([FormField])
        /// Rows of the same field, at most so many.
        case list(Element, most: Int)
    }

    /// What people type differently from what is signed.
    package enum Typing: Sendable {
        /// Kept byte for byte.
        case asWritten
        /// Full-width letters and digits count as their narrow ones.
        case narrow
        /// Half-width kana and hiragana count as katakana.
        case kana
    }

    /// What a schema says of how a value comes into the form.
    package enum Fill: String, Sendable {
        /// The day of writing, before anybody has typed.
        case today
        /// Never from an earlier sheet.
        case anew
        /// The name of the one it is sent to, until somebody has written another; never from an
        /// earlier sheet.
        case recipient
    }

    package struct Choice: Sendable {
        package let code: String
        package let label: String

        package init(code: String, label: String) {
            self.code = code
            self.label = label
        }
    }

    /// The field of an element; a box, since a field holds it.
    package final class Element: Sendable {
        package let field: FormField
        init(_ field: FormField) { self.field = field }
    }

    package let name: String
    /// As printed on the form.
    package let label: String
    /// What the value must look like.
    package let hint: String?
    package let kind: Kind
    /// Required whatever else is filled in; rules may require more.
    package let isRequired: Bool
    /// In Unicode scalars.
    package let maximumLength: Int?
    package let fill: Fill?

    package var isGroup: Bool { if case .group = kind { true } else { false } }

    /// The fields of a group; none of any other.
    package var members: [FormField] {
        if case .group(let members) = kind { members } else { [] }
    }

    /// The same field with another content, or under another label.
    package func with(_ kind: Kind? = nil, label: String? = nil) -> FormField {
        FormField(
            name: name,
            label: label ?? self.label,
            hint: hint,
            kind: kind ?? self.kind,
            isRequired: isRequired,
            maximumLength: maximumLength,
            fill: fill
        )
    }
}

extension SheetCatalogue {
    /// The whole form of a type, with the codes that are valid on a day. What the schema fixes
    /// (type and version of the sheet) is left out, and what a rule lets nobody fill in.
    package func form(of type: SheetType, on day: Day) -> FormField? {
        field(of: type).map { FormMaker(day: day).field("", $0, isRequired: true) }
    }
}

/// Makes form fields of the fields of a schema.
private struct FormMaker {
    let day: Day

    /// `never`: what is not to be filled in, as names from this field on.
    func field(
        _ name: String,
        _ field: Field,
        isRequired: Bool,
        never: [[String]] = []
    ) -> FormField {
        FormField(
            name: name,
            label: field.label ?? name,
            hint: field.form,
            kind: kind(field, never + field.rules.flatMap(\.neverFilled)),
            isRequired: isRequired,
            maximumLength: field.entry.maximumLength,
            fill: field.entry.fill
        )
    }

    private func kind(_ field: Field, _ never: [[String]]) -> FormField.Kind {
        if !field.members.isEmpty { return .group(members(field, never)) }
        if let element = field.element {
            if let codes = element.codes, element.members.isEmpty { return .choices(valid(codes)) }
            let inner = self.field("", element, isRequired: false)
            return .list(FormField.Element(inner), most: field.entry.maximumItems ?? 20)
        }
        if let codes = field.codes { return .choice(valid(codes)) }
        switch field.format {
        case .date: return .day
        case .dateTime: return .instant
        case nil: break
        }
        switch field.entry.type {
        case "boolean": return .truth
        case "integer": return .number
        default: return simple(field.entry.typeName)
        }
    }

    private func members(_ field: Field, _ never: [[String]]) -> [FormField] {
        field.members.compactMap { member in
            let name = member.name
            let within = never.filter { $0[0].hasSameBytes(as: name) }.map { Array($0.dropFirst()) }
            guard !member.field.entry.isConstant, !within.contains([]) else { return nil }
            let isRequired = field.entry.required.contains { $0.hasSameBytes(as: name) }
            return self.field(name, member.field, isRequired: isRequired, never: within)
        }
    }

    private func simple(_ typeName: String?) -> FormField.Kind {
        switch typeName {
        case "longText": .text
        case "kana": .line(.kana)
        case "phone", "postal", "officeNo", "insurerNumber", "insuredNumber", "decimal", "time",
            "email", "url", "uuid":
            .line(.narrow)
        default: .line(.asWritten)
        }
    }

    private func valid(_ codes: CodeList) -> [FormField.Choice] {
        codes.entries.filter { $0.isValid(on: day) }
            .map { FormField.Choice(code: $0.code, label: $0.label) }
    }
}
