import Primitives

/// A sheet as it may lie on a fax machine, where anybody who passes sees it (C-20, C-15): the name
/// of the person half hidden wherever it stands, no birth date nor anything else that says who it
/// is, nothing that is withheld. Its recipient learns the rest by telephone.
struct FaxCopy {
    let json: JSON

    /// Of the person, what stays: how old, and of which sex.
    private static let kept = ["sex", "ageAsWritten"]
    private static let masked = ["fullName", "fullNameKana"]

    init(_ sheet: JSON, without withheld: [JSONPointer]) {
        let person = sheet["patient"]
        let written = Self.masked.compactMap { person?[$0]?.string }
        // However it was typed; one character alone would hide half of the language.
        let names = (written + written.map { $0.filter { !$0.isWhitespace } })
            .filter { $0.count > 1 }
        let left = sheet.removing(withheld)
        var object = left.object ?? JSONObject()
        if let patient = object["patient"]?.object {
            object["patient"] = .object(Self.hidden(patient))
        }
        json = Self.hidden(.object(object), names)
    }

    private static func hidden(_ patient: JSONObject) -> JSONObject {
        patient.members.reduce(into: JSONObject()) { hidden, member in
            if masked.contains(member.name) {
                hidden[member.name] = member.value.string.map { .string(MaskedName.of($0)) }
            } else if kept.contains(member.name) {
                hidden[member.name] = member.value
            }
        }
    }

    private static func hidden(_ value: JSON, _ names: [String]) -> JSON {
        switch value {
        case .string(let text):
            return .string(
                names.reduce(text) { text, name in
                    text.replacing(name, with: MaskedName.of(name))
                }
            )
        case .array(let elements): return .array(elements.map { hidden($0, names) })
        case .object(let object):
            return .object(
                object.members.reduce(into: JSONObject()) { copy, member in
                    copy[member.name] = hidden(member.value, names)
                }
            )
        case .bool, .integer, .number, .null: return value
        }
    }
}

/// ●京●郎: a name of which every other character is covered, the first one too; blanks stay, so
/// that 東 京太郎 is ● 京●郎.
package enum MaskedName {
    package static func of(_ name: String) -> String {
        var isCovered = false
        return String(
            name.map { character in
                if character.isWhitespace { return character }
                isCovered.toggle()
                return isCovered ? "●" : character
            }
        )
    }
}

extension SheetCatalogue {
    /// The form as a fax shows it; nil where the catalogue does not know the type, and for a sheet
    /// that is for staff alone.
    package func faxForm(of sheet: Sheet) -> FilledForm? {
        guard staffOnlyBanners(of: sheet).isEmpty else { return nil }
        return form(of: sheet.type).map { form in
            let withheld = form.delivery?.withheld ?? []
            let number = ["recipients", "*", "organization", "fax"]
            let copy = FaxCopy(sheet.json, without: withheld + [JSONPointer(tokens: number)])
            return FormFiller.fill(copy.json, form)
        }
    }
}

extension JSON {
    /// Without what stands at these places.
    func removing(_ places: [JSONPointer]) -> JSON {
        places.reduce(self) { $0.removing($1.tokens[...]) }
    }

    /// Without what stands there; `*` is each element of an array.
    func removing(_ place: ArraySlice<String>) -> JSON {
        guard let first = place.first else { return self }
        switch self {
        case .object(var object):
            guard let value = object[first] else { return self }
            object[first] = place.count == 1 ? nil : value.removing(place.dropFirst())
            return .object(object)
        case .array(let elements) where first.hasSameBytes(as: "*"):
            return .array(elements.map { $0.removing(place.dropFirst()) })
        case .array, .string, .integer, .number, .bool, .null: return self
        }
    }
}
