import Testing

@Suite struct LexerTests {
    @Test(arguments: [
        (#"let a = "TODO" + b"#, #"let a = "    " + b"#),
        (#"a // try?"#, #"a         "#),
        ("a /* b /* c */ d */ e", "a                   e"),
        (#"x("\(call("in")) out")"#, #"x("  call("  ")     ")"#),
        (##"x(#"a"b\(c)"# , d)"##, ##"x( "       "  , d)"##),
        (##"x(#"\#(c)"#)"##, ##"x( "   c "  )"##),
        (#"x("a\"b", c)"#, #"x("    ", c)"#),
        (
            "let s = \"\"\"\n  unsafe \"quoted\"\n  \"\"\"; b",
            "let s = \"\"\"\n                 \n  \"\"\"; b"
        ),
        (#"let r = /un"safe/; b"#, #"let r =          ; b"#),
        ("a / b / c", "a / b / c"),
        ("#if DEBUG", "#if DEBUG"),
        ("神 = 1", "    = 1"),
    ])
    func `strings and comments are blanks, interpolations are code`(_ text: String, _ code: String)
    {
        let lexer = Lexer(text)
        let blanked = String(decoding: lexer.code, as: UTF8.self)
        #expect(blanked.utf8.count == text.utf8.count)
        #expect(words(blanked) == words(code))
    }

    /// Without looking at how many blanks stand between.
    private func words(_ text: String) -> [Substring] { text.split { $0 == " " } }

    @Test func `comments and strings keep their lines`() {
        let text = """
            // one
            let a = "x" /* two
               three */
            /// four: `let b = 1`
            let c = "y\\(d)z"
            """
        let lexer = Lexer(text)
        #expect(lexer.comments.map(\.line) == [1, 2, 3, 4])
        #expect(lexer.comments.map(\.text).first == "one")
        #expect(lexer.strings == [Lexer.Text(line: 2, text: "x"), Lexer.Text(line: 5, text: "yz")])
    }

    @Test func `a C comment does not nest and a character is no string`() {
        let lexer = Lexer("a /* /* */ '\"' b", isSwift: false)
        #expect(words(String(decoding: lexer.code, as: UTF8.self)) == ["a", "b"])
    }
}

@Suite struct OutlineTests {
    private let functions = Outline(
        """
        protocol P { func required(a: Int) throws(E) -> Int
            func second() }
        struct S<T> {
            init?(x: Int) { self.init(y: x) }
            func none() -> Int { 1 }
            func five<A: B>(
                a: [String: Int], _ b: (Int, Int) -> Void, c: Pair<A, B> = .init(1, 2), d: D, e: E
            ) async throws(E) -> [A] where A: B {
                if a {
                    for x in y {
                        call { $0 }
                    }
                }
            }
            subscript(i: Int) -> Int { i }
        }
        """
    ).functions

    @Test func `functions are found with their lines, requirements are not`() {
        #expect(functions.map(\.name) == ["init", "none", "five", "subscript"])
        #expect(functions.map(\.line) == [4, 5, 6, 15])
        #expect(functions.map(\.lineCount) == [1, 1, 9, 1])
    }

    @Test func `parameters are counted, not the commas inside them`() {
        #expect(functions.map(\.parameters) == [1, 0, 5, 1])
    }

    @Test func `nesting counts blocks of several lines`() {
        #expect(functions.map(\.nesting) == [0, 0, 2, 0])
    }
}

@Suite struct ManifestTests {
    private let manifest = Manifest(
        """
        func module(_ name: String, _ uses: [Target.Dependency] = []) -> Target {
            .target(name: name)
        }
        let base: [Target.Dependency] = ["A", "B"]
        let more: [Target.Dependency] =
            base + [
                "C",
            ]
        let package = Package(targets: [
            library("CX", "x", "libx-dev"),
            .target(name: "CY", path: "Sources/C/CY"),  // "not this"
            module("A"),
            module("D", base + ["CX"]),
            .executableTarget(name: "p", dependencies: more, swiftSettings: house),
            .target(name: "TestKit", dependencies: base, path: "Tests/TestKit"),
            tests("D", more + ["D"]),
            .testTarget(name: "TidyTests", swiftSettings: house),
        ])
        """
    )

    @Test func `targets keep their order, kind and uses`() {
        #expect(
            manifest.targets == [
                Manifest.Target(name: "CX", kind: .library, uses: []),
                Manifest.Target(name: "CY", kind: .library, uses: []),
                Manifest.Target(name: "A", kind: .module, uses: []),
                Manifest.Target(name: "D", kind: .module, uses: ["A", "B", "CX"]),
                Manifest.Target(name: "p", kind: .program, uses: ["A", "B", "C"]),
                Manifest.Target(name: "TestKit", kind: .kit, uses: ["A", "B"]),
                Manifest.Target(
                    name: "DTests",
                    kind: .tests,
                    uses: ["TestKit", "A", "B", "C", "D"]
                ),
                Manifest.Target(name: "TidyTests", kind: .tests, uses: []),
            ]
        )
    }

    @Test func `the closure follows uses of uses`() {
        #expect(manifest.closure(of: "DTests") == ["TestKit", "A", "B", "C", "D", "CX"])
    }
}
