import Primitives

extension KeywordDefinition {
    /// Validation §6.2: numbers.
    static let numbers: [ByteText: KeywordDefinition] = [
        "multipleOf": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            guard let divisor = ExactNumber.Divisor(try source.number()) else {
                throw source.refusal(.badKeyword)
            }
            return NumberKeyword(site: source.site) { $0.isMultiple(of: divisor) }
        },
        "maximum": bound { $0 <= $1 },
        "exclusiveMaximum": bound { $0 < $1 },
        "minimum": bound { $0 >= $1 },
        "exclusiveMinimum": bound { $0 > $1 },
    ]

    private static func bound(
        _ holds: @escaping @Sendable (ExactNumber, ExactNumber) -> Bool
    ) -> KeywordDefinition {
        KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            let limit = try source.number()
            return NumberKeyword(site: source.site) { holds($0, limit) }
        }
    }
}

private struct NumberKeyword: SchemaKeyword {
    let site: KeywordSite
    let holds: @Sendable (ExactNumber) -> Bool

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let number = ExactNumber(instance), !holds(number) else { return }
        run.fail(&verdict, site)
    }
}
