import Primitives

/// All that the catalogue knows of one type of sheet.
struct SheetForm: Sendable {
    /// `$id` of the schema.
    let schema: String
    let title: String
    /// The one version that the schema allows; nil for the form of an unknown type.
    let version: String?
    let root: Field
    /// Nil for the form of a sheet whose type is not in the catalogue.
    let delivery: DeliveryRules?
    let layout: Layout
}

extension SheetForm {
    /// - Throws: `unknownReference` where the layout names a place that the schema does not have,
    ///   a code that its list does not have, or not as many words as there are choices.
    func checked() throws(CatalogueRefusal) -> SheetForm {
        for row in layout.rows {
            // Of elements, the first stands for all.
            let start = row.each.map { $0.appending(0).tokens } ?? []
            for part in row.cells.flatMap(\.parts.flat) {
                guard let place = part.place else { continue }
                guard let field = root[JSONPointer(tokens: start + place.tokens)],
                    SheetForm.fits(part, field)
                else { throw CatalogueRefusal(.unknownReference, at: "\(title) \(place)") }
            }
        }
        return self
    }

    private static func fits(_ part: Layout.Part, _ field: Field) -> Bool {
        switch part {
        case .text, .optional, .value: true
        case .choice(_, let code): field.codes?[code] != nil
        case .choices(_, let words):
            field.codes.map { words.isEmpty || words.count == $0.entries.count }
                ?? (1...2 ~= words.count)
        }
    }
}
