import Primitives

extension KeywordDefinition {
    /// Core §10.3.2: subschemas applied to the members of an object.
    static let properties: [ByteText: KeywordDefinition] = [
        "properties": KeywordDefinition(.applicator, .map) { source throws(SchemaRefusal) in
            var schemas: [ByteText: SchemaIndex] = [:]
            for row in try source.map() { schemas[ByteText(row.name)] = row.schema }
            return PropertiesKeyword(site: source.site, schemas: schemas)
        },
        "patternProperties": KeywordDefinition(.applicator, .map) { source throws(SchemaRefusal) in
            var rows: [(SchemaPattern, SchemaIndex)] = []
            for row in try source.map() { rows.append((try source.pattern(row.name), row.schema)) }
            return PatternPropertiesKeyword(site: source.site, rows: rows)
        },
        "additionalProperties": KeywordDefinition(.applicator, .one) {
            source throws(SchemaRefusal) in
            var patterns: [SchemaPattern] = []
            for text in source.sibling("patternProperties")?.object?.names ?? [] {
                patterns.append(try source.pattern(text))
            }
            let names = source.sibling("properties")?.object?.names ?? []
            return AdditionalPropertiesKeyword(
                site: source.site,
                schema: try source.subschema(source.name),
                names: Set(names.map { ByteText($0) }),
                patterns: patterns
            )
        },
        "propertyNames": KeywordDefinition(.applicator, .one) { source throws(SchemaRefusal) in
            PropertyNamesKeyword(site: source.site, schema: try source.subschema(source.name))
        },
    ]
}

private struct PropertiesKeyword: SchemaKeyword {
    let site: KeywordSite
    let schemas: [ByteText: SchemaIndex]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for (position, member) in (instance.object?.members ?? []).enumerated() {
            guard let schema = schemas[ByteText(member.name)] else { continue }
            verdict.marks.insert(position)
            let isValid = run.evaluate(schema, member.value, member: member.name, site)
            verdict.isValid = isValid && verdict.isValid
        }
    }
}

private struct PatternPropertiesKeyword: SchemaKeyword {
    let site: KeywordSite
    let rows: [(pattern: SchemaPattern, schema: SchemaIndex)]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for (position, member) in (instance.object?.members ?? []).enumerated() {
            for row in rows where row.pattern.matches(member.name) {
                verdict.marks.insert(position)
                let isValid = run.evaluate(row.schema, member.value, member: member.name, site)
                verdict.isValid = isValid && verdict.isValid
            }
        }
    }
}

private struct AdditionalPropertiesKeyword: SchemaKeyword {
    let site: KeywordSite
    let schema: SchemaIndex
    let names: Set<ByteText>
    let patterns: [SchemaPattern]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for (position, member) in (instance.object?.members ?? []).enumerated() {
            let isKnown =
                names.contains(ByteText(member.name))
                || patterns.contains { $0.matches(member.name) }
            guard !isKnown else { continue }
            verdict.marks.insert(position)
            let isValid = run.evaluate(schema, member.value, member: member.name, site)
            verdict.isValid = isValid && verdict.isValid
        }
    }
}

/// Reports an ill-formed name as one problem of the object.
private struct PropertyNamesKeyword: SchemaKeyword {
    let site: KeywordSite
    let schema: SchemaIndex

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        for name in instance.object?.names ?? []
        where !run.probe(schema, .string(name)).isValid {
            run.fail(&verdict, site, member: name)
        }
    }
}
