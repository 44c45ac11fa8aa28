import Primitives

/// A cross-field rule, read from a schema and judged at each object the schema applies to.
struct Rule: Sendable {
    enum Kind: Sendable {
        /// The fields must be present when the condition holds: E-REQUIRED.
        case requiredWhen([RulePath])
        /// The same, and they must be absent when it does not hold.
        case requiredExactlyWhen([RulePath])
        /// The fields must be absent when the condition holds.
        case forbiddenWhen([RulePath])
        /// The result is reported at the place when the condition holds.
        case reportWhen(RulePath)
        /// The result is reported at each value that an earlier one equals.
        case reportRepeats(RulePath)
    }

    let id: String
    let kind: Kind
    /// Judged at each of these objects instead of the rule's own.
    let each: RulePath?
    let condition: Condition
    /// What is reported, `E-RULE:id` unless the schema says otherwise.
    let result: String
    /// With `{label}` for the field.
    let message: String?
}

extension Rule {
    init(_ json: JSON, _ lists: CodeLists) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        id = try reader.text("id")
        each =
            try reader.optionalValue("each", RulePath.init).map {
                RulePath(root: $0.root, steps: $0.steps + [.each])
            }
        condition =
            try reader.optional("when").map { when throws(DecodingRefusal) in
                try Condition(when, lists)
            } ?? .all([])
        result = try reader.optionalText("result") ?? "E-RULE:\(id)"
        message = try reader.optionalText("message")
        switch try reader.text("kind") {
        case "requiredWhen": kind = .requiredWhen(try Rule.fields(&reader))
        case "requiredExactlyWhen": kind = .requiredExactlyWhen(try Rule.fields(&reader))
        case "forbiddenWhen": kind = .forbiddenWhen(try Rule.fields(&reader))
        case "reportWhen": kind = .reportWhen(try reader.value("at", RulePath.init))
        case "reportRepeats": kind = .reportRepeats(try reader.value("values", RulePath.init))
        default: throw reader.refusal(.badForm, "kind")
        }
        try reader.finish()
    }

    private static func fields(_ reader: inout ObjectReader) throws(DecodingRefusal) -> [RulePath] {
        var fields: [RulePath] = []
        for field in try reader.array("fields") {
            guard let path = field.string.flatMap(RulePath.init) else {
                throw reader.refusal(.badForm, "fields")
            }
            fields.append(path)
        }
        return fields
    }
}

extension Rule {
    /// Fields that it forbids whatever else is filled in: their names from the rule's own object.
    var neverFilled: [[String]] {
        guard case .forbiddenWhen(let fields) = kind, each == nil,
            case .all(let conditions) = condition, conditions.isEmpty
        else { return [] }
        return fields.filter { $0.root == .scope }
            .compactMap { $0.pointer(from: JSONPointer())?.tokens }.filter { !$0.isEmpty }
    }

    /// One thing a rule found.
    struct Verdict {
        let pointer: JSONPointer
        let result: String
        let message: String?
    }

    /// What is wrong; `scope` is the object of `view` that the rule stands at.
    func judge(_ view: SheetView, at scope: JSONPointer) -> [Verdict] {
        guard let each else { return judgeOne(view, at: scope) }
        return view.find(each, from: scope).values.flatMap { judgeOne(view, at: $0.pointer) }
    }

    private func judgeOne(_ view: SheetView, at scope: JSONPointer) -> [Verdict] {
        let holds = condition.holds(in: view, at: scope)
        switch kind {
        case .requiredWhen(let fields):
            return holds == true ? missing(fields, view, scope) : []
        case .requiredExactlyWhen(let fields):
            switch holds {
            case true?: return missing(fields, view, scope)
            case false?: return unwanted(fields, view, scope)
            case nil: return []
            }
        case .forbiddenWhen(let fields):
            return holds == true ? unwanted(fields, view, scope) : []
        case .reportWhen(let place):
            guard holds == true, let pointer = place.pointer(from: scope) else { return [] }
            return [Verdict(pointer: pointer, result: result, message: message)]
        case .reportRepeats(let values):
            return holds == true ? repeats(view.find(values, from: scope).values) : []
        }
    }

    private func missing(
        _ fields: [RulePath],
        _ view: SheetView,
        _ scope: JSONPointer
    ) -> [Verdict] {
        fields.compactMap { field in
            let finding = view.find(field, from: scope)
            guard finding.values.isEmpty, finding.unknown == 0 else { return nil }
            return field.pointer(from: scope).map { pointer in
                Verdict(pointer: pointer, result: "E-REQUIRED", message: reason)
            }
        }
    }

    private func unwanted(
        _ fields: [RulePath],
        _ view: SheetView,
        _ scope: JSONPointer
    ) -> [Verdict] {
        fields.flatMap { field in
            view.find(field, from: scope).values.map {
                Verdict(pointer: $0.pointer, result: result, message: message)
            }
        }
    }

    private func repeats(_ values: [SheetView.Found]) -> [Verdict] {
        values.indices.compactMap { index in
            let value = values[index]
            guard values[..<index].contains(where: { $0.value.isSameValue(as: value.value) })
            else { return nil }
            return Verdict(pointer: value.pointer, result: result, message: message)
        }
    }

    /// A rule that also forbids has its message for that; a missing field gets the general one.
    private var reason: String? {
        if case .requiredWhen = kind { message } else { nil }
    }
}
