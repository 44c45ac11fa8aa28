/// A pattern that code must not hold, with a line that shows it and one that is fine.
struct WordBan: Sendable {
    let rule: Rule.Name
    let pattern: Pattern
    let replacement: String
    /// Where the ban holds.
    let scope: @Sendable (SourceFile) -> Bool
    /// A line the ban must find, and one it must leave alone.
    let shown: (bad: String, good: String)

    init(
        _ rule: Rule.Name,
        _ pattern: String,
        instead replacement: String,
        shown: (bad: String, good: String),
        in scope: @escaping @Sendable (SourceFile) -> Bool
    ) {
        self.rule = rule
        self.pattern = Pattern(pattern)
        self.replacement = replacement
        self.shown = shown
        self.scope = scope
    }

    var asRule: Rule {
        Rule(rule, instead: replacement) { tree in
            tree.files.filter { $0.isSwift && scope($0) }.flatMap { file in
                pattern.matches(in: file.code).map { match in
                    let found = match.text.split(separator: "\n").joined(separator: " ")
                    return Finding(file.path, match.line, found)
                }
            }
        }
    }

    /// Where a C library or the kernel is wrapped. In HTTP only three places, as its table says.
    static let wrappers = [
        "Sources/Cryptography/", "Sources/Storage/", "Sources/Japanese/", "Sources/Configuration/",
        "Sources/HTTP/TLS/", "Sources/HTTP/Reactor/", "Sources/HTTP/Client/Curl",
        "Sources/renkei/Live/", "Sources/Primitives/Lock.swift", "Sources/Staff/Libraries/",
        "Sources/Paper/Press/",
    ]
    /// Where the world outside the process is met.
    static let doors =
        [
            "Sources/Cryptography/", "Sources/Storage/", "Sources/Japanese/", "Sources/HTTP/",
            "Sources/Primitives/Lock.swift", "Sources/Staff/Libraries/",
        ] + live
    /// Modules that may ask for time and randomness themselves: sockets, locks of files, key files.
    static let seams = ["Sources/Cryptography/", "Sources/Storage/", "Sources/HTTP/"] + live
    /// The live seams, and the file that puts them together.
    static let live = ["Sources/renkei/Live/", "Sources/renkei/Renkei.swift"]
}
