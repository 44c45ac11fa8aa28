package import Primitives

/// From whom to whom a type of sheet may go, for which purpose, and what answers it.
package struct DeliveryRules: Sendable {
    /// One row of the table of directions.
    package struct Direction: Sendable {
        package let from: Set<OrganisationType>
        package let to: Set<OrganisationType>
        /// Recipients only as `cc`.
        package let copyOnly: Set<OrganisationType>
        /// The consent must cover one of these that applies.
        let purposes: [Purpose]
        let condition: Condition
    }

    /// A purpose, and when it is enough.
    struct Purpose: Sendable {
        let code: ConsentPurpose
        let condition: Condition
    }

    /// A type that answers this one.
    package struct Reply: Sendable {
        package let type: SheetType
        let closing: Condition
    }

    /// What makes a whole sheet one for staff alone, and the words that stand on it then.
    struct StaffOnly: Sendable {
        let banner: String
        let condition: Condition
    }

    package let directions: [Direction]
    /// Recipients only as `cc`, and only when the consent names their type.
    package let copyOnlyIfNamed: Set<OrganisationType>
    let emergencyException: Condition?
    /// True for types that must name the sheet they answer.
    package let isReply: Bool
    /// True for types that the program makes by itself; nobody begins to write one.
    package let isNotice: Bool
    /// nil where the form prints none.
    package let consentSentence: ConsentSentence?
    package let replies: [Reply]
    /// What is special about the person (C-15): on no fax, no copy for the person, in no notice.
    package let withheld: [JSONPointer]
    /// What tells of others than the person: in no copy for the person.
    let thirdParty: [JSONPointer]
    let staffOnly: [StaffOnly]
    /// What the sheet may ask for.
    let answers: [AnswerRule]
    /// True for a sheet after which nothing is expected of the one it answers any more.
    let endsAll: Bool

    /// The purposes of which the consent must cover one; empty when the type needs none.
    package func purposes(of sheet: Sheet) -> [ConsentPurpose] {
        let view = SheetView(sheet)
        return applying(to: sheet.sender.type, view).flatMap { $0.purposes }
            .filter { $0.condition.holds(in: view, at: JSONPointer()) == true }.map(\.code)
    }

    /// What the delivery of a sheet asks of a consent.
    package func terms(of sheet: Sheet) -> ConsentTerms {
        ConsentTerms(purposes: purposes(of: sheet), sentence: consentSentence)
    }

    /// The words that stand on a sheet wherever staff read or print it (C-15), for example 本人未告知;
    /// none on most. A sheet with any goes on no fax and into no copy for the person or the family.
    package func staffOnlyBanners(of sheet: Sheet) -> [String] {
        let view = SheetView(sheet)
        return staffOnly.filter { $0.condition.holds(in: view, at: JSONPointer()) == true }
            .map(\.banner)
    }

    /// Every purpose that some direction names.
    package var purposeNames: [String] { directions.flatMap { $0.purposes }.map(\.code.text) }

    /// True if `reply` ends the wait of the sheet it answers.
    package func isClosed(by reply: Sheet) -> Bool {
        replies.contains { rule in
            rule.type == reply.type
                && rule.closing.holds(in: SheetView(reply), at: JSONPointer()) == true
        }
    }

    func applying(to sender: OrganisationType, _ view: SheetView) -> [Direction] {
        directions.filter {
            $0.from.contains(sender) && $0.condition.holds(in: view, at: JSONPointer()) != false
        }
    }
}

extension SheetView {
    /// A valid sheet by itself.
    init(_ sheet: Sheet) {
        self.init(
            json: sheet.json,
            context: SheetContext(today: sheet.issuedOn),
            unsound: []
        )
    }
}

extension DeliveryRules {
    init(_ json: JSON, _ lists: CodeLists) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        var directions: [Direction] = []
        for var row in try reader.objects("directions") {
            directions.append(
                Direction(
                    from: try DeliveryRules.types(&row, "from"),
                    to: try DeliveryRules.types(&row, "to"),
                    copyOnly: try DeliveryRules.types(&row, "copyOnly"),
                    purposes: try DeliveryRules.purposes(&row, lists),
                    condition: try DeliveryRules.condition(&row, "when", lists) ?? .all([])
                )
            )
            try row.finish()
        }
        self.directions = directions
        copyOnlyIfNamed = try DeliveryRules.types(&reader, "copyOnlyIfNamed")
        emergencyException = try DeliveryRules.condition(&reader, "emergencyException", lists)
        isReply = try reader.bool("isReply")
        isNotice = try reader.optionalBool("isNotice") ?? false
        consentSentence = try ConsentSentence(reading: &reader)
        withheld = try DeliveryRules.places(&reader, "withheld")
        thirdParty = try DeliveryRules.places(&reader, "thirdParty")
        var staffOnly: [StaffOnly] = []
        for var row in try reader.objects("staffOnly") {
            let condition = try Condition(try row.required("when"), lists)
            staffOnly.append(StaffOnly(banner: try row.text("banner"), condition: condition))
            try row.finish()
        }
        self.staffOnly = staffOnly
        var replies: [Reply] = []
        for var row in try reader.objects("replies") {
            replies.append(
                Reply(
                    type: try row.value("type", SheetType.init),
                    closing: try DeliveryRules.condition(&row, "closesWhen", lists) ?? .all([])
                )
            )
            try row.finish()
        }
        self.replies = replies
        var answers: [AnswerRule] = []
        for var row in try reader.objects("expects") {
            answers.append(try AnswerRule(&row, lists))
            try row.finish()
        }
        self.answers = answers
        endsAll = try reader.optionalBool("endsAll") ?? false
        try reader.finish()
    }

    private static func types(
        _ reader: inout ObjectReader,
        _ name: String
    ) throws(DecodingRefusal) -> Set<OrganisationType> {
        Set(try reader.optionalArray(name).compactMap(\.string).map { OrganisationType($0) })
    }

    private static func places(
        _ reader: inout ObjectReader,
        _ name: String
    ) throws(DecodingRefusal) -> [JSONPointer] {
        try reader.optionalArray(name).map { json throws(DecodingRefusal) in
            guard let pointer = json.string.flatMap(JSONPointer.init) else {
                throw reader.refusal(.badForm, name)
            }
            return pointer
        }
    }

    private static func condition(
        _ reader: inout ObjectReader,
        _ name: String,
        _ lists: CodeLists
    ) throws(DecodingRefusal) -> Condition? {
        try reader.optional(name).map { json throws(DecodingRefusal) in
            try Condition(json, lists)
        }
    }

    /// A purpose is its code, or an object `{purpose, when}`.
    private static func purposes(
        _ reader: inout ObjectReader,
        _ lists: CodeLists
    ) throws(DecodingRefusal) -> [Purpose] {
        try reader.array("purposes").map { json throws(DecodingRefusal) in
            if let code = json.string {
                return Purpose(code: ConsentPurpose(code), condition: .all([]))
            }
            var row = try ObjectReader(json)
            let code = ConsentPurpose(try row.text("purpose"))
            let condition = try condition(&row, "when", lists) ?? .all([])
            try row.finish()
            return Purpose(code: code, condition: condition)
        }
    }
}
