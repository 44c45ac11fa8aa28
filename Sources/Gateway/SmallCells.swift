/// Counts of people as they may leave an organisation (C-19): nothing below five is told, as few
/// enough may be known by name. Zero is told: it is about nobody.
package enum SmallCells {
    /// The least count that is told.
    package static let least = 5
    package static let mark = "*"

    /// Parts of a sum, and the sum. Where what is told would give away what is not, more is left
    /// out: another part, or the sum.
    package static func told(_ parts: [Int]) -> (parts: [String], sum: String) {
        let sum = parts.reduce(0, +)
        let small = Set(parts.indices.filter { isSmall(parts[$0]) })
        var hidden = small
        if hidden.count == 1,
            let next = parts.indices.filter({ !hidden.contains($0) && parts[$0] > 0 })
                .min(by: { parts[$0] < parts[$1] })
        {
            hidden.insert(next)
        }
        return (
            parts.indices.map { hidden.contains($0) ? mark : String(parts[$0]) },
            isSmall(sum) || hidden == small && isGivenAway(small.map { parts[$0] })
                ? mark : String(sum)
        )
    }

    private static func isSmall(_ count: Int) -> Bool { 0 < count && count < least }

    /// Whether the sum of small counts says what each of them is.
    private static func isGivenAway(_ counts: [Int]) -> Bool {
        guard !counts.isEmpty else { return false }
        return counts.count == 1 || counts.allSatisfy { $0 == 1 }
            || counts.allSatisfy { $0 == least - 1 }
    }
}
