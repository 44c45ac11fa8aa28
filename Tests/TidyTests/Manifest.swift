import Foundation

/// `Package.swift` read as data: the targets in their order and what each may import.
struct Manifest {
    struct Target: Equatable {
        enum Kind: Equatable { case library, module, program, kit, tests }
        let name: String
        let kind: Kind
        let uses: [String]
    }

    let targets: [Target]

    /// Reads the forms the manifest is written in: `let name: [Target.Dependency] = …`,
    /// `library(…)`, `module(…)`, `tests(…)`, and `.target`, `.executableTarget`, `.testTarget`.
    init(_ text: String) {
        let file = SourceFile(path: "Package.swift", text: text)
        var lists: [String: [String]] = [:]
        var targets: [Target] = []
        let source = Manifest.withoutComments(file)
        let list = Pattern(
            #"let (\w+): \[Target\.Dependency\] =\s*([^\n]*(?:\n[ ]{4,}[^\n]*|\n\][^\n]*)*)"#
        )
        for match in list.matches(in: source) {
            let value = String(match.text.drop { $0 != "=" }.dropFirst())
            lists[match.group] = Manifest.names(value, lists)
        }
        let call = Pattern(
            #"(?<!func )(?:\b|\.)(library|module|tests|target|executableTarget|testTarget)"#
                + #"\((?:[^()]|\([^()]*\))*\)"#
        )
        for match in call.matches(in: source) {
            guard let name = Manifest.firstString(match.text), !name.contains("\\") else {
                continue
            }
            let afterName = String(match.text.drop { $0 != "," })
            switch match.group {
            case "library": targets.append(Target(name: name, kind: .library, uses: []))
            case "module":
                let uses = Manifest.names(afterName, lists)
                targets.append(Target(name: name, kind: .module, uses: uses))
            case "tests":
                let uses = ["TestKit"] + Manifest.names(afterName, lists)
                targets.append(Target(name: name + "Tests", kind: .tests, uses: uses))
            default:
                targets.append(Manifest.target(match.group, name, afterName, lists))
            }
        }
        self.targets = targets
    }

    func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    /// Everything a target can reach.
    func closure(of name: String) -> Set<String> {
        var reached: Set<String> = []
        var waiting = target(name)?.uses ?? []
        while let next = waiting.popLast() {
            if reached.insert(next).inserted { waiting += target(next)?.uses ?? [] }
        }
        return reached
    }

    private static func target(
        _ form: String,
        _ name: String,
        _ rest: String,
        _ lists: [String: [String]]
    ) -> Target {
        let dependencies = Pattern(#"dependencies:\s*([^:]*?)(?:,\s*\w+:|\)$)"#)
        let written = dependencies.matches(in: rest).first?.group ?? ""
        let kind: Target.Kind =
            switch form {
            case "executableTarget": .program
            case "testTarget": .tests
            default: name.hasPrefix("C") ? .library : .kit
            }
        return Target(name: name, kind: kind, uses: names(written, lists))
    }

    /// The strings and named lists of a sum of arrays.
    private static func names(_ expression: String, _ lists: [String: [String]]) -> [String] {
        Pattern(#""([^"]*)"|\b[a-z]\w*\b(?!:)"#).matches(in: expression).flatMap { match in
            match.text.hasPrefix("\"") ? [match.group] : lists[match.text] ?? []
        }
    }

    private static func firstString(_ text: String) -> String? {
        Pattern(#""([^"]*)""#).matches(in: text).first?.group
    }

    private static func withoutComments(_ file: SourceFile) -> String {
        let starts = Dictionary(file.comments.map { ($0.line, $0.text) }, uniquingKeysWith: { $1 })
        return file.text.components(separatedBy: "\n").enumerated().map { index, line in
            guard starts[index + 1] != nil, let mark = line.range(of: "//") else { return line }
            return String(line[..<mark.lowerBound])
        }.joined(separator: "\n")
    }
}
