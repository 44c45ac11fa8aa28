import Audit
import Gateway
import Primitives
import TestKit
import Testing

@testable import HTTP
@testable import Pages
@testable import Staff

/// What was typed is saved, whatever happens to the screen.
struct SavingTests {
    private static let message = "/body/message"

    /// Somebody with a draft of a liaison sheet before them.
    private func writer() async throws -> (town: PagesTown, care: Clerk, draft: String) {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        return (town, care, care.path)
    }

    @Test func `what is typed past the idle time is saved before the screen locks`() async throws {
        let (town, care, draft) = try await writer()
        town.town.time.advance(by: .minutes(16))
        await care.post(draft, [(Self.message, "長い電話のあと"), ("next", "check")])
        #expect(care.title.hasPrefix("画面ロック") && !care.has("長い電話"))
        let locked = town.path(.careOffice, "/locked")
        await care.post(locked, [("password", PagesTown.password)])
        #expect(care.path == draft && care.has("長い電話のあと"))
    }

    @Test func `a form that was open before the lock is good after it`() async throws {
        let (town, care, draft) = try await writer()
        let other = Clerk(town.pages)
        other.steal(care.cookie)
        await other.open(draft)
        town.town.time.advance(by: .minutes(16))
        await care.open(draft)
        let locked = town.path(.careOffice, "/locked")
        #expect(care.path.hasPrefix(locked))
        await care.post(locked, [("password", PagesTown.password)])
        #expect(care.path == draft)
        other.steal(care.cookie)
        await other.post(draft, [(Self.message, "別の窓"), ("next", "save")])
        #expect(other.status == 200 && other.has("別の窓"))
    }

    @Test func `behind the lock nobody saves without the page's token or right`() async throws {
        let (town, care, draft) = try await writer()
        let reader = try await town.clerk("yomu", [.reader])
        let gateway = town.town.office(.careOffice)
        let before = try await gateway.drafts().first?.revision
        let token = try #require(care.token)
        await reader.open(town.path(.careOffice, "/inbox"))
        let readers = try #require(reader.token)
        town.town.time.advance(by: .minutes(16))
        await care.post(draft, [(Self.message, "x"), ("token", readers)])
        #expect(care.status == 403 && !care.has("主なページ"))
        await care.post(draft, [(Self.message, "x"), ("token", token)], site: "cross-site")
        #expect(care.status == 403)
        let form = [("token", readers), ("revision", "1"), (Self.message, "x")]
        await reader.post(draft, form)
        #expect(reader.status == 403)
        #expect(try await gateway.drafts().first?.revision == before)
    }

    @Test func `behind the lock what another saved first is kept beside it`() async throws {
        let (town, care, draft) = try await writer()
        let other = Clerk(town.pages)
        other.steal(care.cookie)
        await other.open(draft)
        await care.post(draft, [(Self.message, "先の入力"), ("next", "save")])
        town.town.time.advance(by: .minutes(16))
        await other.post(draft, [(Self.message, "後の入力"), ("next", "save")])
        let locked = town.path(.careOffice, "/locked")
        await other.post(locked, [("password", PagesTown.password)])
        #expect(other.path != draft && other.has("後の入力") && !other.has("先の入力"))
        await other.open(draft)
        #expect(other.has("先の入力"))
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/o/other/inbox", "%0d%0aX:y"])
    func `the lock leads back to pages of the organisation alone`(back: String) async throws {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        await care.post(town.path(.careOffice, "/lock"))
        let locked = town.path(.careOffice, "/locked")
        await care.open(locked + "?back=" + back)
        await care.post(locked, [("password", PagesTown.password)])
        #expect(care.title.hasPrefix("本日") && care.path == town.path(.careOffice))
    }

    @Test func `the lock leads back to a list as it was`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let list = town.path(.careOffice, "/inbox?show=urgent&page=1")
        await care.open(list)
        await care.post(town.path(.careOffice, "/lock"))
        let locked = town.path(.careOffice, "/locked")
        await care.post(locked, [("password", "ちがう言葉をいれました")])
        #expect(care.status == 400)
        await care.post(locked, [("password", PagesTown.password)])
        #expect(care.path == list)
    }

    @Test func `the script is told shortly what became of a save`() async throws {
        let (town, care, draft) = try await writer()
        let form = [
            ("token", try #require(care.token)), ("revision", "1"), (Self.message, "途中"),
        ]
        func save(_ revision: String) async -> JSON? {
            let fields = form.filter { $0.0 != "revision" } + [("revision", revision)]
            await care.post(draft, fields, accept: "application/json")
            return try? JSON(reading: Array(care.html.utf8))
        }
        let first = await save("1")
        #expect(first?["revision"]?.integer == 2)
        let clock = TimeWords.exact(town.town.time.now)
        #expect(first?["savedAt"]?.string == clock && clock.contains(":"))
        #expect(await save("2")?["revision"]?.integer == 3)
        // Of many saves of one person in a row the first alone is on record.
        let entries = try await town.town.office(.careOffice).auditEntries(
            of: nil,
            message: nil,
            by: Town.nurse
        )
        #expect(entries.filter { $0.leaf.facts.event == .sheetChanged }.count == 1)
        _ = await save("2")
        #expect(care.status == 409)
        town.town.time.advance(by: .minutes(16))
        #expect(await save("3")?["revision"]?.integer == 4)
        await care.open(draft)
        #expect(care.title.hasPrefix("画面ロック"))
    }

    @Test func `the script is one small file of ours`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let script = try #require(care.between("<script src=\"", "\""))
        await care.open(script)
        #expect(care.status == 200 && care.has("use strict"))
        #expect(Script.text.utf8.count <= 10 * 1024)
        #expect(!Script.text.contains("Storage") && !Script.text.contains("innerHTML"))
    }
}
