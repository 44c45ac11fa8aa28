/// Classes of ECMA-262 regular expressions: `[…]` and `[^…]`.
enum PatternClass {
    /// Reads what follows the opening bracket and writes the whole class for Swift's `Regex`.
    static func read(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> String {
        let isNegated = position < scalars.count && scalars[position] == "^"
        if isNegated { position += 1 }
        var content = ""
        while position < scalars.count, scalars[position] != "]" {
            content += try member(scalars, &position)
        }
        guard position < scalars.count else { throw .malformed }
        position += 1
        // An empty class matches nothing, its negation everything.
        if content.isEmpty { return isNegated ? "[\\u{0}-\\u{10ffff}]" : "(?!)" }
        return (isNegated ? "[^" : "[") + content + "]"
    }

    private static func member(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> String {
        let first = try atom(scalars, &position)
        let isRange =
            position + 1 < scalars.count && scalars[position] == "-"
            && scalars[position + 1] != "]"
        guard isRange else { return first.text }
        position += 1
        guard case .scalar(let low) = first,
            case .scalar(let high) = try atom(scalars, &position), low <= high
        else { throw .malformed }
        return PatternEscape.literal(low) + "-" + PatternEscape.literal(high)
    }

    private static func atom(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) -> PatternEscape.Meaning {
        let scalar = scalars[position]
        position += 1
        guard scalar == "\\" else { return .scalar(scalar) }
        if position < scalars.count, scalars[position] == "b" {
            position += 1
            return .scalar("\u{8}")
        }
        return try PatternEscape.read(scalars, &position)
    }
}
