import Primitives

extension KeywordDefinition {
    /// Core §10.2: subschemas applied to the same instance.
    static let logic: [ByteText: KeywordDefinition] = [
        "allOf": KeywordDefinition(.applicator, .list) { source throws(SchemaRefusal) in
            AllOfKeyword(inPlace: try source.list())
        },
        "anyOf": KeywordDefinition(.applicator, .list) { source throws(SchemaRefusal) in
            BranchKeyword(site: source.site, inPlace: try source.list()) { $0 > 0 }
        },
        "oneOf": KeywordDefinition(.applicator, .list) { source throws(SchemaRefusal) in
            BranchKeyword(site: source.site, inPlace: try source.list()) { $0 == 1 }
        },
        "not": KeywordDefinition(.applicator, .one) { source throws(SchemaRefusal) in
            NotKeyword(site: source.site, schema: try source.subschema(source.name))
        },
        "if": KeywordDefinition(.applicator, .one) { source throws(SchemaRefusal) in
            IfKeyword(
                condition: try source.subschema("if"),
                consequence: source.sibling("then") == nil ? nil : try source.subschema("then"),
                alternative: source.sibling("else") == nil ? nil : try source.subschema("else")
            )
        },
        "then": silent(.applicator, .one),
        "else": silent(.applicator, .one),
        "dependentSchemas": KeywordDefinition(.applicator, .map) { source throws(SchemaRefusal) in
            DependentSchemasKeyword(rows: try source.map())
        },
    ]
}

private struct AllOfKeyword: SchemaKeyword {
    let inPlace: [SchemaIndex]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for schema in inPlace { verdict.join(run.evaluate(schema, instance)) }
    }
}

/// `anyOf` and `oneOf`: what counts is how many branches hold.
private struct BranchKeyword: SchemaKeyword {
    let site: KeywordSite
    let inPlace: [SchemaIndex]
    let isEnough: @Sendable (Int) -> Bool

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        var validCount = 0
        var seen = SchemaMarks()
        for schema in inPlace {
            let branch = run.probe(schema, instance)
            seen.formUnion(branch.marks)
            guard branch.isValid else { continue }
            validCount += 1
            verdict.marks.formUnion(branch.marks)
        }
        guard !isEnough(validCount) else { return }
        verdict.marks.formUnion(seen)
        run.fail(&verdict, site)
    }
}

private struct NotKeyword: SchemaKeyword {
    let site: KeywordSite
    let schema: SchemaIndex

    var inPlace: [SchemaIndex] { [schema] }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        if run.probe(schema, instance).isValid { run.fail(&verdict, site) }
    }
}

private struct IfKeyword: SchemaKeyword {
    let condition: SchemaIndex
    let consequence: SchemaIndex?
    let alternative: SchemaIndex?

    var inPlace: [SchemaIndex] { [condition, consequence, alternative].compactMap(\.self) }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        let answer = run.probe(condition, instance)
        if answer.isValid { verdict.marks.formUnion(answer.marks) }
        guard let schema = answer.isValid ? consequence : alternative else { return }
        verdict.join(run.evaluate(schema, instance))
    }
}

private struct DependentSchemasKeyword: SchemaKeyword {
    let rows: [(name: String, schema: SchemaIndex)]

    var inPlace: [SchemaIndex] { rows.map(\.schema) }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let object = instance.object else { return }
        for row in rows where object[row.name] != nil {
            verdict.join(run.evaluate(row.schema, instance))
        }
    }
}
