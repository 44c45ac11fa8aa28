package import Japanese
package import Primitives

/// All types of sheets, read from the files of `Schemas/`. Immutable; one serves the whole process.
package struct SheetCatalogue: Sendable {
    /// In the order of their names.
    package let types: [SheetType]
    package let holidays: Holidays
    /// 入院時情報連携加算.
    package let admissionLiaison: AddOnRules
    private let forms: [SheetType: SheetForm]
    /// Judges the common part of a sheet whose type is not known.
    private let common: SheetForm
    private let schemas: SchemaSet
    private let messages: Messages
    private let lists: CodeLists

    /// Loads and checks a whole catalogue.
    ///
    /// - Parameter files: `common.json`, `types.json`, `messages.json`, `codes/*.json`,
    ///   `calendar/holidays.json`, `rules/admissionLiaison.json` and
    ///   `sheets/<type>/{schema,layout,delivery}.json`, paths relative to `Schemas/`. Others are
    ///   left alone.
    /// - Throws: the first `CatalogueRefusal`; a catalogue is complete or it is not made.
    package init(files: [(path: String, bytes: [UInt8])]) throws(CatalogueRefusal) {
        let source = try CatalogueFiles(files)
        let lists = try CodeLists(source.codeLists)
        self.lists = lists
        messages = try inFile("messages.json") { () throws(DecodingRefusal) in
            try Messages(source.messages)
        }
        holidays = try inFile(CatalogueFiles.holidays) { () throws(DecodingRefusal) in
            try Holidays(source.holidays)
        }
        admissionLiaison = try inFile(CatalogueFiles.admissionLiaison) {
            () throws(DecodingRefusal) in
            try AddOnRules(source.admissionLiaison)
        }
        schemas = try source.schemaSet()
        let fields = FieldReader(source.schemas, lists)
        common = SheetForm(
            schema: source.commonName,
            title: "",
            version: nil,
            root: try fields.field(source.commonName),
            delivery: nil,
            layout: Layout()
        )
        var forms: [SheetType: SheetForm] = [:]
        for sheet in source.sheets { forms[sheet.type] = try sheet.form(fields, lists) }
        self.forms = forms
        types = forms.keys.sorted()
    }

    /// The name of the form, as printed on it.
    package func label(of type: SheetType) -> String? { forms[type]?.title }

    /// The label of a code, also after its time; nil for a code or a list that is not known.
    package func label(_ code: String, in list: String) -> String? { lists[list]?[code]?.label }

    /// The codes of a list that are valid on a day, in the order of the form.
    package func choices(of list: String, on day: Day) -> [FormField.Choice] {
        (lists[list]?.entries ?? []).filter { $0.isValid(on: day) }
            .map { FormField.Choice(code: $0.code, label: $0.label) }
    }

    /// All that is known of a type.
    func form(of type: SheetType) -> SheetForm? { forms[type] }

    /// The root field of a type.
    func field(of type: SheetType) -> Field? { forms[type]?.root }

    /// Where its values stand on paper.
    func layout(of type: SheetType) -> Layout? { forms[type]?.layout }

    /// The version of the schema that sheets of this type are written in.
    package func version(of type: SheetType) -> String? { forms[type]?.version }

    package func delivery(of type: SheetType) -> DeliveryRules? { forms[type]?.delivery }

    /// All problems and warnings of a draft; of bytes that are no strict JSON, only `E-JSON`.
    package func report(_ draft: DraftSheet, _ context: SheetContext) -> SheetReport {
        examine(draft, context).report
    }

    /// The only maker of a `Sheet` that was not stored before.
    ///
    /// - Throws: `InvalidSheet` with all problems.
    package func validate(
        _ draft: DraftSheet,
        _ context: SheetContext
    ) throws(InvalidSheet) -> Sheet {
        let (json, report) = examine(draft, context)
        guard report.problems.isEmpty else {
            throw InvalidSheet(problems: report.problems, warnings: report.warnings)
        }
        guard let sheet = json.flatMap({ Sheet($0, warnings: report.warnings) }) else {
            throw InvalidSheet(problems: [problem("E-TYPE")], warnings: report.warnings)
        }
        return sheet
    }

    /// A sheet that was valid when it was stored, whatever the rules of today are; nil where the
    /// bytes are no sheet at all.
    package func stored(_ bytes: [UInt8]) -> Sheet? {
        do throws(DecodingRefusal) {
            return Sheet(try JSON(reading: bytes), warnings: [])
        } catch { return nil }
    }

    /// The sheet as lines of plain Japanese text, in the order of its form; nothing is left out.
    package func text(of sheet: Sheet) -> [String] {
        filledForm(of: sheet).map(SheetText.lines) ?? []
    }

    /// The sheet on its form, as paper and screen show it; nil where the catalogue does not know
    /// its type.
    package func filledForm(of sheet: Sheet) -> FilledForm? {
        forms[sheet.type].map {
            FormFiller.fill(sheet.json, $0).under(staffOnlyBanners(of: sheet))
        }
    }

    /// `DeliveryRules.staffOnlyBanners` of its type.
    package func staffOnlyBanners(of sheet: Sheet) -> [String] {
        delivery(of: sheet.type)?.staffOnlyBanners(of: sheet) ?? []
    }

    private func examine(
        _ draft: DraftSheet,
        _ context: SheetContext
    ) -> (json: JSON?, report: SheetReport) {
        let json: JSON
        do throws(DecodingRefusal) { json = try JSON(reading: draft.bytes) } catch {
            return (nil, SheetReport(problems: [problem("E-JSON")], warnings: []))
        }
        let type = json["sheetType"]?.string.flatMap(SheetType.init)
        let form = type.flatMap { forms[$0] } ?? common
        let outcome = schemas.validate(json, against: form.schema)
        return (json, SheetExamination.report(json, form, outcome, messages, context))
    }

    private func problem(_ rule: String) -> SheetProblem {
        SheetProblem(
            pointer: JSONPointer(),
            rule: rule,
            message: messages.sentence(rule, words: ["label": ""])
        )
    }
}
