import Foundation
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// Whatever leads away from a draft saves it first; two versions are put side by side.
struct LeavingTests {
    private static let name = "/patient/fullName"

    private func writer() async throws -> (town: PagesTown, care: Clerk, draft: String) {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        return (town, care, care.path)
    }

    @Test(arguments: [
        ("/inbox", "受信箱"), ("/", "本日"), ("/directory", "宛先帳"), ("lock", "画面ロック"),
        ("signout", "終了しました"), ("discard", "医療・介護連携シートの破棄"), ("/consents", "同意"),
        ("large", "医療・介護連携シートの記入"), ("check", "エラー: "), ("//evil.example", "本日"),
        ("/../x/inbox", "本日"),
    ])
    func `every button of a draft saves what was typed`(word: String, title: String) async throws {
        let (town, care, draft) = try await writer()
        await care.post(draft, [(Self.name, "髙﨑 途中"), ("go", word)])
        #expect(care.title.hasPrefix(title), "\(care.title)")
        let stored = try #require(try await town.town.office(.careOffice).drafts().first)
        #expect(try Draft(reading: stored.bytes).values.values.contains(["髙﨑 途中"]))
    }

    @Test func `the header of a draft has no form and no link of its own`() async throws {
        let (_, care, _) = try await writer()
        let header = try #require(care.between("<header", "<main"))
        #expect(!header.contains("<form") && !header.contains("<a "))
        #expect(header.contains("value=\"lock\"") && header.contains("value=\"/outbox\""))
        // Enter in a field presses the first button of the form.
        let first = try #require(care.html.range(of: "form=\"draft\" name=\"go\" value=\""))
        #expect(care.html[first.upperBound...].hasPrefix("save"))
    }

    @Test func `a draft goes only after a question`() async throws {
        let (town, care, draft) = try await writer()
        let office = town.town.office(.careOffice)
        await care.post(draft, [(Self.name, "髙﨑"), ("next", "discard")])
        #expect(care.has("髙﨑") && care.has("元に戻せません"))
        #expect(try await office.drafts().count == 1)
        await care.post(draft + "/discard")
        #expect(try await office.drafts().isEmpty)
    }

    @Test func `of two versions one chooses field by field`() async throws {
        let (town, care, draft) = try await writer()
        let other = try await town.clerk("natsuo")
        await other.open(draft)
        let (mine, theirs) = ("/body/message", "/body/addresseeTitle")
        await care.post(draft, [(mine, "一行目\n先の人"), (theirs, "渡邉 先生"), ("next", "save")])
        await other.post(draft, [(mine, "一行目\n後の人"), (Self.name, "髙﨑"), ("next", "save")])
        #expect(other.status == 409 && other.title.hasPrefix("エラー: ほかの職員が先に保存しました"))
        #expect(other.has("先の人") && other.has("後の人") && other.has("渡邉 先生"))
        #expect(other.has("辻󠄁本 春香 さんが") && other.has("<legend>連絡事項</legend>"))
        #expect(!other.has("id=\"draft\""))
        // Where one has typed nothing the other's is chosen beforehand.
        await other.post(draft, [("next", "save")])
        #expect(other.path == draft && other.has("後の人") && !other.has("先の人"))
        #expect(other.has("渡邉 先生") && other.has("value=\"髙﨑\""))
    }

    @Test func `what was typed twice alike is no conflict, and one's own window is named`()
        async throws
    {
        let (_, care, draft) = try await writer()
        let typed = (Self.name, "髙﨑 𠮷之助")
        let revision = try #require(care.between("name=\"revision\" value=\"", "\""))
        await care.post(draft, [typed, ("next", "save")])
        await care.post(draft, [typed, ("revision", revision), ("next", "check")])
        #expect(care.path == draft + "/check")
        await care.open(draft)
        await care.post(draft, [(Self.name, "葛󠄀飾"), ("revision", revision), ("next", "save")])
        #expect(care.status == 409 && care.title.hasPrefix("エラー: ほかの画面で先に保存しました"))
        #expect(care.has("髙﨑 𠮷之助") && care.has("葛󠄀飾"))
    }

    @Test func `what the other saved can be kept`() async throws {
        let (_, care, draft) = try await writer()
        let other = try await writerBeside(care, draft)
        await care.post(draft, [("/scene", "dailyCare"), (Self.name, "先の名"), ("next", "save")])
        await other.post(draft, [("/scene", "endOfLife"), (Self.name, "後の名"), ("next", "save")])
        #expect(other.status == 409, "\(other.html)")
        await other.post(draft, [("keep:" + Self.name, "theirs"), ("next", "save")])
        #expect(other.has("value=\"先の名\"") && other.has("value=\"endOfLife\" checked"))
    }

    @Test func `what cannot be saved is shown again`() async throws {
        let (town, care, draft) = try await writer()
        let field = ("/body/message", "ここまで書いた")
        await care.post(draft, [field, ("token", "x")])
        #expect(care.status == 403 && care.has("連絡事項") && care.has("ここまで書いた"))
        await care.open(draft)
        town.town.time.advance(by: .seconds(13 * 3600))
        await care.post(draft, [field])
        #expect(care.status == 403 && care.title.hasPrefix("エラー: サインインが必要です"))
        #expect(care.has("ここまで書いた") && !care.has("主なページ"))
        // A form of another site is not read.
        await care.post(draft, [field, ("type", "careLiaison")], site: "cross-site")
        #expect(care.title.hasPrefix("サインイン") && !care.has("ここまで書いた"))
    }

    @Test func `of the same type all is copied that stays, and marked until it is seen`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        let message = try #require(care.between("<option value=\"", "\""))
        let typed = ("/patient/phone", "06-0000-0000")
        await care.post(draft, [typed, ("earlier", message), ("go", "copy")])
        #expect(care.path == draft && care.has("value=\"06-0000-0000\""))
        #expect(care.has("value=\"髙﨑 𠮷之助\"") && care.has("value=\"昭和12年5月3日\""))
        #expect(care.has("value=\"渡邉 仁 先生\"") && !care.has("担当になりました"))
        #expect(care.between("name=\"/body/assignedOn\" value=\"", "\"") == "")
        #expect(!care.has("name=\"consent\" value=\"record:") || !care.has("\" checked>髙﨑"))
        let marks = care.html.components(separatedBy: "class=\"from\"").count - 1
        #expect(marks > 3 && care.has("前回 令和"))
        await care.post(draft, [("/body/addresseeTitle", "別の 先生"), ("next", "save")])
        #expect(care.html.components(separatedBy: "class=\"from\"").count - 1 == marks - 1)
        await care.post(draft, [("next", "unchanged")])
        #expect(!care.has("class=\"from\"") && care.has("value=\"別の 先生\""))
    }

    private func writerBeside(_ care: Clerk, _ draft: String) async throws -> Clerk {
        let other = care.beside()
        await other.open(draft)
        return other
    }
}
