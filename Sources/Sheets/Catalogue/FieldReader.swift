import Primitives

/// Reads fields out of schemas by following references; keywords next to `$ref` come first.
struct FieldReader {
    private struct Layer {
        let schema: JSON
        let base: URIReference
    }

    private let documents: [ByteText: JSON]
    private let lists: CodeLists

    /// `documents` are schemas by `$id`.
    init(_ documents: [ByteText: JSON], _ lists: CodeLists) {
        self.documents = documents
        self.lists = lists
    }

    /// The root field of the schema with this `$id`.
    func field(_ id: String) throws(CatalogueRefusal) -> Field {
        let base = URIReference(id)
        guard let schema = documents[ByteText(id)] else {
            throw CatalogueRefusal(.unknownReference, at: id)
        }
        return try field([Layer(schema: schema, base: base)], inherits: nil, depth: 0)
    }

    private func field(
        _ sources: [Layer],
        inherits codes: CodeList?,
        depth: Int
    ) throws(CatalogueRefusal) -> Field {
        guard depth <= Limits.jsonDepth else {
            throw CatalogueRefusal(.unknownReference, at: "a schema that contains itself")
        }
        var layers: [Layer] = []
        for source in sources { try expand(source, into: &layers, depth: 0) }
        let codes = try list(layers) ?? codes
        let elements = layers.compactMap { layer in
            layer.schema["items"].map { Layer(schema: $0, base: layer.base) }
        }
        return Field(
            Field.Description(
                label: text("label", layers),
                form: text("form", layers),
                format: text("format", layers).flatMap(Field.Format.init),
                entry: try entry(layers)
            ),
            codes: codes,
            members: try members(layers, depth: depth),
            element: elements.isEmpty
                ? nil : try field(elements, inherits: codes, depth: depth + 1),
            rules: try rules(layers)
        )
    }

    private func text(_ keyword: String, _ layers: [Layer]) -> String? {
        layers.lazy.compactMap { $0.schema[keyword]?.string }.first
    }

    private func entry(_ layers: [Layer]) throws(CatalogueRefusal) -> Field.Entry {
        let references = layers.compactMap { $0.schema["$ref"]?.string }
        let length = layers.lazy.compactMap { $0.schema["maxLength"]?.integer }.first
        let items = layers.lazy.compactMap { $0.schema["maxItems"]?.integer }.first
        return Field.Entry(
            type: text("type", layers),
            typeName: references.lazy.compactMap(Self.typeName).first,
            maximumLength: length.map { Int($0) },
            maximumItems: items.map { Int($0) },
            required: layers.flatMap { $0.schema["required"]?.array ?? [] }.compactMap(\.string),
            isConstant: layers.contains { $0.schema["const"] != nil },
            fill: try fill(layers)
        )
    }

    private func fill(_ layers: [Layer]) throws(CatalogueRefusal) -> FormField.Fill? {
        guard let word = text("fill", layers) else { return nil }
        guard let fill = FormField.Fill(rawValue: word) else {
            throw CatalogueRefusal(.malformed(DecodingRefusal(.badForm, at: "fill")), at: word)
        }
        return fill
    }

    /// `date` of `../../types.json#/$defs/date`; nil for references to other files.
    private static func typeName(_ reference: String) -> String? {
        let parts = reference.split(separator: "/")
        guard parts.contains(where: { $0 == "types.json#" }) else { return nil }
        return parts.last.map(String.init)
    }

    private func list(_ layers: [Layer]) throws(CatalogueRefusal) -> CodeList? {
        guard let name = text("codeList", layers) else { return nil }
        guard let list = lists[name] else { throw CatalogueRefusal(.unknownCodeList, at: name) }
        return list
    }

    private func members(
        _ layers: [Layer],
        depth: Int
    ) throws(CatalogueRefusal) -> [Field.Member] {
        var names: [String] = []
        var sources: [ByteText: [Layer]] = [:]
        // The referenced schema comes last among the layers, and has the order of the form.
        for layer in layers.reversed() {
            for (name, schema) in layer.schema["properties"]?.object?.members ?? [] {
                if sources[ByteText(name)] == nil { names.append(name) }
                sources[ByteText(name), default: []].insert(
                    Layer(schema: schema, base: layer.base),
                    at: 0
                )
            }
        }
        var members: [Field.Member] = []
        for name in names {
            let layers = sources[ByteText(name)] ?? []
            let field = try field(layers, inherits: nil, depth: depth + 1)
            members.append(Field.Member(name: name, field: field))
        }
        return members
    }

    private func rules(_ layers: [Layer]) throws(CatalogueRefusal) -> [Rule] {
        var rules: [Rule] = []
        for layer in layers {
            for (index, json) in (layer.schema["rules"]?.array ?? []).enumerated() {
                rules.append(
                    try inFile("\(layer.base.text) rules/\(index)") { () throws(DecodingRefusal) in
                        try Rule(json, lists)
                    }
                )
            }
        }
        return rules
    }

    /// The layer itself, then what it refers to, then its `allOf`.
    private func expand(
        _ layer: Layer,
        into layers: inout [Layer],
        depth: Int
    ) throws(CatalogueRefusal) {
        guard depth <= Limits.jsonDepth else {
            throw CatalogueRefusal(.unknownReference, at: "a reference that leads to itself")
        }
        layers.append(layer)
        if let reference = layer.schema["$ref"]?.string {
            try expand(target(of: reference, from: layer.base), into: &layers, depth: depth + 1)
        }
        for part in layer.schema["allOf"]?.array ?? [] {
            try expand(Layer(schema: part, base: layer.base), into: &layers, depth: depth + 1)
        }
    }

    private func target(
        of reference: String,
        from base: URIReference
    ) throws(CatalogueRefusal) -> Layer {
        let uri = URIReference(reference).resolved(against: base)
        let document = uri.withoutFragment
        guard let pointer = JSONPointer(uri.fragment ?? ""),
            let schema = documents[ByteText(document.text)]?[pointer: pointer]
        else { throw CatalogueRefusal(.unknownReference, at: reference) }
        return Layer(schema: schema, base: document)
    }
}

extension Field.Format {
    init?(_ name: String) {
        switch name {
        case "date": self = .date
        case "date-time": self = .dateTime
        default: return nil
        }
    }
}
