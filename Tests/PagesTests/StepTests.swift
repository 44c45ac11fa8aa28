import Directory
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// A long form in steps, and a short one on one page.
struct StepTests {
    /// Somebody with a new draft of a type before them.
    private func writer(
        of type: String
    ) async throws -> (town: PagesTown, care: Clerk, draft: String) {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", type)])
        return (town, care, care.path)
    }

    @Test func `each section of a long form is a page, and going on saves`() async throws {
        let (town, care, draft) = try await writer(of: "admissionInfo")
        #expect(care.has("記入の手順") && care.has("お薬") && care.has("id=\"recipients\""))
        #expect(!care.has("/body/housingNote") && !care.has("name=\"consent\""))
        let clinic = town.town.office(.clinic).member.text
        await care.post(draft, [("to", clinic), ("next", "step:s2")])
        #expect(care.path == draft + "?step=s2" && care.has("name=\"/body/housingNote\""))
        await care.post(draft, [("/body/housingNote", "段差あり"), ("go", "step:to")])
        #expect(care.has("value=\"\(clinic)\" checked"))
        await care.post(draft, [("go", "step:s2")])
        #expect(care.has("value=\"段差あり\"") && care.has("✓ 記入済") && care.has("○ 未入力"))
        #expect(care.has("aria-current=\"step\""))
        await care.post(draft, [("next", "step:files")])
        #expect(care.path == draft + "/attachments" && care.has("添付はありません"))
        await care.open(draft + "?step=files")
        #expect(care.path == draft + "/attachments")
        await care.open(draft + "?step=ground")
        #expect(care.has("その方の同意が出ます"))
    }

    @Test func `what stands in the way of sending leads to its step and field`() async throws {
        let (_, care, draft) = try await writer(of: "admissionInfo")
        await care.post(draft, [("next", "step:person")])
        await care.post(draft, [("/patient/birthDate", "昭和64年1月8日"), ("next", "check")])
        #expect(care.path == draft + "/check", "\(care.html)")
        #expect(care.title.hasPrefix("エラー: 送信前の確認"))
        let way = draft + "?step=person&amp;wrong=1#fpatient-birthDate"
        #expect(care.has("href=\"\(way)\"") && care.has("お薬") == false)
        await care.open(draft + "?step=person&wrong=1")
        #expect(care.title.hasPrefix("エラー: ") && care.has("href=\"#fpatient-birthDate\""))
        #expect(care.has("aria-invalid=\"true\"") && care.has("昭和64年1月8日"))
        #expect(care.has("！ エラー"))
    }

    @Test func `a short form is one page`() async throws {
        let (_, care, _) = try await writer(of: "careLiaison")
        #expect(!care.has("記入の手順") && care.has("name=\"/body/message\""))
        #expect(care.has("id=\"recipients\"") && care.has("id=\"consent\""))
    }

    @Test func `a row that may stay empty asks for nothing before something stands in it`()
        async throws
    {
        let (_, care, draft) = try await writer(of: "admissionInfo")
        await care.open(draft + "?step=s2")
        func row(_ number: Int) throws -> String {
            let name = "for=\"fbody-family-\(number)-relationship\""
            return try #require(care.between(name, "</label>"))
        }
        #expect(try row(0).contains("※この行に書くときは必須") && !row(0).contains("※必須"))
        await care.post(draft, [("/body/family/0/name", "髙﨑 花子"), ("next", "save")])
        #expect(try row(0).contains("※必須") && row(1).contains("※この行に書くときは必須"))
    }

    @Test func `the place for the recipient's name follows who is chosen, not who was written`()
        async throws
    {
        let (town, care, draft) = try await writer(of: "admissionInfo")
        let members = [World.Place.clinic, .careOffice].map { town.town.office($0).member }
        let names = members.map { town.town.office(.careOffice).view.member($0) }
            .map { $0?.membership.profile.displayName }
        func name() async -> String? {
            await care.open(draft + "?step=s1")
            return care.between("name=\"/body/hospitalName\" value=\"", "\"")
        }
        await care.post(draft, [("to", members[0].text), ("next", "save")])
        #expect(await name() == names[0])
        await care.open(draft)
        await care.post(draft, [("to", members[1].text), ("next", "save")])
        #expect(await name() == names[1])
        await care.post(draft, [("/body/hospitalName", "第二病棟"), ("next", "save")])
        await care.open(draft)
        await care.post(draft, [("to", members[0].text), ("next", "save")])
        #expect(await name() == "第二病棟")
        await care.post(draft, [("/body/hospitalName", ""), ("next", "save")])
        #expect(await name() == "", "nobody chose another recipient")
    }

    @Test func `a day that is none is shown how it may be typed here`() async throws {
        let (_, care, draft) = try await writer(of: "admissionInfo")
        await care.post(draft, [("next", "step:person")])
        await care.post(draft, [("/patient/birthDate", "昭和64年1月8日"), ("next", "check")])
        await care.open(draft + "?step=person&wrong=1")
        #expect(care.has("令和8年4月1日、R8.4.1 も可"), "\(care.html)")
    }

    @Test func `what is posted for no step there is changes nothing`() async throws {
        let (town, care, draft) = try await writer(of: "admissionInfo")
        let office = town.town.office(.careOffice)
        let clinic = town.town.office(.clinic).member.text
        await care.post(draft, [("to", clinic), ("next", "save")])
        for step in ["", "s99", "none", "all"] {
            await care.post(draft, [("step", step), ("/body/hobbies", "x"), ("next", "save")])
        }
        let stored = try await office.drafts()
        let kept = try Draft(reading: try #require(stored.first).bytes)
        #expect(kept.to.map(\.text) == [clinic])
        #expect(kept.values.keys.allSatisfy { !$0.tokens.contains("hobbies") })
    }

    @Test func `the days of writing are today's until they are changed`() async throws {
        let (town, care, draft) = try await writer(of: "admissionInfo")
        let today = TimeWords.date(town.town.time.now.dayInJapan)
        await care.open(draft + "?step=s1")
        #expect(care.between("name=\"/body/writtenOn\" value=\"", "\"") == today)
        #expect(care.between("name=\"/body/providedOn\" value=\"", "\"") == today)
        #expect(care.between("name=\"/body/admittedOn\" value=\"", "\"") == "")
        await care.post(draft, [("/body/writtenOn", "R8.4.2"), ("next", "save")])
        #expect(care.between("name=\"/body/writtenOn\" value=\"", "\"") == "R8.4.2")
    }
}
