import Primitives

extension KeywordDefinition {
    /// Validation §6.4 and §6.5: how many elements and members, and whether any is repeated.
    static let counts: [ByteText: KeywordDefinition] = [
        "maxItems": count({ $0.array?.count }) { $0 <= $1 },
        "minItems": count({ $0.array?.count }) { $0 >= $1 },
        "maxProperties": count({ $0.object?.count }) { $0 <= $1 },
        "minProperties": count({ $0.object?.count }) { $0 >= $1 },
        "uniqueItems": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            guard let isWanted = source.value.bool else { throw source.refusal(.badKeyword) }
            return isWanted ? CountKeyword(site: source.site, holds: areUnique) : nil
        },
    ]

    private static func count(
        _ measure: @escaping @Sendable (JSON) -> Int?,
        _ holds: @escaping @Sendable (Int, Int) -> Bool
    ) -> KeywordDefinition {
        KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            let limit = try source.count()
            return CountKeyword(site: source.site) { instance in
                measure(instance).map { holds($0, limit) } ?? true
            }
        }
    }

    private static func areUnique(_ instance: JSON) -> Bool {
        guard let elements = instance.array else { return true }
        return Set(elements.map(SchemaValue.init)).count == elements.count
    }
}

private struct CountKeyword: SchemaKeyword {
    let site: KeywordSite
    let holds: @Sendable (JSON) -> Bool

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        if !holds(instance) { run.fail(&verdict, site) }
    }
}
