import Primitives

/// When a rule applies. Its truth has three values: nil where a value it needs is unsound.
indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// More than `moreThan` values at the path pass the test.
    case values(RulePath, ValueTest, moreThan: Int)

    func holds(in view: SheetView, at scope: JSONPointer) -> Bool? {
        switch self {
        case .all(let parts):
            var truth: Bool? = true
            for part in parts {
                guard let holds = part.holds(in: view, at: scope) else {
                    truth = nil
                    continue
                }
                if !holds { return false }
            }
            return truth
        case .any(let parts):
            return Condition.not(.all(parts.map(Condition.not))).holds(in: view, at: scope)
        case .not(let part):
            return part.holds(in: view, at: scope).map { !$0 }
        case .values(let path, let test, let limit):
            let finding = view.find(path, from: scope)
            var sure = 0
            var unsure = finding.unknown
            for found in finding.values {
                switch test.passes(found.value, in: view, at: scope) {
                case true?: sure += 1
                case false?: break
                case nil: unsure += 1
                }
            }
            return sure > limit ? true : sure + unsure > limit ? nil : false
        }
    }
}

extension Condition {
    /// Reads `{"at": path, test: operand, "moreThan": n}`, `{"all"|"any": [..]}`, `{"not": ..}`, or
    /// an array, which means all.
    init(_ json: JSON, _ lists: CodeLists) throws(DecodingRefusal) {
        if let parts = json.array {
            self = .all(try Condition.each(parts, lists))
            return
        }
        var reader = try ObjectReader(json)
        if let path = try reader.optionalValue("at", RulePath.init) {
            let limit = try reader.optionalInteger("moreThan") ?? 0
            self = .values(path, try ValueTest(&reader, lists), moreThan: limit)
        } else if let part = reader.optional("not") {
            self = .not(try Condition(part, lists))
        } else if let parts = reader.optional("all")?.array {
            self = .all(try Condition.each(parts, lists))
        } else {
            self = .any(try Condition.each(try reader.array("any"), lists))
        }
        try reader.finish()
    }

    private static func each(
        _ parts: [JSON],
        _ lists: CodeLists
    ) throws(DecodingRefusal) -> [Condition] {
        try parts.map { part throws(DecodingRefusal) in try Condition(part, lists) }
    }
}
