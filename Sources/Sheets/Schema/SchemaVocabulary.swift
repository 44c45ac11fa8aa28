import Primitives

/// A vocabulary of draft 2020-12 (JSON Schema Core §8, Validation §6).
enum SchemaVocabulary: String, CaseIterable {
    case core, applicator, unevaluated, validation, content
    case metaData = "meta-data"
    case formatAnnotation = "format-annotation"

    static let dialectURI = "https://json-schema.org/draft/2020-12/schema"

    var uri: String { "https://json-schema.org/draft/2020-12/vocab/" + rawValue }
}

/// The keywords that mean something in a schema: those of its meta-schema's vocabularies.
struct SchemaDialect: Sendable {
    private let vocabularies: Set<SchemaVocabulary>

    static let standard = SchemaDialect(vocabularies: Set(SchemaVocabulary.allCases))

    private init(vocabularies: Set<SchemaVocabulary>) {
        self.vocabularies = vocabularies.union([.core])
    }

    /// Reads `$vocabulary` of a meta-schema.
    ///
    /// - Throws: `unknownVocabulary` for a required one that is not known here.
    init(metaSchema: JSON, at place: String) throws(SchemaRefusal) {
        guard let wanted = metaSchema["$vocabulary"]?.object else {
            self = .standard
            return
        }
        var found: Set<SchemaVocabulary> = []
        for (uri, isRequired) in wanted.members {
            if let known = SchemaVocabulary.allCases.first(where: { $0.uri.hasSameBytes(as: uri) })
            {
                found.insert(known)
            } else if isRequired.bool != false {
                throw SchemaRefusal(.unknownVocabulary, at: place)
            }
        }
        self.init(vocabularies: found)
    }

    /// What `name` means; nil where it is no keyword.
    func definition(_ name: String) -> KeywordDefinition? {
        KeywordDefinition.all[ByteText(name)].flatMap {
            vocabularies.contains($0.vocabulary) ? $0 : nil
        }
    }
}
