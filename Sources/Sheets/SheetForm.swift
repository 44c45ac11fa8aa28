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
    ///   a code that its list does not have, or not as many words as there are choices; and where
    ///   the schema does not have what is held back.
    func checked() throws(CatalogueRefusal) -> SheetForm {
        let rows = layout.rows.map { (each: $0.each, parts: $0.cells.flatMap(\.parts.flat)) }
        for (each, parts) in rows + layout.points.map({ (each: $0.each, parts: $0.parts.flat) }) {
            // Of elements, the first stands for all.
            let start = each.map { $0.appending(0).tokens } ?? []
            for part in parts {
                guard let place = part.place else { continue }
                guard let field = root[JSONPointer(tokens: start + place.tokens)],
                    SheetForm.fits(part, field)
                else { throw CatalogueRefusal(.unknownReference, at: "\(title) \(place)") }
            }
        }
        for place in (delivery?.withheld ?? []) + (delivery?.thirdParty ?? [])
        where root[place] == nil {
            throw CatalogueRefusal(.unknownReference, at: "\(title) \(place)")
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
