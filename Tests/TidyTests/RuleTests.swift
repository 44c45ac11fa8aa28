import Testing

/// Each rule is shown a tree that breaks it and one that does not.
@Suite struct RuleTests {
    @Test(arguments: WordBan.all.indices)
    func `a banned word is found and its neighbour is not`(_ index: Int) {
        let ban = WordBan.all[index]
        let code = { (text: String) in SourceFile(path: "a.swift", text: text).code }
        #expect(!ban.pattern.matches(in: code(ban.shown.bad)).isEmpty)
        #expect(ban.pattern.matches(in: code(ban.shown.good)).isEmpty)
        #expect(ban.pattern.matches(in: code("// " + ban.shown.bad)).isEmpty)
        let places = [
            "Sources/Sheets/A.swift", "Tests/SheetsTests/A.swift", "Sources/Storage/A.swift",
        ]
        #expect(places.contains { ban.scope(SourceFile(path: $0, text: "")) })
    }

    struct Sample: Sendable, CustomTestStringConvertible {
        let rule: Rule.Name
        let bad: [String: String]
        let good: [String: String]
        var testDescription: String { rule.rawValue }

        init(_ rule: Rule.Name, bad: [String: String], good: [String: String]) {
            self.rule = rule
            self.bad = bad
            self.good = good
        }

        init(_ rule: Rule.Name, _ path: String, bad: String, good: String) {
            self.init(rule, bad: [path: bad], good: [path: good])
        }
    }

    @Test(arguments: samples)
    func `a rule tells a broken tree from a sound one`(_ sample: Sample) throws {
        let rule = try #require(Rule.all.first { $0.name == sample.rule })
        #expect(!rule.findings(Tree(sample.bad)).isEmpty)
        #expect(rule.findings(Tree(sample.good)).isEmpty)
    }

    @Test func `every rule is shown, but those about all files together`() {
        let shown = Set(RuleTests.samples.map(\.rule)).union(WordBan.all.map(\.rule))
        let overall: Set<Rule.Name> = [.medianFile, .commentShare, .formatKeys, .looseCount]
        #expect(shown.union(overall) == Set(Rule.Name.allCases))
    }

    private static let source = "Sources/Sheets/Sheets.swift"
    private static let test = "Tests/SheetsTests/A.swift"
    private static let contract = String(repeating: "// why\n", count: 6)
    private static let package = #"library("CX", "", ""), module("Sheets", ["CX"])"#

    private static let samples: [Sample] = graphSamples + shapeSamples + textSamples + treeSamples

    private static let graphSamples = [
        Sample(
            .undeclaredImport,
            bad: ["Package.swift": package, source: "import CX\npackage import Storage"],
            good: ["Package.swift": package, source: "import CX\nimport Synchronization"]
        ),
        Sample(
            .upwardArrow,
            "Package.swift",
            bad: #"module("A", ["B"]), module("B")"#,
            good: #"module("B"), module("A", ["B"])"#
        ),
        Sample(
            .sharedLibrary,
            "Package.swift",
            bad: package + #", module("B", ["CX"])"#,
            good: package
        ),
        Sample(
            .blindness,
            "Package.swift",
            bad: #"module("Sheets"), module("A", ["Sheets"]), module("Storage", ["A"])"#,
            good: #"module("Sheets"), module("A", ["Sheets"]), module("Storage")"#
        ),
        Sample(
            .strangers,
            "Package.swift",
            bad: #"module("Exchange"), module("Gateway", ["Exchange"])"#,
            good: #"module("Exchange"), module("Gateway")"#
        ),
        Sample(
            .houseSettings,
            "Package.swift",
            bad: #".testTarget(name: "A")"#,
            good: #".testTarget(name: "A", swiftSettings: house)"#
        ),
    ]

    private static func function(lines: Int) -> String {
        "func f() {\n" + String(repeating: "a()\n", count: lines - 2) + "}\n"
    }

    private static let shapeSamples = [
        Sample(
            .longFile,
            source,
            bad: String(repeating: "\n", count: 401),
            good: String(repeating: "\n", count: 400)
        ),
        Sample(.longFunction, source, bad: function(lines: 71), good: function(lines: 70)),
        Sample(.usualFunction, source, bad: function(lines: 31), good: function(lines: 30)),
        Sample(
            .parameters,
            source,
            bad: "func f(a: A, b: B, c: C, d: D, e: E, f: F) {}",
            good: """
                func f(a: A, b: B, c: C, d: D, e: E) {}
                init(a: A, b: B, c: C, d: D, e: E, f: F) {
                    self.a = a
                    f = e.f
                }
                """
        ),
        Sample(
            .nesting,
            source,
            bad: "func f() {" + String(repeating: "{\n", count: 5)
                + String(repeating: "}", count: 6),
            good: "func f() {" + String(repeating: "{\n", count: 4)
                + String(repeating: "}", count: 5)
        ),
        Sample(
            .longLine,
            source,
            bad: String(repeating: "神", count: 101),
            good: String(repeating: "神", count: 100)
        ),
    ]

    private static let textSamples = [
        Sample(
            .emptyCatch,
            source,
            bad: "do { a() } catch {\n}",
            good: "do { a() } catch {\n  // The next call says it.\n}"
        ),
        Sample(
            .looseConcurrency,
            source,
            bad: "final class A: @unchecked Sendable {}",
            good: "// Unchecked: made once.\nfinal class A: @unchecked Sendable {}"
        ),
        Sample(
            .sqlText,
            source,
            bad: #"run("SELECT a FROM b")"#,
            good: #"run("Select a sheet from the list")"#
        ),
        Sample(
            .contentDescription,
            source,
            bad: "package struct Sheet: Sendable {}",
            good: "package struct Sheet: Sendable {}\nextension Sheet: CustomStringConvertible {}"
        ),
        Sample(.openTask, source, bad: "// TO" + "DO: later", good: "// To do it later is wrong."),
        Sample(.unfinished, source, bad: "// under " + "construction", good: "// A building."),
        Sample(
            .commentedCode,
            source,
            bad: "// let a = b()",
            good: "/// let a = b()\n// let it be"
        ),
        Sample(.history, source, bad: "// previou" + "sly a list", good: "// A list."),
        Sample(
            .moduleContract,
            bad: ["Package.swift": package, source: "// why\n"],
            good: ["Package.swift": package, source: contract]
        ),
    ]

    private static let treeSamples = [
        Sample(.testShare, bad: [source: "a\nb"], good: [source: "a\nb", test: "a\nb"]),
        Sample(
            .untestedModule,
            bad: ["Package.swift": package, test: "let a = 1"],
            good: ["Package.swift": package, test: "@Test func `a`() {}"]
        ),
        Sample(
            .testName,
            test,
            bad: "@Test func a() {}",
            good: "@Test(arguments: [(1)]) func `a`() {}"
        ),
        Sample(
            .unreachedRefusal,
            bad: [source: "enum AnyRefusal {\n  case tooOld(Int), tooNew\n}", test: "tooOld"],
            good: [
                source: "enum AnyRefusal {\n  case tooOld(Int), tooNew\n}", test: ".tooOld .tooNew",
            ]
        ),
        Sample(
            .strayFile,
            bad: ["Package.swift": package, "Sources/Old/A.swift": ""],
            good: [
                "Package.swift": package + #", tests("Sheets")"#, test: "Tests/Data",
                "Tests/Data/a.json": "",
            ]
        ),
        Sample(.topLevel, bad: ["notes.txt": ""], good: [".ci/run": "", "Deploy/test": ""]),
        Sample(
            .readme,
            "README.md",
            bad: String(repeating: "\n", count: 121),
            good: String(repeating: "\n", count: 120)
        ),
        Sample(.outsideMention, source, bad: "// see ../" + "shared", good: "// see Schemas"),
        Sample(
            .missingDocument,
            bad: [source: "// form: `other" + ".md`"],
            good: [source: "// form: `formats" + ".md`", "Schemas/formats.md": ""]
        ),
        Sample(
            .missingDocument,
            bad: [source: "// form: `formats" + ".md` 1 and 2.1", "Schemas/formats.md": "## 1. A"],
            good: [
                source: "// form: `formats" + ".md`\n/// 1 and 2.1.",
                "Schemas/formats.md": "## 1. A\n### 2.1 B",
            ]
        ),
    ]
}
