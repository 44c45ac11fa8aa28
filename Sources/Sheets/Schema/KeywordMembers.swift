import Primitives

extension KeywordDefinition {
    /// Validation §6.5: which members an object must have. One problem for each missing name.
    static let members: [ByteText: KeywordDefinition] = [
        "required": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            RequiredKeyword(site: source.site, names: try source.names(source.value))
        },
        "dependentRequired": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            guard let table = source.value.object else { throw source.refusal(.badKeyword) }
            var rows: [(trigger: String, names: [String])] = []
            for (trigger, names) in table.members {
                rows.append((trigger, try source.names(names)))
            }
            return DependentRequiredKeyword(site: source.site, rows: rows)
        },
    ]
}

private struct RequiredKeyword: SchemaKeyword {
    let site: KeywordSite
    let names: [String]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let object = instance.object else { return }
        for name in names where object[name] == nil { run.fail(&verdict, site, member: name) }
    }
}

private struct DependentRequiredKeyword: SchemaKeyword {
    let site: KeywordSite
    let rows: [(trigger: String, names: [String])]

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        guard let object = instance.object else { return }
        for row in rows where object[row.trigger] != nil {
            for name in row.names where object[name] == nil {
                run.fail(&verdict, site, member: name)
            }
        }
    }
}
