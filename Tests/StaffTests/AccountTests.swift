import Primitives
import TestKit
import Testing

@testable import Staff

struct AccountTests {
    private static func full() throws -> Account {
        let id = try #require(AccountID("0190f3c2-7a51-4e0b-9d5e-3f1c0a7b9e11"))
        var account = Account(
            try Office.new("sato.hanako", [.sender, .author]),
            id: id,
            at: SimulatedTime.start
        )
        account.lastSignInAt = SimulatedTime.start
        account.reviewedAt = SimulatedTime.start
        account.passwordHash = PasswordHash("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA")
        account.givenCode = GivenCode(
            digest: SpokenCode.digest("abcd", of: id),
            use: .once,
            until: SimulatedTime.start
        )
        account.oneTimeSecret = OneTimeSecret(
            key: Array(repeating: 9, count: OneTimeSecret.bytes),
            lastStep: 59_840_886
        )
        account.spareCodes = ["a", "b"].map { SpokenCode.digest($0, of: id) }
        account.passkeys = [
            Passkey(
                id: [1, 2, 3],
                key: Array(repeating: 4, count: 64),
                counter: 5,
                label: "外来の鍵",
                createdAt: SimulatedTime.start
            )
        ]
        account.preferences = .init(language: .english, textSize: .large)
        return account
    }

    @Test
    func `an account is the same bytes both ways, full and bare`() throws {
        let full = try Self.full()
        #expect(try Account(reading: full.bytes).bytes == full.bytes)
        let bare = Account(try Office.new("a"), id: full.id, at: SimulatedTime.start)
        #expect(try Account(reading: bare.bytes).bytes == bare.bytes)
        #expect("\(full)" == "Account")
    }

    @Test(arguments: [
        (#""version":1"#, #""version":2"#),
        (#""version":1"#, #""version":1,"wage":1"#),
        (#""roles":["author","sender"]"#, #""roles":["sender","author"]"#),
        (#""roles":["author","sender"]"#, #""roles":["author","owner"]"#),
        (#""desks":["liaison"]"#, #""desks":["liaison","liaison"]"#),
        (#""state":"active""#, #""state":"gone""#),
        (#""signInName":"sato.hanako""#, #""signInName":"Sato""#),
        (#""displayName":"佐藤 花子""#, #""displayName":"""#),
        (#""displayName":"佐藤 花子""#, "\"displayName\":\"佐\u{202E}\""),
        (#""lastStep":59840886"#, #""lastStep":-1"#),
        (#""key":"CQkJCQkJCQkJCQkJCQkJCQkJCQk""#, #""key":"CQkJCQ""#),
        ("$argon2id$", "$argon2i$"),
        (#""use":"once""#, #""use":"twice""#),
        (#""counter":5"#, #""counter":-5"#), (#""counter":5"#, #""counter":4294967296"#),
        (#""id":"AQID""#, #""id":"""#), (#""label":"外来の鍵""#, #""label":"""#),
        (#""key":"BAQEBAQE"#, #""key":"BAQE"#),
    ])
    func `a record that nobody here wrote is refused`(_ good: String, _ bad: String) throws {
        let text = String(decoding: try Self.full().bytes, as: UTF8.self)
        let parts = text.split(separator: good, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "\(good)")
        let changed = parts[0] + bad + parts[1]
        #expect(throws: DecodingRefusal.self) { _ = try Account(reading: Array(changed.utf8)) }
    }

    @Test
    func `there are at most eight spare codes`() throws {
        var account = try Self.full()
        account.spareCodes = (0..<Limits.spareCodes).map {
            SpokenCode.digest("\($0)", of: account.id)
        }
        #expect(try Account(reading: account.bytes).spareCodes.count == Limits.spareCodes)
        account.spareCodes.append(SpokenCode.digest("x", of: account.id))
        #expect(throws: DecodingRefusal.self) { _ = try Account(reading: account.bytes) }
    }

    @Test(arguments: [
        ("sato.hanako", "sato.hanako"), (" ＳＡＴＯ＿１２　", "sato_12"), ("K-07", "k-07"),
        ("佐藤", nil), (".sato", nil), ("", nil), (String(repeating: "a", count: 33), nil),
        (String(repeating: "a", count: 32), String(repeating: "a", count: 32)),
    ])
    func `a sign-in name is taken as Japanese keyboards leave it`(
        _ typed: String,
        _ name: String?
    ) {
        #expect(SignInName(typed: typed)?.text == name)
    }

    @Test(arguments: [0, 1, Limits.displayNameScalars, Limits.displayNameScalars + 1])
    func `a name has one to a hundred characters, any characters`(_ count: Int) throws {
        let name = String(repeating: "𠮷", count: count)
        #expect(name.isPersonName == (1...Limits.displayNameScalars).contains(count))
        #expect("葛󠄀城 髙﨑㋿".isPersonName)
        #expect(!"一行目\n二行目".isPersonName)
    }

    @Test
    func `a code is read from paper in any case, width and grouping`() throws {
        let id = try Self.full().id
        let code = SpokenCode.make(SeededRandom(seed: 3))
        #expect(code.utf8.count == 19)
        let digest = SpokenCode.digest(code, of: id)
        let loud = code.uppercased().split(separator: "-").joined()
        #expect(SpokenCode.digest(" \(loud) ", of: id) == digest)
        let other = try #require(AccountID("0190f3c2-7a51-4e0b-9d5e-3f1c0a7b9e12"))
        #expect(SpokenCode.digest(code, of: other) != digest)
    }
}
