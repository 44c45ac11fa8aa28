import Primitives

// What of a sheet is told before the sheet itself. Which fields that are is data of its type.
extension Layout {
    /// 要点: one line above a read sheet, left out where its places have no value.
    struct Point: Sendable {
        let label: String
        /// The array whose elements have a line each; the template and `condition` name places
        /// within an element.
        let each: JSONPointer?
        let condition: Condition
        let parts: [Part]
    }

    /// A warning that nobody but the desk which the sheet is for is told.
    struct Flag: Sendable {
        let text: String
        let condition: Condition
    }
}

extension Layout.Point {
    init(_ point: ObjectReader, _ lists: CodeLists) throws(DecodingRefusal) {
        var point = point
        label = try point.text("label")
        each = try point.optionalValue("each") { JSONPointer($0) }
        parts = try point.value("text", LayoutTemplate.parts)
        let when = try point.optional("when").map { json throws(DecodingRefusal) in
            try Condition(json, lists)
        }
        // Words of the form alone would stand above every sheet.
        guard when != nil || !parts.places.isEmpty else { throw point.refusal(.badForm, "text") }
        condition = when ?? .all([])
        try point.finish()
    }
}

extension Layout.Flag {
    init(_ flag: ObjectReader, _ lists: CodeLists) throws(DecodingRefusal) {
        var flag = flag
        text = try flag.text("text")
        guard let when = flag.optional("when") else { throw flag.refusal(.missingMember, "when") }
        condition = try Condition(when, lists)
        try flag.finish()
    }
}
