/// The known word that a mistyped one probably meant: "did you mean".
package enum Nearest {
    /// - Returns: the word with the smallest edit distance, nil when none is closer than about a
    ///   third of its length. Of equals the first stands.
    package static func word(to typed: String, among known: some Sequence<String>) -> String? {
        var best: (word: String, distance: Int)?
        for word in known {
            let distance = distance(Array(typed.unicodeScalars), Array(word.unicodeScalars))
            guard distance <= max(1, word.unicodeScalars.count / 3) else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (word, distance) }
        }
        return best?.word
    }

    /// Optimal string alignment: insertion, deletion, replacement, and swap of neighbours cost 1.
    package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (row, leftScalar) in left.enumerated() {
            var current = [row + 1]
            for (column, rightScalar) in right.enumerated() {
                let replaced = last[column] + (leftScalar == rightScalar ? 0 : 1)
                var cost = min(last[column + 1] + 1, current[column] + 1, replaced)
                if row > 0, column > 0, leftScalar == right[column - 1],
                    left[row - 1] == rightScalar
                {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
