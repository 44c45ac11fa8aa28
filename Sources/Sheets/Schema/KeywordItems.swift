import Primitives

extension KeywordDefinition {
    /// Core §10.3.1: subschemas applied to the elements of an array.
    static let items: [ByteText: KeywordDefinition] = [
        "prefixItems": KeywordDefinition(.applicator, .list) { source throws(SchemaRefusal) in
            PrefixItemsKeyword(schemas: try source.list())
        },
        "items": KeywordDefinition(.applicator, .one) { source throws(SchemaRefusal) in
            ItemsKeyword(
                schema: try source.subschema(source.name),
                start: source.sibling("prefixItems")?.array?.count ?? 0
            )
        },
        "contains": KeywordDefinition(.applicator, .one) { source throws(SchemaRefusal) in
            try ContainsKeyword(source)
        },
        "minContains": silent(.validation),
        "maxContains": silent(.validation),
    ]
}

private struct PrefixItemsKeyword: SchemaKeyword {
    let schemas: [SchemaIndex]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let elements = instance.array else { return }
        for (position, (schema, element)) in zip(schemas, elements).enumerated() {
            verdict.marks.insert(position)
            let isValid = run.evaluate(schema, element, at: position)
            verdict.isValid = isValid && verdict.isValid
        }
    }
}

private struct ItemsKeyword: SchemaKeyword {
    let schema: SchemaIndex
    let start: Int

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for (position, element) in (instance.array ?? []).enumerated().dropFirst(start) {
            verdict.marks.insert(position)
            let isValid = run.evaluate(schema, element, at: position)
            verdict.isValid = isValid && verdict.isValid
        }
    }
}

/// `contains` with its bounds; a count outside them is reported by the bound that it breaks.
private struct ContainsKeyword: SchemaKeyword {
    let schema: SchemaIndex
    let least: (count: Int, site: KeywordSite)
    let most: (count: Int, site: KeywordSite)?

    init(_ source: KeywordSource) throws(SchemaRefusal) {
        schema = try source.subschema(source.name)
        least = try ContainsKeyword.bound("minContains", source) ?? (1, source.site)
        most = try ContainsKeyword.bound("maxContains", source)
    }

    private static func bound(
        _ name: String,
        _ source: KeywordSource
    ) throws(SchemaRefusal) -> (count: Int, site: KeywordSite)? {
        guard let value = source.sibling(name) else { return nil }
        return (try source.count(value), source.site(of: name, value))
    }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let elements = instance.array else { return }
        var count = 0
        for (position, element) in elements.enumerated()
        where run.probe(schema, element, at: position) {
            verdict.marks.insert(position)
            count += 1
        }
        if count < least.count { run.fail(&verdict, least.site) }
        if let most, count > most.count { run.fail(&verdict, most.site) }
    }
}
