import Consent
import Foundation
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// A consent belongs to a person: a draft is offered those of its own, and goes on no other's.
struct ConsentPageTests {
    private static let other: [(String, String)] = [
        ("fullName", "佐藤 つる"), ("fullNameKana", "サトウ ツル"), ("birthDate", "1940-11-30"),
        ("giverName", "佐藤 つる"), ("givenBy", "self"), ("method", "paper"),
        ("validFrom", "R8.4.1"), ("explainedBy", "辻󠄁本 春香"), ("purposes", "careCoordination"),
        ("scopeOrgTypes", "clinic"),
    ]

    /// The address of a liaison sheet about the person of `JourneyTests`, with both consents taken.
    private func writer() async throws -> (town: PagesTown, care: Clerk, draft: String) {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let consents = town.path(.careOffice, "/consents")
        for form in [Self.other, JourneyTests.consent] {
            await care.open(consents)
            await care.post(consents, form)
            try #require(care.title.hasPrefix("同意"), "\(care.html)")
        }
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        let to = town.town.office(.clinic).member.text
        await care.post(draft, JourneyTests.liaison + [("to", to), ("next", "save")])
        return (town, care, draft)
    }

    private func record(of name: String, _ town: PagesTown) async throws -> String {
        let records = try await town.town.office(.careOffice).consentRecords()
        return try #require(records.first { $0.patient.fullName == name }).id.text
    }

    @Test func `a draft is offered the consents of its own person`() async throws {
        let (town, care, _) = try await writer()
        let own = try await record(of: "髙﨑 𠮷之助", town)
        let foreign = try await record(of: "佐藤 つる", town)
        #expect(care.has("value=\"record:\(own)\"") && !care.has(foreign))
    }

    @Test func `a consent that does not cover the recipient is named so, and not the first`()
        async throws
    {
        let (town, care, draft) = try await writer()
        let narrow = JourneyTests.consent.filter { !["scopeOrgTypes", "validFrom"].contains($0.0) }
        let consents = town.path(.careOffice, "/consents")
        await care.open(consents)
        await care.post(
            consents,
            narrow + [("scopeOrgTypes", "hospital"), ("validFrom", "R8.5.1")]
        )
        await care.open(draft)
        let offered = care.html.components(separatedBy: "value=\"record:").dropFirst()
        #expect(offered.count == 2 && care.has("使えません"))
        #expect(offered.first?.contains("使えません") == false)
    }

    @Test func `nobody's consent sends the sheet of another`() async throws {
        let (town, care, draft) = try await writer()
        let foreign = try await record(of: "佐藤 つる", town)
        await care.post(draft, [("consent", "record:" + foreign), ("next", "check")])
        #expect(care.title.hasPrefix("エラー: ") && care.has("別の方のものです"))
        await care.post(draft + "/send", [("token", try #require(care.token))])
        #expect(try await town.town.office(.careOffice).outbox(limit: 1).isEmpty)
        // The same where the person is changed after the consent was chosen.
        let own = try await record(of: "髙﨑 𠮷之助", town)
        await care.open(draft)
        await care.post(draft, [("consent", "record:" + own), ("next", "check")])
        #expect(care.title.hasPrefix("送信前の確認"))
        await care.open(draft)
        let person = [("/patient/fullName", "山田 花"), ("/patient/fullNameKana", "ヤマダ ハナ")]
        await care.post(draft, person + [("next", "check")])
        #expect(care.title.hasPrefix("エラー: ") && care.has("別の方のものです"))
    }

    @Test func `from a draft one records the consent of its person and comes back`() async throws {
        let (town, care, draft) = try await writer()
        let consents = town.path(.careOffice, "/consents")
        await care.post(draft, [("go", "/consents")])
        #expect(care.path.hasPrefix(consents + "?draft=") && care.has("value=\"髙﨑 𠮷之助\""))
        let rest = JourneyTests.consent.filter { !$0.0.hasPrefix("fullName") }
        await care.post(consents, rest)
        #expect(care.path == draft + "?step=ground" && care.has("value=\"record:"))
    }

    @Test func `who has the person's sheets is named, is told, and sees it above them`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let id = try await record(of: "髙﨑 𠮷之助", town)
        let path = town.path(.careOffice, "/consents/\(id)/withdraw")
        await care.open(path)
        #expect(care.has("<td>幻町内科クリニック</td>") && care.has("まだありません"), "\(care.html)")
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        await clinic.open(town.path(.clinic, "/inbox"))
        let sheet = try #require(clinic.link(town.path(.clinic, "/sheets/")))
        await clinic.open(sheet)
        #expect(clinic.status == 200 && !clinic.has("同意は撤回されました"))
        await care.post(path, [("giver", "family"), ("extent", "whole")])
        try await town.town.settle()
        await care.open(path)
        #expect(care.has("到着") && !care.has("電話か郵送") && !care.has("撤回を記録する"))
        await clinic.open(sheet)
        #expect(clinic.has("同意は撤回されました") && clinic.has("撤回した方 家族、範囲 すべて"), "\(clinic.html)")
        // It lies in the inbox as well; nobody begins to write one.
        await clinic.open(town.path(.clinic, "/inbox"))
        #expect(clinic.has("同意撤回のお知らせ"))
        await care.open(town.path(.careOffice, "/new"))
        #expect(care.has("医療・介護連携シート") && !care.has("同意撤回のお知らせ"))
    }
}
