extension Rule {
    /// Bans on words in code, and the rules that look into strings.
    static let words: [Rule] =
        WordBan.all.map(\.asRule) + [
            Rule(.emptyCatch, instead: "answer the error, or a comment that says why not") { tree in
                tree.sources.flatMap { file in
                    emptyCatch.matches(in: file.code).compactMap { match -> Finding? in
                        let lines = match.line...(match.line + match.text.count { $0 == "\n" })
                        let isExplained = file.comments.contains { lines.contains($0.line) }
                        return isExplained ? nil : Finding(file.path, match.line, "empty catch")
                    }
                }
            },
            Rule(.looseConcurrency, instead: "an actor or Lock; else a comment that says why") {
                tree in
                looseConcurrency(tree).filter { !hasReason($0, in: tree) }
            },
            Rule(.looseCount, instead: "at most ten in all: an actor, a Lock, a task group") {
                tree in
                let found = looseConcurrency(tree)
                return found.count > 10 ? found : []
            },
            Rule(.sqlText, instead: "SQL stands in Storage alone, in the engine's folder") { tree in
                tree.sources.filter { $0.target != "Storage" }.flatMap { file in
                    file.strings.filter { sql.isIn($0.text) }
                        .map { Finding(file.path, $0.line, "SQL") }
                }
            },
            Rule(.contentDescription, instead: "CustomStringConvertible with a fixed text") {
                tree in
                contentTypes.flatMap { name in
                    undescribed(name, tree)
                }
            },
        ]

    private static func looseConcurrency(_ tree: Tree) -> [Finding] {
        tree.sources.flatMap { file in
            loose.matches(in: file.code).map { Finding(file.path, $0.line, $0.text) }
        }
    }

    /// A comment on the line, or on a neighbouring one.
    private static func hasReason(_ finding: Finding, in tree: Tree) -> Bool {
        let file = tree.files.first { $0.path == finding.path }
        return file?.comments.contains { abs($0.line - finding.line) <= 1 } ?? false
    }

    private static func undescribed(_ name: String, _ tree: Tree) -> [Finding] {
        let declaration = Pattern(#"(?:struct|class|enum|actor) \#(name)\b[^{]*"#)
        let conformance = Pattern(
            #"(?:struct|class|enum|actor|extension) \#(name)\b[^{]*CustomStringConvertible"#
        )
        let named = tree.sources.filter { $0.code.contains(name) }
        let declared = named.compactMap { file in
            declaration.matches(in: file.code).first.map { Finding(file.path, $0.line, name) }
        }
        let isDescribed = named.contains { conformance.isIn($0.code) }
        return isDescribed ? [] : declared
    }

    /// Types that hold what patients and staff wrote, or keys.
    private static let contentTypes = [
        "DraftSheet", "Sheet", "Permit", "SignedSheet", "OpenedEnvelope", "VerifiedSheet",
        "SecretBytes",
    ]
    private static let emptyCatch = Pattern(#"\bcatch\b[^{}\n]*\{\s*\}"#)
    private static let loose = Pattern(
        #"@unchecked Sendable|nonisolated\(unsafe\)|Task\.detached"#
            + #"|(?m:^\s*)Task(?:\.init)? *(?:\([^)]*\) *)?\{"#
    )
    private static let sql = Pattern(
        #"\b(?:SELECT\s.*\sFROM|INSERT (?:OR \w+ )?INTO|CREATE (?:UNIQUE )?(?:TABLE|INDEX)"#
            + #"|DELETE FROM|UPDATE \w+ SET|PRAGMA \w+)\b"#
    )
}

extension WordBan {
    static let all: [WordBan] = [
        WordBan(
            .unsafeCode,
            #"(?<![.\w])unsafe (?=[\w(&.!\[])|\bOpaquePointer\b"#
                + #"|\bUnsafe\w*(?:Pointer|Bytes)\w*|\bUnmanaged\b"#,
            instead: "a wrapper type in the module that owns the library",
            shown: ("let p: UnsafePointer<Int>", "let p: Span<Int>")
        ) { $0.isSource && !$0.isIn(wrappers) },
        WordBan(
            .stringlyIdentity,
            #"\b(?:\w+ID|\w+Id|kind|status)\s*:\s*String\b"#,
            instead: "Identifier<…> or an enum",
            shown: ("let memberID: String", "let memberID: MemberID")
        ) { $0.isSource },
        WordBan(
            .stringKeys,
            #"(?m)^\s*package [^{=\n]*\[String\s*:"#,
            instead: "a typed key, ByteText, or a struct",
            shown: ("package let x: [String: Int]", "package let x: [MemberID: Int]")
        ) { $0.isSource },
        WordBan(
            .foundation,
            #"import (?:Foundation|FoundationEssentials|Dispatch)\b"#,
            instead: "Primitives and Japanese have what is needed",
            shown: ("import Foundation", "import Primitives")
        ) { $0.isSource },
        WordBan(
            .systemCalls,
            #"import Glibc\b"#,
            instead: "a seam: files, sockets and clocks come in as arguments",
            shown: ("import Glibc", "import Primitives")
        ) { $0.isSource && !$0.isIn(doors) },
        WordBan(
            .hiddenClock,
            #"\bDate\(\)|\b(?:Continuous|Suspending)Clock\b|\bDate\.now\b|\bTask\.sleep\b"#
                + #"|\bclock_gettime\b|\bgettimeofday\b|\btime\(nil\)"#,
            instead: "TimeSource",
            shown: ("try await Task.sleep(for: x)", "try await time.sleep(for: x)")
        ) { $0.isSource && !$0.isIn(seams) },
        WordBan(
            .hiddenRandomness,
            #"\bUUID\(\)|\.random\((?:in:|\))|\bSystemRandomNumberGenerator\b|\.shuffled\(\)"#
                + #"|\.randomElement\(\)|\barc4random\w*|\bgetrandom\b"#,
            instead: "RandomSource",
            shown: ("Int.random(in: 0..<9)", "random.number(below: 9)")
        ) { $0.isSource && !$0.isIn(seams) },
        WordBan(
            .hiddenEnvironment,
            #"\bgetenv\b|\bProcessInfo\b|\bCommandLine\.|\bsetenv\b"#,
            instead: "an argument; Live/Environment reads it",
            shown: ("getenv(name)", "settings.text(.name)")
        ) { $0.isSource && !$0.isIn(live) },
        WordBan(
            .droppedError,
            #"\btry[?!]"#,
            instead: "do throws(…) { } catch { } that answers the error, or let it through",
            shown: ("try? read()", "try read()")
        ) { $0.isSource && !$0.isProgram },
        WordBan(
            .untypedThrows,
            #"\bthrows\b(?!\()"#,
            instead: "throws(SomeError)",
            shown: ("func f() throws {", "func f() throws(E) {")
        ) { $0.isSource && !$0.isProgram },
        WordBan(
            .crash,
            #"\bfatalError\b|\babort\(\)"#,
            instead: "an error for input; precondition for a broken promise between modules",
            shown: ("fatalError()", "precondition(x)")
        ) { $0.isSource },
        WordBan(
            .publicAccess,
            #"(?m)^\s*(?:public|open) (?:let|var|func|struct|enum|class|init|protocol|actor)"#,
            instead: "package",
            shown: ("public let x = 1", "package let x = 1")
        ) { $0.isSource },
        WordBan(
            .print,
            #"\b(?:print|debugPrint|dump|NSLog|puts|printf|fputs)\("#,
            instead: "Console in the program; nothing elsewhere",
            shown: ("print(x)", "blueprint(x)")
        ) { $0.isSource && !$0.isIn(["Sources/renkei/CommandLine/"]) },
        WordBan(
            .keysInStorage,
            #"\b(?:KeyStore|StatementSigner)\b"#,
            instead: "sign before the commit: no transaction holds a key",
            shown: ("let keys: any KeyStore", "let keys: SealedRecord")
        ) { $0.target == "Storage" },
        WordBan(
            .sleepingTest,
            #"\bTask\.sleep\b|(?<![.\w]|func )(?:u|nano)?sleep\(|\bThread\.sleep\b"#
                + #"|\bDate\(\)|\bContinuousClock\b|\bDispatchTime\b"#,
            instead: "SimulatedTime, or wait for the event itself",
            shown: ("Thread.sleep(forTimeInterval: 1)", "await time.advance(by: .seconds(1))")
        ) { $0.isTest },
    ]
}
