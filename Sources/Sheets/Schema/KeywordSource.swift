import Primitives

/// What a keyword is compiled from: its value, its neighbours, and the schemas it leads to.
struct KeywordSource {
    let name: String
    let value: JSON
    let place: SchemaPlace
    let library: SchemaLibrary
    let options: SchemaOptions

    var site: KeywordSite { site(of: name, value) }

    func site(of name: String, _ value: JSON) -> KeywordSite {
        let pointer = JSONPointer(tokens: [name]).description
        return KeywordSite(
            name: name,
            location: library.location(of: place) + pointer,
            value: value
        )
    }

    func refusal(_ reason: SchemaRefusal.Reason) -> SchemaRefusal {
        SchemaRefusal(reason, at: site.location)
    }

    /// The neighbour `name`; nil where it is absent or no keyword of the dialect.
    func sibling(_ name: String) -> JSON? {
        library.dialect(of: place).definition(name) == nil ? nil : place.schema[name]
    }

    /// The schema at `tokens` below the schema that the keyword stands in.
    func subschema(_ tokens: String...) throws(SchemaRefusal) -> SchemaIndex {
        let pointer = JSONPointer(tokens: place.pointer.tokens + tokens)
        guard let index = library.schema(in: place.document, at: pointer) else {
            throw refusal(.notASchema)
        }
        return index
    }

    func list() throws(SchemaRefusal) -> [SchemaIndex] {
        guard let elements = value.array, !elements.isEmpty else { throw refusal(.badKeyword) }
        var schemas: [SchemaIndex] = []
        for position in elements.indices { schemas.append(try subschema(name, String(position))) }
        return schemas
    }

    func map() throws(SchemaRefusal) -> [(name: String, schema: SchemaIndex)] {
        guard let object = value.object else { throw refusal(.badKeyword) }
        var schemas: [(String, SchemaIndex)] = []
        for member in object.names { schemas.append((member, try subschema(name, member))) }
        return schemas
    }

    func number() throws(SchemaRefusal) -> ExactNumber {
        guard let number = ExactNumber(value) else { throw refusal(.badKeyword) }
        return number
    }

    func count() throws(SchemaRefusal) -> Int { try count(value) }

    func count(_ value: JSON) throws(SchemaRefusal) -> Int {
        guard let count = ExactNumber(value)?.int, count >= 0 else { throw refusal(.badKeyword) }
        return count
    }

    func names(_ value: JSON) throws(SchemaRefusal) -> [String] {
        guard let elements = value.array else { throw refusal(.badKeyword) }
        let names = elements.compactMap(\.string)
        guard names.count == elements.count, Set(names.map { ByteText($0) }).count == names.count
        else { throw refusal(.badKeyword) }
        return names
    }

    func pattern(_ text: String) throws(SchemaRefusal) -> SchemaPattern {
        do throws(SchemaPattern.Refusal) {
            return try SchemaPattern(text, options.patterns)
        } catch {
            throw refusal(error == .unsafe ? .unsafePattern : .badPattern)
        }
    }
}
