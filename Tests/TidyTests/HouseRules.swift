import Foundation

extension Rule {
    /// The tree around the code.
    static let house: [Rule] = [
        Rule(.strayFile, instead: "a target that uses it, or no file") { tree in
            let targets = Set(tree.manifest.targets.map(\.name))
            let folders = dataFolders(tree)
            return tree.paths.filter { $0.hasPrefix("Sources/") || $0.hasPrefix("Tests/") }
                .filter { path in !isUsed(path, targets) && !folders.contains(folder(path)) }.map {
                    Finding($0, 1, "nothing uses it")
                }
        },
        Rule(.topLevel, instead: "Package.swift Sources Tests Schemas Deploy README.md") { tree in
            Set(tree.paths.map { String($0.prefix { $0 != "/" }) })
                .filter { !$0.hasPrefix(".") && !topLevel.contains($0) }.sorted()
                .map { Finding($0, 1, "not at the top level") }
        },
        Rule(.readme, instead: "at most 120 lines; the rest belongs to Deploy/README.ja.md") {
            tree in
            let lines = tree.text("README.md").split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            if !tree.paths.contains("README.md") { return [Finding("README.md", 1, "missing")] }
            return lines.count > 121 ? [Finding("README.md", 121, "\(lines.count) lines")] : []
        },
        Rule(.formatKeys, instead: "a key of `swift format dump-configuration`") { tree in
            let known = keys(of: dumpedConfiguration())
            return keys(of: Data(tree.text(".swift-format").utf8)).subtracting(known).sorted()
                .map { Finding(".swift-format", 1, "\($0) is silently ignored") }
        },
        Rule(.outsideMention, instead: "the fact itself, in its own words") { tree in
            textFiles(tree).flatMap { path, text in
                outside.matches(in: text).map { Finding(path, $0.line, $0.text) }
            }
        },
        Rule(.missingDocument, instead: "a document that is in the tree, with its section") {
            tree in
            let sections = headings(tree)
            return textFiles(tree).flatMap { path, text in
                document.matches(in: text).flatMap { match -> [Finding] in
                    let name = (match.group as NSString).lastPathComponent
                    guard let there = sections[name] else {
                        return [Finding(path, match.line, match.group)]
                    }
                    return number.matches(in: String(match.text.drop { $0 != "`" }.dropFirst()))
                        .filter { !there.contains($0.text) }
                        .map { Finding(path, match.line, "\(match.group) \($0.text)") }
                }
            }
        },
    ]

    private static let topLevel: Set = [
        "Package.swift", "Sources", "Tests", "Schemas", "Deploy", "README.md",
    ]
    private static let outside = Pattern(
        #"\.\./shared|/work/|00-decisions|shared/(?:design|domain)"#
    )
    /// A document and the sections cited of it, also where the comment breaks its line there.
    private static let document = Pattern(
        #"`([\w./-]+\.md)`(?:[\s/]+[0-9][0-9.]*(?:(?:,| and)[\s/]+[0-9][0-9.]*)*)?"#
    )
    private static let number = Pattern(#"[0-9]+(?:\.[0-9]+)?"#)
    private static let heading = Pattern(#"(?m)^#{2,3} ([0-9]+(?:\.[0-9]+)?)\b"#)

    private static func isUsed(_ path: String, _ targets: Set<String>) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        let ending = (path as NSString).pathExtension
        switch (parts[0], parts[1]) {
        case ("Sources", "C"):
            return targets.contains(parts[2]) && ["h", "c", "cpp", "modulemap"].contains(ending)
        default: return targets.contains(parts[1]) && ending == "swift"
        }
    }

    /// Data of the tests lie in folders that a test names.
    private static func dataFolders(_ tree: Tree) -> Set<String> {
        Set(tree.paths.map(folder)).filter { name in
            name.hasPrefix("Tests/") && tree.manifest.target(String(name.dropFirst(6))) == nil
                && tree.tests.contains { $0.text.contains(name) }
        }
    }

    /// The numbered sections of every document, by its name.
    private static func headings(_ tree: Tree) -> [String: Set<String>] {
        let documents = tree.paths.filter { $0.hasSuffix(".md") }
        return Dictionary(
            documents.map { path in
                let found = heading.matches(in: tree.text(path)).map(\.group)
                return ((path as NSString).lastPathComponent, Set(found))
            }
        ) { $0.union($1) }
    }

    /// The first two parts: `Tests/Vectors`.
    private static func folder(_ path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? parts.prefix(2).joined(separator: "/") : ""
    }

    /// What people read, code included; vectors and examples are data. This file names the words.
    private static func textFiles(_ tree: Tree) -> [(String, String)] {
        let code = tree.files.filter { $0.path != "Tests/TidyTests/HouseRules.swift" }
            .map { ($0.path, $0.text) }
        let others = tree.paths.filter { path in
            path.hasSuffix(".md") || path.hasPrefix("Deploy/") || path.hasPrefix(".ci/")
        }
        return code + others.map { ($0, tree.text($0)) }
    }

    private static func keys(of data: Data) -> Set<String> {
        let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        let rules = object?["rules"] as? [String: Any] ?? [:]
        return Set(object.map { Array($0.keys) } ?? []).union(rules.keys)
    }

    private static func dumpedConfiguration() -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["swift", "format", "dump-configuration"]
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return Data() }
        return pipe.fileHandleForReading.readDataToEndOfFile()
    }
}
