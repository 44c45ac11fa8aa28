/// 姓 as far as a name that is written in one line tells it.
package enum FamilyName {
    /// Whether two people have one family name. It stands before the blank of a name; of a name
    /// without one it is what the other's tells, and where neither has one the first two characters
    /// decide, which is the length of most.
    package static func isShared(by first: String, and second: String) -> Bool {
        let names = [first, second].map { SearchText.folded($0).split(separator: " ") }
        guard let one = names[0].first, let other = names[1].first else { return false }
        switch (names[0].count > 1, names[1].count > 1) {
        case (true, true): return one == other
        case (true, false): return other.hasPrefix(one)
        case (false, true): return one.hasPrefix(other)
        case (false, false): return one.count > 1 && one.prefix(2) == other.prefix(2)
        }
    }
}
