package import Primitives

/// What a set of schemas may hold.
package struct SchemaOptions: Sendable {
    /// What happens to a keyword that no vocabulary defines.
    package enum UnknownKeywords: Sendable {
        /// It is an annotation, as the standard says.
        case annotate
        /// The set is refused, unless the keyword is one of these annotations.
        case refuse(allowing: Set<ByteText>)
    }

    /// Which regular expressions a schema may hold.
    package enum Patterns: Sendable {
        /// All of the supported dialect.
        case any
        /// None that can take exponential time: see `PatternTranslator`.
        case safe
    }

    package let unknownKeywords: UnknownKeywords
    package let patterns: Patterns
    /// Names of the annotations an outcome shall list.
    package let collected: Set<ByteText>

    package init(
        unknownKeywords: UnknownKeywords,
        patterns: Patterns,
        collected: Set<ByteText> = []
    ) {
        self.unknownKeywords = unknownKeywords
        self.patterns = patterns
        self.collected = collected
    }

    /// Options for schemas of the product, with the annotation keywords of the house.
    package static func product(
        annotations: Set<ByteText>,
        collected: Set<ByteText> = []
    ) -> SchemaOptions {
        SchemaOptions(
            unknownKeywords: .refuse(allowing: annotations),
            patterns: .safe,
            collected: collected
        )
    }

    /// Options for schemas of others, by the letter of the standard.
    package static let standard = SchemaOptions(unknownKeywords: .annotate, patterns: .any)
}
