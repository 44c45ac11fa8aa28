package import Primitives

/// A part of a form under one heading (見出し) of its page, to be filled in by itself.
package struct FormSection: Sendable {
    /// As printed; nil for what stands before the first heading.
    package let title: String?
    /// Of the form's body, in its order.
    package let fields: [FormField]
}

extension SheetCatalogue {
    /// The body of a type's form in the sections of its layout. A field belongs where its first
    /// place is printed; one that no cell prints goes with the field before it.
    package func sections(of type: SheetType, on day: Day) -> [FormSection] {
        guard let body = form(of: type, on: day)?.members.first(where: { $0.isBody }),
            let layout = layout(of: type)
        else { return [] }
        let places = layout.sectionsOfBody
        var last = 0
        var fields: [Int: [FormField]] = [:]
        for field in body.members {
            last = places.numbers[ByteText(field.name)] ?? last
            fields[last, default: []].append(field)
        }
        return fields.sorted { $0.key < $1.key }.map { number, fields in
            FormSection(title: places.titles[number], fields: fields)
        }
    }
}

extension Layout {
    /// The headings in their order, none first, and under which a member of the body is printed
    /// first.
    fileprivate var sectionsOfBody: (titles: [String?], numbers: [ByteText: Int]) {
        var titles: [String?] = [nil]
        var numbers: [ByteText: Int] = [:]
        for row in rows {
            if let bar = row.bar, !bar.isEmpty { titles.append(bar) }
            let start = row.each?.tokens ?? []
            for place in row.cells.flatMap(\.parts.places) {
                let tokens = start + place.tokens
                guard tokens.count > 1, tokens[0].hasSameBytes(as: "body") else { continue }
                let name = ByteText(tokens[1])
                if numbers[name] == nil { numbers[name] = titles.count - 1 }
            }
        }
        return (titles, numbers)
    }
}

extension FormField {
    fileprivate var isBody: Bool { name.hasSameBytes(as: "body") }
}
