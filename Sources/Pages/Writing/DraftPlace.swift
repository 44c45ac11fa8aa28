import Primitives
import Sheets

/// A field that holds a value of its own: where it stands, and what it is called there.
struct DraftPlace {
    let pointer: JSONPointer
    let field: FormField
    /// The labels on the way to it, its own last.
    let label: String
    /// What its schema, or that of what holds it, says of its filling in.
    let fill: FormField.Fill?

    /// What is filled in, in the words of the form.
    func words(_ values: [String]) -> String { values.map(word).joined(separator: "、") }

    private func word(_ text: String) -> String {
        switch field.kind {
        case .choice(let choices), .choices(let choices):
            choices.first { $0.code.hasSameBytes(as: text) }?.label ?? text
        case .truth: English.said(text.hasSameBytes(as: "true") ? "はい" : "いいえ")
        default: text
        }
    }
}

extension FormField {
    /// The places of a whole form, or a part of it, in their order; of a list those of the rows
    /// that have a value.
    func places(_ values: [JSONPointer: [String]]) -> [DraftPlace] {
        members.flatMap { $0.places(values, at: JSONPointer(tokens: [$0.name]), ([], nil)) }
    }

    private func places(
        _ values: [JSONPointer: [String]],
        at pointer: JSONPointer,
        _ above: (words: [String], fill: Fill?)
    ) -> [DraftPlace] {
        let fill = fill ?? above.fill
        switch kind {
        case .group(let members):
            // The parts of a sheet have no names for people.
            let words = pointer.tokens.count > 1 ? above.words + [label] : above.words
            return members.flatMap {
                $0.places(values, at: pointer.appending($0.name), (words, fill))
            }
        case .list(let element, let most):
            return (0..<most).filter { values.hasValue(below: pointer.appending($0)) }.flatMap {
                let row = element.field.with(label: "\(label) \($0 + 1)")
                return row.places(values, at: pointer.appending($0), (above.words, fill))
            }
        default:
            let words = (above.words + [label]).joined(separator: " › ")
            return [DraftPlace(pointer: pointer, field: self, label: words, fill: fill)]
        }
    }
}

extension [JSONPointer: [String]] {
    func hasValue(below place: JSONPointer) -> Bool {
        keys.contains { $0.tokens.starts(with: place.tokens) }
    }

    /// Whether both have the same bytes at a place.
    func isSame(as other: Self, at place: JSONPointer) -> Bool {
        let (mine, theirs) = (self[place] ?? [], other[place] ?? [])
        return mine.count == theirs.count
            && zip(mine, theirs).allSatisfy { $0.hasSameBytes(as: $1) }
    }
}
