import Audit
import Foundation
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// 自分の設定: what people change for themselves, and what administrators end.
struct OwnTests {
    private static let next = "もみじの下で三羽の鶴が昼寝する"

    /// A person at two machines.
    private static func pair(_ town: PagesTown) async throws -> (Clerk, Clerk, Authenticator) {
        let first = try await town.clerk("haruka")
        let second = Clerk(town.pages)
        let app = try #require(first.app)
        town.town.time.advance(by: .seconds(30))
        try await town.signIn(second, "haruka", with: app.code(at: town.town.time.now))
        return (first, second, app)
    }

    @Test func `a new password wants the old one and ends the other sessions`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let (clerk, other, app) = try await Self.pair(town)
        let own = town.path(.careOffice)
        for (old, new, words) in [
            ("ちがう言葉をここに並べる", Self.next, "notAuthenticated"),
            (PagesTown.password, "短い", "passwordTooShort"),
            (PagesTown.password, PagesTown.password, "passwordUnchanged"),
        ] {
            await clerk.open(own + "/me")
            await clerk.post(own + "/me/password", [("password", old), ("new", new)])
            #expect(clerk.status == 400 && clerk.has(words), "\(words)")
            #expect(clerk.title.hasPrefix("エラー: 自分の設定"))
        }
        await clerk.open(own + "/me")
        let fields = [("password", PagesTown.password), ("new", Self.next)]
        await clerk.post(own + "/me/password", fields)
        #expect(clerk.title.hasPrefix("パスワードを変えました"))
        await other.open(own)
        #expect(other.title.hasPrefix("サインイン"))
        await clerk.open(own)
        #expect(clerk.title.hasPrefix("本日"))
        town.town.time.advance(by: .seconds(30))
        let code = app.code(at: town.town.time.now)
        try await town.signIn(other, "haruka", Self.next, with: code)
    }

    @Test func `new spare codes take the place of the old ones`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        let own = town.path(.careOffice)
        let old = try #require(clerk.spareCode)
        await clerk.open(own + "/me")
        await clerk.post(own + "/me/codes", [("password", "ちがう言葉をここに並べる")])
        #expect(clerk.status == 400 && !clerk.has("class=\"codes\""))
        await clerk.open(own + "/me")
        await clerk.post(own + "/me/codes", [("password", PagesTown.password)])
        let new = try #require(clerk.between("<ul class=\"codes\"><li>", "</li>"))
        let other = Clerk(town.pages)
        try await town.password(other, "haruka")
        await other.post(own + "/signin/code", [("code", old)])
        #expect(other.status == 400 && other.has("notAuthenticated"))
        await other.post(own + "/signin/code", [("code", new)])
        #expect(other.title.hasPrefix("本日"))
    }

    @Test func `another app takes the place of the one before`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        let own = town.path(.careOffice)
        let old = try #require(clerk.app)
        await clerk.open(own + "/me")
        await clerk.post(own + "/me/app", [("password", PagesTown.password)])
        let key = try #require(clerk.between("id=\"key\">", "</p>"))
        let new = try #require(Authenticator(shown: key))
        await clerk.post(own + "/me/app/code", [("code", new.code(at: town.town.time.now))])
        #expect(clerk.title.hasPrefix("認証アプリを登録しました"))
        town.town.time.advance(by: .seconds(30))
        let now = town.town.time.now
        let other = Clerk(town.pages)
        try await town.password(other, "haruka")
        await other.post(own + "/signin/code", [("code", old.code(at: now))])
        #expect(other.status == 400)
        await other.post(own + "/signin/code", [("code", new.code(at: now))])
        #expect(other.title.hasPrefix("本日"))
        // A code of nothing that was offered changes nothing.
        await other.open(own + "/me")
        let token = try #require(other.token)
        await other.post(own + "/me/app/code", [("token", token), ("code", "123456")])
        #expect(other.status == 400 && other.has("codeWrong"))
    }

    @Test func `one sees and ends the other machines`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let (clerk, other, _) = try await Self.pair(town)
        let own = town.path(.careOffice)
        await clerk.open(own + "/me")
        #expect(clerk.has("サインイン中の端末 2 台") && clerk.has("この端末"))
        #expect(clerk.has("192.0.2.9"))
        let session = try #require(clerk.between("name=\"session\" value=\"", "\""))
        await clerk.post(own + "/me/sessions", [("session", session)])
        #expect(clerk.has("サインイン中の端末 1 台") && !clerk.has("ほかの端末をすべて"))
        await other.open(own)
        #expect(other.title.hasPrefix("サインイン"))
    }

    @Test func `the text size is kept for the person`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        let own = town.path(.careOffice)
        await clerk.open(own + "/me")
        await clerk.post(own + "/size", [("size", "large"), ("back", own + "/me")])
        #expect(clerk.path == own + "/me" && clerk.has("class=\"large\""))
    }

    @Test func `an administrator ends what is open of a person`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let (_, other, _) = try await Self.pair(town)
        let head = try await town.clerk("kanri", [.administrator])
        let own = town.path(.careOffice)
        await head.open(own + "/staff")
        let ours = head.html.components(separatedBy: "<tr>").first { $0.contains(">haruka<") }
        let links = Crawl.links(try #require(ours))
        let link = try #require(links.first { $0.hasSuffix("/sessions") })
        #expect(ours?.contains("2 台") == true)
        await head.open(link)
        #expect(head.has("サインイン中の端末 2 台"))
        let session = try #require(head.between("name=\"session\" value=\"", "\""))
        await head.post(link, [("session", session)])
        #expect(head.has("サインイン中の端末 1 台"))
        await head.post(link, [("all", "yes")])
        #expect(head.has("サインインしている端末はありません"))
        await other.open(own)
        #expect(other.title.hasPrefix("サインイン"))
    }

    @Test func `whoever leaves hears what became of the day's sheets`() async throws {
        let town = try await PagesTown.make()
        let own = town.path(.careOffice)
        let idle = try await town.clerk("kaori")
        await idle.post(own + "/signout")
        #expect(idle.has("本日の送信はありません。"))
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        await care.post(own + "/signout")
        #expect(care.has("本日の送信 1件、到着していないもの 1件。未開封 0件。"))
        try await town.town.settle()
        let next = try await town.clerk("natsuki")
        await next.post(own + "/signout")
        #expect(next.has("本日の送信 1件、すべて到着。未開封 1件。"))
        // Who reads no sheets hears nothing of them.
        let head = try await town.clerk("kanri", [.administrator])
        await head.post(own + "/signout")
        #expect(head.has("終了しました") && !head.has("本日の送信"))
    }

    @Test func `a colleague's draft is read on record, the own one is not`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        await care.post(draft, [("/patient/fullName", "髙﨑 𠮷之助"), ("next", "save")])
        await care.open(draft)
        let gateway = town.town.office(.careOffice)
        func readings() async throws -> Int {
            try await gateway.auditEntries(of: "髙﨑 𠮷之助", message: nil, by: Town.nurse)
                .count { $0.leaf.facts.event == .sheetOpened }
        }
        #expect(try await readings() == 0)
        let other = try await town.clerk("kaori")
        await other.open(draft)
        #expect(other.has("髙﨑 𠮷之助"))
        #expect(try await readings() == 1)
        await other.open(draft + "/check")
        #expect(try await readings() == 2)
    }

    @Test func `what a draft begins with is read on record, though nobody has saved it`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        await care.post(sent + "/correct")
        let draft = care.path
        let other = try await town.clerk("kaori")
        await other.open(draft)
        #expect(other.has("髙﨑 𠮷之助"))
        let entries = try await town.town.office(.careOffice)
            .auditEntries(of: "髙﨑 𠮷之助", message: nil, by: Town.nurse)
        let readings = entries.filter { $0.leaf.facts.event == .sheetOpened }
        #expect(
            readings.contains { entry in
                if case .clear(let name) = entry.leaf.facts.object.name {
                    name.text.hasPrefix(draft.split(separator: "/").last ?? "-")
                } else {
                    false
                }
            }
        )
    }

    /// The signature itself is met by a browser, and by the tests of Staff.
    @Test func `a passkey is asked for after the password, and what is none is refused`()
        async throws
    {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        let own = town.path(.careOffice)
        await clerk.open(own + "/me")
        #expect(clerk.has("登録されたパスキーはありません"))
        let label = ("label", "受付のPC")
        await clerk.post(own + "/me/passkeys", [label, ("password", "ちがう言葉をここに並べる")])
        #expect(clerk.status == 400 && clerk.has("notAuthenticated"))
        await clerk.post(own + "/me/passkeys", [("label", ""), ("password", PagesTown.password)])
        #expect(clerk.status == 400 && clerk.has("badName"))
        await clerk.post(own + "/me/passkeys", [label, ("password", PagesTown.password)])
        #expect(clerk.title.hasPrefix("パスキーを作る"))
        #expect(clerk.has("data-passkey=\"make\"") && clerk.has("&quot;challenge&quot;"))
        for made in ["", "{}", "[1]", "{\"clientDataJSON\":\"AA\",\"authenticatorData\":\"AA\"}"] {
            let fields = [("token", clerk.token ?? ""), ("passkey", made), label]
            await clerk.post(own + "/me/passkeys/made", fields)
            #expect(clerk.status == 400 && clerk.has("passkeyRefused"), "\(made)")
        }
        let other = Clerk(town.pages)
        try await town.password(other, "haruka")
        #expect(!other.has("data-passkey"))
        await other.post(own + "/signin/passkey", [("passkey", "{}")])
        #expect(other.status == 400 && other.has("notAuthenticated"))
    }

    @Test func `notices go where a person wants them, and stop when the field is emptied`()
        async throws
    {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let me = town.path(.careOffice, "/me")
        await care.open(me)
        await care.post(me + "/mail", [("mail", "a@b.jp\r\nBcc: c@d.jp")])
        #expect(care.status == 400 && care.has("メールアドレスの形が違います"))
        await care.post(me + "/mail", [("mail", "ｈａｒｕｋａ@example.jp")])
        #expect(care.status == 200 && care.has("届きます"))
        let desk = try town.desk(.careOffice)
        #expect(desk.noticeAddresses.map(\.text) == ["haruka@example.jp"])
        await care.open(me)
        #expect(care.has("value=\"haruka@example.jp\""))
        await care.post(me + "/mail", [("mail", "")])
        #expect(desk.noticeAddresses.isEmpty)
    }
}
