import Foundation

extension Rule {
    /// Tests stand beside every module and reach every refusal.
    static let testing: [Rule] = [
        Rule(.testShare, instead: "more tests: at least nine lines for ten of the source") { tree in
            let sources = tree.sources.map(\.lineCount).reduce(0, +)
            let tests = tree.tests.map(\.lineCount).reduce(0, +)
            guard tests * 10 < sources * 9 else { return [] }
            return [Finding("Tests", 1, "\(tests) lines for \(sources) of the source")]
        },
        Rule(.untestedModule, instead: "Tests/<Module>Tests with the first test") { tree in
            tree.manifest.targets.filter { $0.kind == .module }.compactMap { module in
                let hasTest = tree.tests.contains { file in
                    file.target == module.name + "Tests" && testMark.isIn(file.code)
                }
                return hasTest ? nil : Finding("Sources/\(module.name)", 1, "no test")
            }
        },
        Rule(.testName, instead: "a sentence in backticks that states the rule") { tree in
            tree.tests.flatMap { file in
                plainName.matches(in: file.code).map { Finding(file.path, $0.line, $0.group) }
            }
        },
        Rule(.unreachedRefusal, instead: "a test that meets it, by its name") { tree in
            let tested = tree.tests.map(\.text).joined(separator: "\n")
            return tree.sources.flatMap { file in
                refusals(in: file).filter { !tested.contains($0.what) }
            }
        },
    ]

    /// The cases of enums named `…Refusal`, as tests name them: `.caseName`.
    private static func refusals(in file: SourceFile) -> [Finding] {
        refusalEnum.matches(in: file.code).flatMap { match in
            let body = match.text.components(separatedBy: "\n")
            return body.enumerated().flatMap { offset, line in
                caseLine.matches(in: line).flatMap { found in
                    found.group.split(separator: ",").compactMap { part in
                        let name = part.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber }
                        return Finding(file.path, match.line + offset, ".\(name)")
                    }
                }
            }
        }
    }

    private static let plainName = Pattern(
        #"@Test\b(?:\((?:[^()]|\([^()]*\))*\))?\s*func (\w+)"#
    )
    private static let testMark = Pattern(#"@Test\b"#)
    private static let refusalEnum = Pattern(#"enum \w*Refusal\b[^{]*\{(?:[^{}]|\n)*"#)
    private static let caseLine = Pattern(#"^\s*case ([^=:(]+)"#)
}
