import Primitives

/// Examines one draft: schema, code lists and dates, then rules over what is sound.
struct SheetExamination {
    private struct Key: Hashable {
        let pointer: JSONPointer
        let rule: String
    }

    private let form: SheetForm
    private let messages: Messages
    private let json: JSON
    /// What the sheet says it leaves out is neither there nor missing.
    private let extract: SheetExtract?
    private var unsound: Set<JSONPointer> = []
    private var seen: Set<Key> = []
    private(set) var problems: [SheetProblem] = []
    private(set) var warnings: [SheetWarning] = []

    private init(_ form: SheetForm, _ messages: Messages, _ json: JSON) {
        self.form = form
        self.messages = messages
        self.json = json
        extract = json["extract"].flatMap(SheetExtract.init)
    }

    static func report(
        _ json: JSON,
        _ form: SheetForm,
        _ outcome: SchemaOutcome,
        _ messages: Messages,
        _ context: SheetContext
    ) -> SheetReport {
        var examination = SheetExamination(form, messages, json)
        for problem in outcome.problems where !examination.isLeftOut(problem) {
            examination.add(problem)
        }
        let day = json["issuedOn"]?.string.flatMap(Day.init) ?? context.today
        examination.checkForms(form.root, json, JSONPointer(), on: day)
        if form.delivery == nil { examination.addUnknownType() }
        examination.judge(context)
        return SheetReport(problems: examination.problems, warnings: examination.warnings)
    }

    // MARK: Errors of form

    private func isLeftOut(_ problem: SchemaProblem) -> Bool {
        guard let extract, let member = problem.member,
            SheetExamination.result(of: problem.keyword).hasSameBytes(as: "E-REQUIRED")
        else { return false }
        return extract.leavesOut(problem.instance.appending(member))
    }

    private mutating func add(_ problem: SchemaProblem) {
        let result = SheetExamination.result(of: problem.keyword)
        let pointer = problem.member.map(problem.instance.appending) ?? problem.instance
        let limit = problem.detail?.integer.map { String($0) } ?? ""
        add(pointer, result, problem.keyword, limit: limit, member: problem.member ?? "")
        unsound.insert(pointer)
    }

    /// A code of the list `SheetType` is not enough: the catalogue must have the type.
    private mutating func addUnknownType() {
        let pointer = JSONPointer(tokens: ["sheetType"])
        guard json["sheetType"]?.string != nil else { return }
        add(pointer, "E-CODE", "")
        unsound.insert(pointer)
    }

    private static func result(of keyword: String) -> String {
        switch keyword {
        case "required", "dependentRequired": "E-REQUIRED"
        case "additionalProperties", "unevaluatedProperties", "propertyNames": "E-UNKNOWN"
        case "type": "E-TYPE"
        case "maxLength", "minItems", "maxItems": "E-LENGTH"
        case "enum", "const", "uniqueItems": "E-CODE"
        default: "E-FORMAT"
        }
    }

    private mutating func add(
        _ pointer: JSONPointer,
        _ result: String,
        _ keyword: String,
        limit: String = "",
        member: String = ""
    ) {
        let words: KeyValuePairs = [
            "label": form.root.label(of: pointer), "form": form.root[pointer]?.form ?? "",
            "limit": limit, "member": member,
        ]
        report(pointer, result, messages.sentence(result, keyword, words: words))
    }

    /// Walks the sheet along its fields: codes of the day, days that exist.
    private mutating func checkForms(
        _ field: Field,
        _ value: JSON,
        _ pointer: JSONPointer,
        on day: Day
    ) {
        switch value {
        case .string(let text):
            if let codes = field.codes, !codes.holds(text, on: day) {
                add(pointer, "E-CODE", "")
                unsound.insert(pointer)
            }
            if let format = field.format, !format.accepts(text) {
                add(pointer, "E-FORMAT", "")
                unsound.insert(pointer)
            }
        case .object(let object):
            for (name, value) in object.members {
                guard let member = field.member(name) else { continue }
                checkForms(member, value, pointer.appending(name), on: day)
            }
        case .array(let elements):
            guard let element = field.element else { return }
            for (index, value) in elements.enumerated() {
                checkForms(element, value, pointer.appending(index), on: day)
            }
        case .null, .bool, .integer, .number: break
        }
    }

    // MARK: Rules

    private mutating func judge(_ context: SheetContext) {
        if let extract {
            for verdict in ExtractCheck(extract: extract, form: form, json: json).verdicts {
                add(verdict.pointer, verdict.result, verdict.keyword)
            }
            unsound.formUnion(extract.removed)
        }
        let view = SheetView(json: json, context: context, unsound: unsound)
        judge(form.root, json, JSONPointer(), view)
        guard let delivery = form.delivery else { return }
        for verdict in DeliveryCheck.verdicts(delivery, view) {
            add(verdict.pointer, verdict.result, verdict.keyword)
        }
    }

    private mutating func judge(
        _ field: Field,
        _ value: JSON,
        _ pointer: JSONPointer,
        _ view: SheetView
    ) {
        guard !unsound.contains(pointer) else { return }
        for rule in field.rules {
            for verdict in rule.judge(view, at: pointer) { add(verdict) }
        }
        switch value {
        case .object(let object):
            for (name, value) in object.members {
                guard let member = field.member(name) else { continue }
                judge(member, value, pointer.appending(name), view)
            }
        case .array(let elements):
            guard let element = field.element else { return }
            for (index, value) in elements.enumerated() {
                judge(element, value, pointer.appending(index), view)
            }
        case .null, .bool, .integer, .number, .string: break
        }
    }

    private mutating func add(_ verdict: Rule.Verdict) {
        guard let message = verdict.message else {
            add(verdict.pointer, verdict.result, "")
            return
        }
        let label = form.root.label(of: verdict.pointer)
        report(verdict.pointer, verdict.result, Messages.fill(message, ["label": label]))
    }

    private mutating func report(_ pointer: JSONPointer, _ result: String, _ message: String) {
        if result.hasPrefix("W-") {
            guard !warnings.contains(where: { $0.rule == result }) else { return }
            warnings.append(SheetWarning(rule: result, message: message))
        } else if seen.insert(Key(pointer: pointer, rule: result)).inserted {
            problems.append(SheetProblem(pointer: pointer, rule: result, message: message))
        }
    }
}

extension Field.Format {
    func accepts(_ text: String) -> Bool {
        switch self {
        case .date: Day(text) != nil
        case .dateTime: CalendarPoint.instant(text) != nil
        }
    }
}
