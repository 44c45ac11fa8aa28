/// Classes of ECMA-262 regular expressions: `[…]` and `[^…]`.
struct PatternClass {
    private let isNegated: Bool
    private var content = ""
    /// Nothing where a member is a class itself.
    private var ranges: [ClosedRange<Unicode.Scalar>]? = []

    /// Reads what follows the opening bracket.
    init(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) {
        isNegated = position < scalars.count && scalars[position] == "^"
        if isNegated { position += 1 }
        while position < scalars.count, scalars[position] != "]" {
            try readMember(scalars, &position)
        }
        guard position < scalars.count else { throw .malformed }
        position += 1
    }

    /// The whole class for Swift's `Regex`.
    var text: String {
        // An empty class matches nothing, its negation everything.
        if content.isEmpty { return isNegated ? "[\\u{0}-\\u{10ffff}]" : "(?!)" }
        return (isNegated ? "[^" : "[") + content + "]"
    }

    /// nil where `Regex` alone knows what is meant.
    var scalars: PatternScalars? { ranges.map { PatternScalars($0, isNegated: isNegated) } }

    private mutating func readMember(
        _ scalars: [Unicode.Scalar],
        _ position: inout Int
    ) throws(SchemaPattern.Refusal) {
        let first = try Self.atom(scalars, &position)
        let isRange =
            position + 1 < scalars.count && scalars[position] == "-"
            && scalars[position + 1] != "]"
        guard isRange else {
            content += first.text
            if case .scalar(let one) = first { ranges?.append(one...one) } else { ranges = nil }
            return
        }
        position += 1
        guard case .scalar(let low) = first,
            case .scalar(let high) = try Self.atom(scalars, &position), low <= high
        else { throw .malformed }
        content += PatternEscape.literal(low) + "-" + PatternEscape.literal(high)
        ranges?.append(low...high)
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
