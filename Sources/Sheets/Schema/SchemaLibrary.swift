import Primitives

/// Position of a schema in its set.
struct SchemaIndex: Hashable, Sendable {
    let position: Int
}

/// A schema as it was found: its JSON, its document and its place there.
struct SchemaPlace: Sendable {
    let schema: JSON
    let document: Int
    let pointer: JSONPointer
    let resource: Int
}

/// A schema with an identifier of its own, and what is named within it (Core §4.3.5).
struct SchemaResource: Sendable {
    let uri: URIReference
    let dialect: SchemaDialect
    let root: SchemaIndex
    var anchors: [ByteText: SchemaIndex] = [:]
    var dynamicAnchors: [ByteText: SchemaIndex] = [:]
}

/// All schemas of a set, found and named but not compiled.
struct SchemaLibrary: Sendable {
    private(set) var places: [SchemaPlace] = []
    private(set) var resources: [SchemaResource] = []
    private var documents: [String] = []
    private var resourceByURI: [ByteText: Int] = [:]
    private var schemaByLocation: [ByteText: SchemaIndex] = [:]
    private var references: [(uri: URIReference, place: String)] = []

    /// Takes a document apart into its schemas.
    mutating func load(
        _ document: SchemaDocument,
        _ resolve: (String) -> JSON?
    ) throws(SchemaRefusal) {
        let uri = URIReference(document.uri).withoutFragment
        guard uri.isAbsolute else { throw SchemaRefusal(.badIdentifier, at: document.uri) }
        documents.append(uri.text)
        let root = SchemaPlace(
            schema: document.content,
            document: documents.count - 1,
            pointer: JSONPointer(),
            resource: resources.count
        )
        let id = document.content["$id"]?.string.map { URIReference($0).resolved(against: uri) }
        try open(id ?? uri, root, .standard, resolve)
        // A document answers to the URI it was found under as well as to its own name.
        resourceByURI[ByteText(uri.text)] = root.resource
        try enter(root, resolve)
    }

    /// Loads, through `resolve`, every document that is referred to and not there yet.
    mutating func loadReferences(_ resolve: (String) -> JSON?) throws(SchemaRefusal) {
        while let reference = references.popLast() {
            let name = reference.uri.withoutFragment.text
            guard resourceByURI[ByteText(name)] == nil else { continue }
            guard let content = resolve(name) else {
                throw SchemaRefusal(.unknownReference, at: reference.place)
            }
            try load(SchemaDocument(uri: name, content: content), resolve)
        }
    }

    func dialect(of place: SchemaPlace) -> SchemaDialect { resources[place.resource].dialect }

    func location(of place: SchemaPlace) -> String {
        documents[place.document] + "#" + place.pointer.description
    }

    func schema(in document: Int, at pointer: JSONPointer) -> SchemaIndex? {
        schemaByLocation[ByteText("\(document)#\(pointer)")]
    }

    /// The schema named by an absolute URI whose fragment is empty, an anchor, or a JSON Pointer.
    func schema(_ uri: URIReference) -> SchemaIndex? {
        guard let number = resourceByURI[ByteText(uri.withoutFragment.text)] else { return nil }
        let resource = resources[number]
        guard let fragment = uri.fragment, !fragment.isEmpty else { return resource.root }
        guard let name = SchemaLibrary.percentDecoded(fragment) else { return nil }
        guard name.utf8.first == UInt8(ascii: "/") else { return resource.anchors[ByteText(name)] }
        guard let pointer = JSONPointer(name) else { return nil }
        let root = places[resource.root.position]
        return schema(
            in: root.document,
            at: JSONPointer(tokens: root.pointer.tokens + pointer.tokens)
        )
    }

    private mutating func open(
        _ id: URIReference,
        _ root: SchemaPlace,
        _ inherited: SchemaDialect,
        _ resolve: (String) -> JSON?
    ) throws(SchemaRefusal) {
        guard id.isAbsolute, (id.fragment ?? "").isEmpty else {
            throw SchemaRefusal(.badIdentifier, at: location(of: root))
        }
        let uri = id.withoutFragment
        guard resourceByURI[ByteText(uri.text)] == nil else {
            throw SchemaRefusal(.duplicateIdentifier, at: location(of: root))
        }
        var dialect = inherited
        if let name = root.schema["$schema"]?.string {
            dialect = try self.dialect(name, at: location(of: root), resolve)
        }
        resourceByURI[ByteText(uri.text)] = resources.count
        let index = SchemaIndex(position: places.count)
        resources.append(SchemaResource(uri: uri, dialect: dialect, root: index))
    }

    private func dialect(
        _ name: String,
        at place: String,
        _ resolve: (String) -> JSON?
    ) throws(SchemaRefusal) -> SchemaDialect {
        if name.hasSameBytes(as: SchemaVocabulary.dialectURI) { return .standard }
        guard let metaSchema = resolve(name) else {
            throw SchemaRefusal(.unknownVocabulary, at: place)
        }
        return try SchemaDialect(metaSchema: metaSchema, at: place)
    }

    private mutating func enter(
        _ place: SchemaPlace,
        _ resolve: (String) -> JSON?
    ) throws(SchemaRefusal) {
        let index = SchemaIndex(position: places.count)
        schemaByLocation[ByteText("\(place.document)#\(place.pointer)")] = index
        places.append(place)
        switch place.schema {
        case .bool: return
        case .object(let schema):
            try name(index, schema, place)
            for (keyword, value) in schema.members {
                guard let definition = dialect(of: place).definition(keyword) else { continue }
                for (tokens, content) in subschemas(of: value, definition.subschemas) {
                    try enterChild(
                        content,
                        place.pointer.tokens + [keyword] + tokens,
                        resolve,
                        place
                    )
                }
            }
        default: throw SchemaRefusal(.notASchema, at: location(of: place))
        }
    }

    private mutating func enterChild(
        _ content: JSON,
        _ tokens: [String],
        _ resolve: (String) -> JSON?,
        _ parent: SchemaPlace
    ) throws(SchemaRefusal) {
        let id = content["$id"]?.string.map {
            URIReference($0).resolved(against: resources[parent.resource].uri)
        }
        let place = SchemaPlace(
            schema: content,
            document: parent.document,
            pointer: JSONPointer(tokens: tokens),
            resource: id == nil ? parent.resource : resources.count
        )
        if let id { try open(id, place, dialect(of: parent), resolve) }
        try enter(place, resolve)
    }

    private func subschemas(
        of value: JSON,
        _ shape: KeywordDefinition.Subschemas
    ) -> [([String], JSON)] {
        switch shape {
        case .none: []
        case .one: [([], value)]
        case .list: (value.array ?? []).enumerated().map { ([String($0.offset)], $0.element) }
        case .map: (value.object?.members ?? []).map { ([$0.name], $0.value) }
        }
    }

    private mutating func name(
        _ index: SchemaIndex,
        _ schema: JSONObject,
        _ place: SchemaPlace
    ) throws(SchemaRefusal) {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let name = schema[keyword]?.string.map({ ByteText($0) }) else { continue }
            guard resources[place.resource].anchors[name] ?? index == index else {
                throw SchemaRefusal(.duplicateIdentifier, at: location(of: place))
            }
            resources[place.resource].anchors[name] = index
            if keyword == "$dynamicAnchor" {
                resources[place.resource].dynamicAnchors[name] = index
            }
        }
        for keyword in ["$ref", "$dynamicRef"] {
            guard let reference = schema[keyword]?.string else { continue }
            let base = resources[place.resource].uri
            references.append(
                (URIReference(reference).resolved(against: base), location(of: place))
            )
        }
    }

    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(utf8Bytes: bytes)
    }
}
