import Primitives

/// A keyword of the standard: where its subschemas are and how it is compiled.
struct KeywordDefinition: Sendable {
    /// How subschemas lie in the value of a keyword.
    enum Subschemas {
        case none, one, list, map
    }

    /// Makes the compiled form; nil for a keyword that says nothing about an instance by itself.
    typealias Maker = @Sendable (KeywordSource) throws(SchemaRefusal) -> (any SchemaKeyword)?

    let vocabulary: SchemaVocabulary
    let subschemas: Subschemas
    let make: Maker

    init(_ vocabulary: SchemaVocabulary, _ subschemas: Subschemas = .none, _ make: @escaping Maker)
    {
        self.vocabulary = vocabulary
        self.subschemas = subschemas
        self.make = make
    }

    static let all: [ByteText: KeywordDefinition] = [
        core, annotations, values, numbers, strings, counts, members, logic, properties, items,
        unevaluated,
    ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

    private static let core: [ByteText: KeywordDefinition] = [
        "$id": text { _ in true },
        "$schema": text { _ in true },
        "$comment": text { _ in true },
        "$anchor": text(isAnchor),
        "$dynamicAnchor": text(isAnchor),
        "$vocabulary": silent(.core),
        "$defs": KeywordDefinition(.core, .map) { source throws(SchemaRefusal) in
            _ = try source.map()
            return nil
        },
        "$ref": KeywordDefinition(.core, .none, ReferenceKeyword.make),
        "$dynamicRef": KeywordDefinition(.core, .none, ReferenceKeyword.make),
    ]

    /// A keyword of the loader, checked for its form.
    private static func text(_ isWellFormed: @escaping @Sendable (String) -> Bool) -> Self {
        KeywordDefinition(.core) { source throws(SchemaRefusal) in
            guard let text = source.value.string, isWellFormed(text) else {
                throw source.refusal(.badKeyword)
            }
            return nil
        }
    }

    /// A letter or `_`, then letters, digits, `-`, `_` and `.` (Core §8.2.2).
    private static func isAnchor(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, PatternEscape.isWord(first),
            !("0"..."9").contains(first)
        else { return false }
        return text.unicodeScalars.allSatisfy {
            PatternEscape.isWord($0) || $0 == "-" || $0 == "."
        }
    }

    /// A keyword that another one reads, or that only the loader needs.
    static func silent(
        _ vocabulary: SchemaVocabulary,
        _ subschemas: Subschemas = .none
    ) -> KeywordDefinition {
        KeywordDefinition(vocabulary, subschemas) { _ throws(SchemaRefusal) in nil }
    }
}

/// One keyword of one schema, compiled.
protocol SchemaKeyword: Sendable {
    /// Subschemas that it applies to the same instance, for the search for endless loops.
    var inPlace: [SchemaIndex] { get }
    /// True for keywords that need the verdict of all others first.
    var isLast: Bool { get }

    /// Judges `instance`: reports to `run`, and brings validity and marks into `verdict`.
    func apply(to instance: JSON, _ run: inout SchemaRun, _ verdict: inout SchemaVerdict)
}

extension SchemaKeyword {
    var inPlace: [SchemaIndex] { [] }
    var isLast: Bool { false }
}

/// Where a compiled keyword stands, for problems and annotations.
struct KeywordSite: Sendable {
    let name: String
    let location: String
    let value: JSON
}
