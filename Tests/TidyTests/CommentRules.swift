import Foundation

extension Rule {
    /// Comments say why, and say it of the code as it is.
    static let comments: [Rule] = [
        Rule(.openTask, instead: "do it, or open an issue") { tree in
            found(Pattern(#"\b(?:TODO|FIXME|XXX|HACK)\b"#), in: tree.files)
        },
        Rule(.unfinished, instead: "the contract of the module in 5 to 15 lines") { tree in
            found(Pattern(#"(?i)\bunder construction\b|^placeholder\.?$"#), in: tree.files)
        },
        Rule(.commentedCode, instead: "delete it: the history keeps it") { tree in
            tree.files.filter { $0.isSwift && $0.path != "Package.swift" }.flatMap { file in
                file.comments.filter { !$0.isDocumentation && looksLikeCode.isIn($0.text) }
                    .map { Finding(file.path, $0.line, $0.text) }
            }
        },
        Rule(.history, instead: "say what holds; the story is in the commit") { tree in
            found(
                Pattern(
                    #"(?i)\b(?:previously|formerly|renamed from|refactored|was changed|old code)\b"#
                ),
                in: tree.files
            )
        },
        Rule(
            .moduleContract,
            instead: "5 to 15 lines: what it owns, refuses, who calls, how it fails"
        ) {
            tree in
            tree.manifest.targets.filter { $0.kind == .module }.compactMap { module in
                let path = "Sources/\(module.name)/\(module.name).swift"
                let lines = tree.text(path).components(separatedBy: "\n")
                let count = lines.prefix { $0.hasPrefix("//") && !$0.hasPrefix("///") }.count
                return (5...15).contains(count)
                    ? nil : Finding(path, 1, "opens with \(count) lines")
            }
        },
        Rule(.commentShare, instead: "between a tenth and a quarter, nearly all of it why") {
            tree in
            let comments = tree.sources.map(\.commentLineCount).reduce(0, +)
            // The formatter puts each closing bracket on a line of its own; those say nothing.
            let lines = tree.sources.map { $0.wordLineCount + $0.commentLineCount }.reduce(0, +)
            let share = comments * 100 / max(1, lines)
            guard !(10...25).contains(share) else { return [] }
            return [Finding("Sources", 1, "\(comments) of \(lines) lines are comments: \(share) %")]
        },
    ]

    private static func found(_ pattern: Pattern, in files: [SourceFile]) -> [Finding] {
        files.flatMap { file in
            file.comments.filter { pattern.isIn($0.text) }
                .map { Finding(file.path, $0.line, $0.text) }
        }
    }

    private static let looksLikeCode = Pattern(
        #"^(?:let|var|func|return|guard|import|case|try|await|throw|if|for) .*[={}();]"#
            + #"|[{}]\s*$|\)\s*;\s*$"#
    )
}
