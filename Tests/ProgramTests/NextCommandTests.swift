import Testing

@testable import renkei

/// 次: what is named after a success can be typed as it stands.
struct NextCommandTests {
    private static let table = CommandTable(Renkei.commands)
    private static let message = Example.message

    private static func next(_ words: String, after call: [String]) throws -> String {
        guard case .run(let invocation) = try Parser(table: table).parse(call) else { return "" }
        return NextCommand(words, after: invocation).line
    }

    @Test(arguments: [
        ([], "track 1"),
        (["--data", "gw"], "track 1 --data gw"),
        (
            ["--unlock-file", "my keys/gw", "--as", "辻本 春香", "--role", "careManager"],
            "track 1 --unlock-file 'my keys/gw'"
        ),
        (["--org", "maaaaaaaaaaaaaaaaaaaaaaaaaa"], "track 1 --org maaaaaaaaaaaaaaaaaaaaaaaaaa"),
        (["--desk", "ward", "--to", "9910100115"], "track 1"),
    ])
    func `it has the options that were given and that it takes`(
        options: [String],
        line: String
    ) throws {
        #expect(try Self.next("track 1", after: ["send", "a.json"] + options) == line)
    }

    @Test func `who acts is named by who acted, in the place where somebody must be`() throws {
        let acting = ["--as", "潮見 薫", "--role", "msw", "--desk", "ward"]
        let open = ["inbox", "open", Self.message] + acting
        #expect(
            try Self.next("inbox confirm 1", after: open)
                == "inbox confirm 1 --as '潮見 薫' --role msw --desk ward"
        )
        let review = "gateway cert review 1 --decision CODE --as NAME --role CODE"
        let affected = ["gateway", "cert", "affected", "--data", "gw"]
        #expect(try Self.next(review, after: affected) == review + " --data gw")
        let withdraw = ["withdraw", Self.message, "--as", "潮見 薫", "--role", "msw"]
        #expect(
            try Self.next("directory accept --as NAME --role CODE", after: withdraw)
                == "directory accept --as '潮見 薫' --role msw"
        )
    }

    @Test func `an exchange's folder is not a gateway's, and a service keeps its settings`() throws
    {
        let check = ["exchange", "config", "check", "--config", "it's.toml"]
        #expect(
            try Self.next("exchange serve", after: check)
                == "exchange serve --config 'it'\\''s.toml'"
        )
        let folder = ["--data", "ex", "--unlock-file", "unlock/ex"]
        let list = ["exchange", "member", "list"] + folder
        #expect(try Self.next(.enrolment, after: list) == .enrolment)
        #expect(
            try Self.next("exchange serve", after: list)
                == "exchange serve --data ex --unlock-file unlock/ex"
        )
        #expect(try Self.next("nothing known", after: list) == "nothing known")
    }

    @Test(arguments: [
        ("gw", "gw"), ("a b", "'a b'"), ("", "''"), ("$HOME", "'$HOME'"), ("辻󠄁本", "辻󠄁本"),
        ("a'b", "'a'\\''b'"), ("/var/lib/renkei", "/var/lib/renkei"), ("~x", "'~x'"),
        ("a;b", "'a;b'"), ("x=1,2", "x=1,2"), ("a\nb", "'a\nb'"),
    ])
    func `a value is one word of a shell`(value: String, word: String) {
        #expect(value.shellWord == word)
    }
}
