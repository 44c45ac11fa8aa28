import Primitives

extension KeywordDefinition {
    /// Validation §6.3: text. Lengths count Unicode scalars.
    static let strings: [ByteText: KeywordDefinition] = [
        "maxLength": length { $0 <= $1 },
        "minLength": length { $0 >= $1 },
        "pattern": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            guard let text = source.value.string else { throw source.refusal(.badKeyword) }
            let pattern = try source.pattern(text)
            return StringKeyword(site: source.site) { pattern.matches($0) }
        },
    ]

    private static func length(
        _ holds: @escaping @Sendable (Int, Int) -> Bool
    ) -> KeywordDefinition {
        KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            let limit = try source.count()
            return StringKeyword(site: source.site) { holds($0.unicodeScalars.count, limit) }
        }
    }
}

private struct StringKeyword: SchemaKeyword {
    let site: KeywordSite
    let holds: @Sendable (String) -> Bool

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let text = instance.string, !holds(text) else { return }
        run.fail(&verdict, site)
    }
}
