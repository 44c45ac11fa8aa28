extension Rule {
    /// Sprawl: no file, function or line is longer than a reader can hold.
    static let shape: [Rule] = [
        Rule(.longFile, instead: "one concept, one file: split it (400 lines)") { tree in
            tree.files.filter { $0.lineCount > 400 }
                .map { Finding($0.path, $0.lineCount, "\($0.lineCount) lines") }
        },
        Rule(.medianFile, instead: "smaller files (median 120 lines)") { tree in
            let counts = tree.sources.map(\.lineCount).sorted()
            guard !counts.isEmpty, counts[counts.count / 2] > 120 else { return [] }
            return [Finding("Sources", 1, "the median is \(counts[counts.count / 2]) lines")]
        },
        Rule(.longFunction, instead: "a function for each step (70 lines)") { tree in
            functions(tree, isTooMuch: { $0.lineCount > 70 }) { "\($0.lineCount) lines" }
        },
        Rule(.usualFunction, instead: "shorter functions (nine in ten within 30 lines)") { tree in
            let counts = tree.sources.flatMap { $0.functions.map(\.lineCount) }
            let long = counts.count { $0 > 30 }
            guard long * 10 > counts.count else { return [] }
            return [Finding("Sources", 1, "\(long) of \(counts.count) functions are longer")]
        },
        Rule(.parameters, instead: "a struct that says what belongs together (5 parameters)") {
            tree in
            functions(tree, isTooMuch: { $0.parameters > 5 && !$0.isMemberwise }) {
                "\($0.parameters) parameters"
            }
        },
        Rule(.nesting, instead: "guard, or a function for the inner part (4 levels)") { tree in
            functions(tree, isTooMuch: { $0.nesting > 4 }) { "\($0.nesting) levels" }
        },
        Rule(.longLine, instead: "break it (100 columns)") { tree in
            tree.files.flatMap { file in
                file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.element.utf8.count > 100 && $0.element.count > 100 }
                    .map { Finding(file.path, $0.offset + 1, "\($0.element.count) columns") }
            }
        },
    ]

    private static func functions(
        _ tree: Tree,
        isTooMuch: (Outline.Function) -> Bool,
        _ what: (Outline.Function) -> String
    ) -> [Finding] {
        tree.files.flatMap { file in
            file.functions.filter(isTooMuch).map { function in
                Finding(file.path, function.line, "\(function.name): \(what(function))")
            }
        }
    }
}
