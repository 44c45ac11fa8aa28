import Audit
import Delivery
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import Pages

/// 利用者の綴り and what stands on 朝の一覧.
struct PeopleTests {
    @Test func `a person is found by any writing of the name, and by no other name`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let people = town.path(.careOffice, "/people")
        for typed in ["髙﨑", "高崎吉", "たかさき", "タカサキ　キチ", "ﾀｶｻｷ", ""] {
            await care.open(people)
            await care.post(people, [("name", typed)])
            #expect(care.has("髙﨑 𠮷之助") && care.has("昭和12年5月3日"), "\(typed)")
        }
        await care.post(people, [("name", "架空"), ("token", try #require(care.token))])
        #expect(!care.has("髙﨑 𠮷之助") && care.has("その名前の方の書類はありません"))
    }

    @Test func `both sides find the sheet in the person's folder, whose title names nobody`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        for (clerk, place, word) in [(care, World.Place.careOffice, "送信"), (clinic, .clinic, "受信")]
        {
            await clerk.open(town.path(place, "/people"))
            let folder = try #require(clerk.link(town.path(place, "/people/")))
            await clerk.open(folder)
            #expect(clerk.has("<h1>髙﨑 𠮷之助 さんの綴り</h1>"))
            #expect(clerk.has("<td>\(word)</td>") && clerk.has("医療・介護連携シート"))
            #expect(!clerk.title.contains("髙﨑"))
        }
        #expect(clinic.has("未開封"), "looking at the folder opens nothing")
        let office = town.town.office(.clinic)
        #expect(try await office.inbox(limit: 1).first?.state == .delivered)
        await clinic.open(
            town.path(
                .clinic,
                "/people/\(MessageID.make(at: town.town.time.now, SeededRandom(seed: 9)))"
            )
        )
        #expect(clinic.status == 404)
        #expect(sent.contains("/sent/"))
    }

    @Test func `what went on paper stands in the folder, and is compared with nothing`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let draft = try await town.draft(by: care)
        await care.open(draft + "/check")
        await care.post(draft + "/paper")
        let paper = care.path
        await care.open(town.path(.careOffice, "/people"))
        let folder = try #require(care.link(town.path(.careOffice, "/people/")))
        await care.open(folder)
        #expect(care.status == 200 && care.has("href=\"\(paper)\""), "\(care.html)")
        #expect(care.has("<td>送信（紙）</td>") && care.has("未送付") && !care.has("違いを見る"))
        let difference = await care.respond(.get, folder + "/difference")
        #expect(difference.status == 404)
        _ = try await town.send(by: care)
        await care.open(town.path(.careOffice, "/people"))
        await care.open(try #require(care.link(town.path(.careOffice, "/people/"))))
        #expect(care.has("全 2 件") && care.has("<td>送信</td>") && care.has("<td>送信（紙）</td>"))
        let newest = try #require(care.link(town.path(.careOffice, "/people/")))
        await care.open(newest)
        #expect(care.status == 200 && care.has("比べられる前のものはありません"))
    }

    @Test func `a sheet is compared with the one before it, once both may be read`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        _ = try await town.send(
            by: care,
            JourneyTests.liaison.map { $0.0 == "/body/message" ? ($0.0, "薬が変わりました。") : $0 }
        )
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        for (clerk, place) in [(care, World.Place.careOffice), (clinic, .clinic)] {
            await clerk.open(town.path(place, "/people"))
            let folder = try #require(clerk.link(town.path(place, "/people/")))
            await clerk.open(folder + "/difference")
            if place == .clinic {
                #expect(clerk.has("比べられる前のものはありません"), "the older one is unopened")
                continue
            }
            #expect(clerk.has("違う項目 1 件") && clerk.has("薬が変わりました。"), "\(clerk.html)")
            #expect(clerk.has("担当になりました。&lt;script&gt;"))
        }
        let entries = try await town.town.office(.careOffice)
            .auditEntries(of: "髙﨑 𠮷之助", message: nil, by: Town.careManager)
        #expect(entries.count { $0.leaf.facts.event == .sheetOpened } == 2)
    }

    @Test func `the morning list shows what waits at either end`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        await care.open(town.path(.careOffice, "/morning"))
        #expect(care.has("送ってまだ開かれていない書類（1 件）") && care.has("返信を待っている書類（1 件）"))
        #expect(care.has("届かなかった書類（0 件）"))
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        await clinic.open(town.path(.clinic, "/morning"))
        #expect(clinic.has("届いてまだ開いていない書類（1 件）") && clinic.has("髙﨑 𠮷之助"))
    }
}
