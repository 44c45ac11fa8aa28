package import Primitives
package import Sheets

/// A sheet that goes to its recipients by fax or post, and how far each copy has come.
package struct PaperRoute: Sendable, CustomStringConvertible {
    /// What is noted of a copy after it was printed.
    package enum Step: String, CaseIterable, Sendable {
        /// 送付済: somebody has sent it.
        case sent
        /// 受け取りの確認: the recipient has told the code that stands on the cover sheet.
        case acknowledged
    }

    /// How it is to go. What lies on a fax machine is seen by whoever passes (C-20).
    package enum Way: String, CaseIterable, Sendable {
        case fax, post
    }

    /// When, and who says so.
    package struct Note: Hashable, Sendable {
        package let at: Timestamp
        package let by: String
    }

    package struct Copy: Hashable, Sendable {
        package let to: MemberID
        package let desk: DeskID?
        /// 受取番号: six digits that stand on the cover sheet of this copy alone.
        package let code: String
        package fileprivate(set) var sent: Note?
        package fileprivate(set) var acknowledged: Note?

        init(to: MemberID, desk: DeskID? = nil, code: String) {
            self.to = to
            self.desk = desk
            self.code = code
        }

        subscript(step: Step) -> Note? {
            get {
                switch step {
                case .sent: sent
                case .acknowledged: acknowledged
                }
            }
            set {
                switch step {
                case .sent: sent = newValue
                case .acknowledged: acknowledged = newValue
                }
            }
        }
    }

    package let id: MessageID
    package let sheet: Sheet
    /// When the draft became one.
    package let begun: Note
    package internal(set) var copies: [Copy]

    package var description: String { "PaperRoute" }

    static func newCode(_ random: any RandomSource) -> String {
        Decimal.text(Int(random.number(below: 1_000_000)), width: 6)
    }
}

extension PaperRoute {
    var json: JSON {
        [
            "sheet": sheet.json, "begun": begun.json,
            "copies": .array(
                copies.map { copy in
                    [
                        "to": .string(copy.to.text),
                        "desk": copy.desk.map { .string($0.text) },
                        "code": .string(copy.code),
                        "sent": copy.sent?.json, "acknowledged": copy.acknowledged?.json,
                    ]
                }
            ),
        ]
    }

    init(
        id: MessageID,
        reading bytes: [UInt8],
        _ catalogue: SheetCatalogue
    ) throws(DecodingRefusal) {
        self.id = id
        var reader = try ObjectReader(try JSON(canonical: bytes))
        guard let sheet = catalogue.stored(try reader.required("sheet").canonicalBytes) else {
            throw reader.refusal(.badForm, "sheet")
        }
        self.sheet = sheet
        begun = try Note(try reader.object("begun"))
        copies = []
        for var copy in try reader.objects("copies") {
            var read = Copy(
                to: try copy.value("to", MemberID.init(_:)),
                desk: try copy.optionalValue("desk", DeskID.init(_:)),
                code: try copy.text("code")
            )
            for step in Step.allCases where copy.optional(step.rawValue) != nil {
                read[step] = try Note(try copy.object(step.rawValue))
            }
            try copy.finish()
            copies.append(read)
        }
        try reader.finish()
    }
}

extension PaperRoute.Note {
    fileprivate var json: JSON { ["at": .string(at.description), "by": .string(by)] }

    fileprivate init(_ reader: ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        at = try reader.value("at", Timestamp.init(_:))
        by = try reader.text("by")
        try reader.finish()
    }
}
