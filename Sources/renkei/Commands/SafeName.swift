import Primitives

/// Names from outside as names of files: never a path, never hidden, never one another's.
enum SafeName {
    /// The names in their order, none twice and none that is `taken`.
    static func unique(_ names: [String], apartFrom taken: [String]) -> [String] {
        var used = Set(taken.map { ByteText($0) })
        return names.enumerated().map { index, name in
            let (stem, ending) = parts(of: name)
            let short = ByteText(stem + ending)
            let made = used.contains(short) ? "\(stem)-\(index + 1)\(ending)" : stem + ending
            // A third one may be called what the second was renamed to.
            let free = used.contains(ByteText(made)) ? "attachment-\(index + 1)\(ending)" : made
            used.insert(ByteText(free))
            return free
        }
    }

    /// The stem and the ending with its dot, both of harmless characters and short enough for every
    /// file system.
    private static func parts(of name: String) -> (stem: String, ending: String) {
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last.map(Array.init) ?? []
        var kept = last.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
                .paragraphSeparator:
                // Variation selectors are marks; what turns the writing round is not.
                false
            default: !":*?\"<>|".unicodeScalars.contains(scalar)
            }
        }
        while let first = kept.first, first == "." || first == "-" || first == " " {
            kept.removeFirst()
        }
        var ending: [Unicode.Scalar] = []
        if let dot = kept.lastIndex(of: "."), kept.count - dot <= 9 {
            ending = Array(kept[dot...])
            kept.removeSubrange(dot...)
        }
        while text(kept).utf8.count > 180 { kept.removeLast() }
        return (kept.isEmpty ? "attachment" : text(kept), text(ending))
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
