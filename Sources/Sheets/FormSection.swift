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
        return layout.sections(of: body.members.map(\.name)).map { title, members in
            FormSection(title: title, fields: members.map { body.members[$0] })
        }
    }
}

extension Layout {
    /// Members of the body, by their numbers, under the headings of the page.
    func sections(of names: [String]) -> [(title: String?, members: [Int])] {
        let places = sectionsOfBody
        var last = 0
        var members: [Int: [Int]] = [:]
        for (index, name) in names.enumerated() {
            last = places.numbers[ByteText(name)] ?? last
            members[last, default: []].append(index)
        }
        return members.sorted { $0.key < $1.key }.map { (places.titles[$0], $1) }
    }

    /// The headings in their order, none first, and under which a member of the body is printed
    /// first.
    private var sectionsOfBody: (titles: [String?], numbers: [ByteText: Int]) {
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
