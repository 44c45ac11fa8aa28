import Primitives

extension KeywordDefinition {
    /// Core §11: what no other keyword looked at, here or in a subschema for the same instance.
    static let unevaluated: [ByteText: KeywordDefinition] = [
        "unevaluatedProperties": KeywordDefinition(.unevaluated, .one) {
            source throws(SchemaRefusal) in
            UnevaluatedPropertiesKeyword(
                site: source.site,
                schema: try source.subschema(source.name)
            )
        },
        "unevaluatedItems": KeywordDefinition(.unevaluated, .one) { source throws(SchemaRefusal) in
            UnevaluatedItemsKeyword(schema: try source.subschema(source.name))
        },
    ]
}

private struct UnevaluatedPropertiesKeyword: SchemaKeyword {
    let site: KeywordSite
    let schema: SchemaIndex

    var isLast: Bool { true }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for (position, member) in (instance.object?.members ?? []).enumerated()
        where !verdict.marks.contains(position) {
            verdict.marks.insert(position)
            let isValid = run.evaluate(schema, member.value, member: member.name, site)
            verdict.isValid = isValid && verdict.isValid
        }
    }
}

private struct UnevaluatedItemsKeyword: SchemaKeyword {
    let schema: SchemaIndex

    var isLast: Bool { true }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for (position, element) in (instance.array ?? []).enumerated()
        where !verdict.marks.contains(position) {
            verdict.marks.insert(position)
            let isValid = run.evaluate(schema, element, at: position)
            verdict.isValid = isValid && verdict.isValid
        }
    }
}
