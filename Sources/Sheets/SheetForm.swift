import Primitives

/// All that the catalogue knows of one type of sheet.
struct SheetForm: Sendable {
    /// `$id` of the schema.
    let schema: String
    let title: String
    let root: Field
    /// Nil for the form of a sheet whose type is not in the catalogue.
    let delivery: DeliveryRules?
    let layout: Layout
}

extension SheetForm {
    /// - Throws: `unknownReference` where the layout names a place that the schema does not have.
    func checked() throws(CatalogueRefusal) -> SheetForm {
        for place in layout.places where root[place] == nil {
            throw CatalogueRefusal(.unknownReference, at: "\(title) \(place)")
        }
        return self
    }
}
