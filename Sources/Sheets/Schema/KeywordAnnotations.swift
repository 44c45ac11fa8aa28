import Primitives

extension KeywordDefinition {
    /// Validation §7 (`format` as annotation), §8 (contents) and §9 (meta-data).
    static let annotations: [ByteText: KeywordDefinition] = [
        "title": annotation(.metaData),
        "description": annotation(.metaData),
        "default": annotation(.metaData),
        "deprecated": annotation(.metaData),
        "readOnly": annotation(.metaData),
        "writeOnly": annotation(.metaData),
        "examples": annotation(.metaData),
        "format": annotation(.formatAnnotation),
        "contentEncoding": annotation(.content),
        "contentMediaType": annotation(.content),
        "contentSchema": annotation(.content, .one),
    ]

    private static func annotation(
        _ vocabulary: SchemaVocabulary,
        _ subschemas: Subschemas = .none
    ) -> KeywordDefinition {
        KeywordDefinition(vocabulary, subschemas) { source throws(SchemaRefusal) in
            AnnotationKeyword.make(source)
        }
    }
}

/// A keyword that only says something to whoever reads the outcome.
struct AnnotationKeyword: SchemaKeyword {
    private let site: KeywordSite

    static func make(_ source: KeywordSource) -> (any SchemaKeyword)? {
        source.options.collected.contains(ByteText(source.name))
            ? AnnotationKeyword(site: source.site) : nil
    }

    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict) {
        run.annotate(site)
    }
}
