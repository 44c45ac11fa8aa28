/// Rewrites a regular expression of ECMA-262 (flag `u`) so that Swift's `Regex` reads the same.
///
/// Everything whose meaning differs is written out: anchors, the dot, `\d \w \s`, and every
/// literal that is not an ASCII letter or digit, as its scalar value. What ECMA-262 does not know
/// (possessive quantifiers, set operations, POSIX classes) is refused or becomes plain text. Named
/// groups and looking behind are refused as well: schemas need no names, and `Regex` cannot look.
///
/// Under `.safe` two things are refused: back-references, and a group that repeats although it can
/// match one text in several ways, because it holds a quantifier with a choice or, if it repeats
/// without bound, an alternative. Those are the patterns that take exponential time.
struct PatternTranslator {
    private let scalars: [Unicode.Scalar]
    private let isSafeOnly: Bool
    private var position = 0
    private var output = ""
    /// The terms read so far, as long as they are nothing but classes and scalars.
    private var terms: PatternRow? = PatternRow()
    private var isAnchored = (start: false, end: false)

    /// What the text read so far can do, for the rule of `.safe`.
    private struct Shape {
        var hasChoiceOfCount = false
        var hasAlternative = false

        mutating func join(_ other: Shape) {
            hasChoiceOfCount = hasChoiceOfCount || other.hasChoiceOfCount
            hasAlternative = hasAlternative || other.hasAlternative
        }
    }

    init(_ text: String, _ allowed: SchemaOptions.Patterns) {
        scalars = Array(text.unicodeScalars)
        isSafeOnly = if case .safe = allowed { true } else { false }
    }

    mutating func translate() throws(SchemaPattern.Refusal) -> String {
        _ = try alternatives()
        guard current == nil else { throw .malformed }
        return output
    }

    /// After `translate`: the same pattern as a row, where it is one.
    var row: PatternRow? {
        guard isAnchored.start, isAnchored.end, let terms, terms.isDecided else { return nil }
        return terms
    }

    private var current: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private mutating func next() throws(SchemaPattern.Refusal) -> Unicode.Scalar {
        guard let scalar = current else { throw .malformed }
        position += 1
        return scalar
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func alternatives() throws(SchemaPattern.Refusal) -> Shape {
        var shape = Shape()
        while let scalar = current, scalar != ")" {
            if scalar == "|" {
                position += 1
                output += "|"
                terms = nil
                shape.hasAlternative = true
            } else {
                shape.join(try term())
            }
        }
        return shape
    }

    private mutating func term() throws(SchemaPattern.Refusal) -> Shape {
        let scalar = try next()
        var shape = Shape()
        switch scalar {
        case "^":
            output += "\\A"
            if position == 1 { isAnchored.start = true } else { terms = nil }
            return shape
        case "$":
            output += "\\z"
            if current == nil { isAnchored.end = true } else { terms = nil }
            return shape
        case "(":
            terms = nil
            shape = try group()
        case "[":
            let members = try PatternClass(scalars, &position)
            output += members.text
            if let known = members.scalars { terms?.append(known) } else { terms = nil }
        case ".":
            output += "[^\\n\\r\\u{2028}\\u{2029}]"
            terms = nil
        case "\\":
            output += try escape()
            terms = nil
        case "*", "+", "?", "{", "}", "]", ")": throw .malformed
        default:
            output += PatternEscape.literal(scalar)
            terms?.append(PatternScalars([scalar...scalar]))
        }
        return try quantified(shape)
    }

    private mutating func group() throws(SchemaPattern.Refusal) -> Shape {
        output += "("
        for prefix in ["?:", "?=", "?!"] where take(prefix) {
            output += prefix
            return try closed()
        }
        guard current != "?" else { throw .malformed }
        return try closed()
    }

    private mutating func closed() throws(SchemaPattern.Refusal) -> Shape {
        let shape = try alternatives()
        guard try next() == ")" else { throw .malformed }
        output += ")"
        return shape
    }

    private mutating func escape() throws(SchemaPattern.Refusal) -> String {
        guard let scalar = current else { throw .malformed }
        switch scalar {
        case "b", "B":
            position += 1
            return "\\\(scalar)"
        case "1"..."9", "k":
            guard !isSafeOnly else { throw .unsafe }
            guard scalar != "k" else { throw .malformed }
            return "\\\(try count())"
        default:
            return try PatternEscape.read(scalars, &position).text
        }
    }

    private mutating func quantified(_ inner: Shape) throws(SchemaPattern.Refusal) -> Shape {
        let range: (least: Int, most: Int?)
        switch current {
        case "*": range = (0, nil)
        case "+": range = (1, nil)
        case "?": range = (0, 1)
        case "{": range = try braces()
        default: return inner
        }
        if current == "*" || current == "+" || current == "?" { position += 1 }
        output += "{\(range.least),\(range.most.map(String.init) ?? "")}"
        if take("?") { output += "?" }
        terms?.repeatLast(range.least, range.most)
        let isRepeated = range.most.map { $0 > 1 } ?? true
        let isAmbiguous = inner.hasChoiceOfCount || range.most == nil && inner.hasAlternative
        if isSafeOnly && isRepeated && isAmbiguous { throw .unsafe }
        var shape = inner
        shape.hasChoiceOfCount = shape.hasChoiceOfCount || range.most != range.least
        return shape
    }

    private mutating func braces() throws(SchemaPattern.Refusal) -> (least: Int, most: Int?) {
        position += 1
        let least = try count()
        var most: Int? = least
        if take(",") { most = current == "}" ? nil : try count() }
        guard take("}"), most.map({ $0 >= least }) ?? true else { throw .malformed }
        // The quantifier that may follow belongs to `quantified`.
        return (least, most)
    }

    private mutating func count() throws(SchemaPattern.Refusal) -> Int {
        let start = position
        while let scalar = current, ("0"..."9").contains(scalar) { position += 1 }
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: scalars[start..<position])
        guard let value = Int(String(digits)), value <= 10_000 else { throw .malformed }
        return value
    }
}
