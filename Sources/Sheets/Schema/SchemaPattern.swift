/// A regular expression of a schema, ready to match.
///
/// - Note: unchecked, because `Regex` may hold closures and is therefore not `Sendable`; this one
///   is made from text alone and never changes.
struct SchemaPattern: @unchecked Sendable {
    enum Refusal: Error {
        case malformed, unsafe
    }

    private let regex: Regex<AnyRegexOutput>
    /// The same, where it is a row: many times as fast, and asked of every text of a sheet.
    private let row: PatternRow?

    /// Reads `text` in the dialect of ECMA-262 with the flag `u` (Core §6.4).
    ///
    /// - Throws: `Refusal`.
    init(_ text: String, _ allowed: SchemaOptions.Patterns) throws(Refusal) {
        var translator = PatternTranslator(text, allowed)
        let translation = try translator.translate()
        row = translator.row
        do {
            regex = try Regex(translation).matchingSemantics(.unicodeScalar)
                .asciiOnlyWordCharacters().wordBoundaryKind(.simple)
            // The first match finishes the compilation: now, not in the middle of a validation.
            _ = try regex.firstMatch(in: "")
        } catch {
            throw .malformed
        }
    }

    /// True if the pattern matches anywhere in `text`: patterns are not anchored by themselves.
    func matches(_ text: String) -> Bool {
        if let row { return row.matches(text) }
        do {
            return try regex.firstMatch(in: text) != nil
        } catch {
            // Only a closure in a pattern could throw, and there is none.
            return false
        }
    }
}
