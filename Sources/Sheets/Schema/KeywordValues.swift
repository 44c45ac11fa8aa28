import Primitives

extension KeywordDefinition {
    /// Validation §6.1: any kind of value.
    static let values: [ByteText: KeywordDefinition] = [
        "type": KeywordDefinition(.validation, .none, TypeKeyword.make),
        "enum": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            guard let values = source.value.array else { throw source.refusal(.badKeyword) }
            return ChoiceKeyword(site: source.site, values: Set(values.map(SchemaValue.init)))
        },
        "const": KeywordDefinition(.validation) { source throws(SchemaRefusal) in
            ChoiceKeyword(site: source.site, values: [SchemaValue(json: source.value)])
        },
    ]
}

private struct TypeKeyword: SchemaKeyword {
    enum Kind: String, CaseIterable {
        case null, boolean, object, array, number, string, integer
    }

    let site: KeywordSite
    let kinds: Set<Kind>

    static func make(_ source: KeywordSource) throws(SchemaRefusal) -> (any SchemaKeyword)? {
        let names = try source.names(source.value.string == nil ? source.value : [source.value])
        let kinds = names.compactMap { name in
            Kind.allCases.first { $0.rawValue.hasSameBytes(as: name) }
        }
        guard kinds.count == names.count, !kinds.isEmpty else { throw source.refusal(.badKeyword) }
        return TypeKeyword(site: source.site, kinds: Set(kinds))
    }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        if !fits(instance) { run.fail(&verdict, site) }
    }

    private func fits(_ instance: JSON) -> Bool {
        switch instance {
        case .null: kinds.contains(.null)
        case .bool: kinds.contains(.boolean)
        case .object: kinds.contains(.object)
        case .array: kinds.contains(.array)
        case .string: kinds.contains(.string)
        case .integer: kinds.contains(.number) || kinds.contains(.integer)
        case .number(let number):
            kinds.contains(.number)
                || kinds.contains(.integer) && ExactNumber(number).isInteger
        }
    }
}

/// `enum` and `const`.
private struct ChoiceKeyword: SchemaKeyword {
    let site: KeywordSite
    let values: Set<SchemaValue>

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        if !values.contains(SchemaValue(json: instance)) { run.fail(&verdict, site) }
    }
}
