import Testing

@testable import renkei

@Suite struct ParserTests {
    private func parse(_ line: String) throws(UsageError) -> Parser.Request {
        try Parser(table: Sample.table).parse(line.split(separator: " ").map(String.init))
    }

    private func invocation(_ line: String) throws -> Invocation {
        guard case .run(let invocation) = try parse(line) else {
            throw UsageError.commandMissing(after: [])
        }
        return invocation
    }

    @Test func `words, arguments and options are told apart wherever they stand`() throws {
        let call = try invocation("inbox open --as Sato m1 --json")
        #expect(call.command.path == ["inbox", "open"])
        #expect(call.text(Sample.id) == "m1")
        #expect(call.text(.agent) == "Sato")
        #expect(call.has(.json))
        #expect(!call.has(.role))
    }

    @Test func `a value may follow an equals sign, also an empty-looking one`() throws {
        let call = try invocation("send a.json --to=m1 --to=x=y --port=80 -o out")
        #expect(call.texts(Sample.to) == ["m1", "x=y"])
        #expect(call.number(Sample.port) == 80)
        #expect(call.text(Sample.output) == "out")
    }

    @Test func `after two dashes everything is an argument`() throws {
        #expect(try invocation("verify -- --json -a").texts(Sample.files) == ["--json", "-a"])
    }

    @Test func `a single dash is an argument`() throws {
        #expect(try invocation("verify -").texts(Sample.files) == ["-"])
    }

    @Test func `the language may stand before the command`() throws {
        #expect(try invocation("--lang ja inbox open m1").command.path == ["inbox", "open"])
    }

    @Test(arguments: ["inbox open --help", "--help inbox open", "inbox open x y z -h"])
    func `help is given for the words before it`(_ line: String) throws {
        guard case .help(let path) = try parse(line) else {
            Issue.record("no help")
            return
        }
        #expect(path == ["inbox", "open"])
    }

    @Test(arguments: [
        ("", UsageError.commandMissing(after: [])),
        ("inbox", .commandMissing(after: ["inbox"])),
        ("inbox --json", .commandMissing(after: ["inbox"])),
        ("inbx open", .commandUnknown("inbx", after: [], nearest: "inbox")),
        ("inbox opne", .commandUnknown("opne", after: ["inbox"], nearest: "open")),
        ("xylophone", .commandUnknown("xylophone", after: [], nearest: nil)),
        ("inbox open m1 --jsn", .optionUnknown("--jsn", of: ["inbox", "open"], nearest: "json")),
        ("inbox open m1 --zzzz", .optionUnknown("--zzzz", of: ["inbox", "open"], nearest: nil)),
        ("--json inbox", .optionUnknown("--json", of: [], nearest: nil)),
        ("inbox open m1 --json --json", .optionRepeated("--json")),
        ("inbox open m1 --as", .valueMissing("--as")),
        ("inbox open m1 --json=1", .valueUnexpected("--json")),
        ("send a --port 0", .valueUnfit("--port", of: ["send"])),
        ("send a --port 65536", .valueUnfit("--port", of: ["send"])),
        ("send a --port x", .valueUnfit("--port", of: ["send"])),
        ("--lang fr inbox", .valueUnknown("--lang", among: ["ja", "en"])),
        ("inbox open", .argumentMissing("ID", of: ["inbox", "open"])),
        ("verify", .argumentMissing("FILE", of: ["verify"])),
        ("inbox open a b", .argumentUnexpected("b", of: ["inbox", "open"])),
    ])
    func `a call outside the table is refused`(_ line: String, _ error: UsageError) {
        #expect(throws: error) { try parse(line) }
        #expect(ExitCode(error) == .usage)
    }

    @Test(arguments: [
        (["--lang", "ja"], Language.japanese), (["send", "--lang=en"], .english),
        (["--lang", "fr"], nil), (["--lang"], nil), (["--", "--lang", "ja"], nil), ([], nil),
    ])
    func `the language is known before the call is parsed`(_ words: [String], _ language: Language?)
    {
        #expect(Parser.language(in: words) == language)
    }

    @Test(arguments: [
        (["LANG": "ja_JP.UTF-8"], Language.japanese),
        (["LANG": "ja_JP.UTF-8", "LC_ALL": "C"], .english),
        (["LANG": "C", "LC_MESSAGES": "ja"], .japanese),
        (["LANG": "ja", "LC_ALL": ""], .japanese),
        ([:], .english),
    ])
    func `the locale chooses the language`(_ variables: [String: String], _ language: Language) {
        #expect(Language.ofLocale { variables[$0] } == language)
    }
}
