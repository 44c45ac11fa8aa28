import Audit
import Delivery
import Directory
import Exchange
import HTTP
import Paper
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// C-20: what is faxed is seen by whoever passes the machine.
struct FaxTests {
    /// A paper route to a member without a gateway; the message names the person once more.
    private func route(
        fax: TelephoneNumber? = TelephoneNumber("06-0000-3002")
    ) async throws -> (town: PagesTown, care: Clerk, paper: String) {
        let town = try await PagesTown.make([.careOffice])
        let clinic = try await town.town.addOnPaper(.clinic)
        if fax == nil { try await town.town.dropFax(of: clinic) }
        _ = try await town.town.office(.careOffice).syncDirectory(waitSeconds: 0)
        let care = try await town.clerk("haruka")
        let words = [("/body/message", "髙﨑𠮷之助様（タカサキ キチノスケ）は昨日から発熱。")]
        let liaison = JourneyTests.liaison.filter { $0.0 != "/body/message" } + words
        let draft = try await town.draft(by: care, to: clinic, liaison)
        await care.open(draft + "/check")
        await care.post(draft + "/paper")
        try #require(care.title.hasPrefix("紙で送る"), "\(care.html)")
        return (town, care, care.path)
    }

    /// All that is printed, as lines.
    private func printed(_ care: Clerk) throws -> String {
        guard case .bytes(let bytes, type: "application/pdf")? = care.last?.body else { return "" }
        return try PaperJob(reading: bytes).documents.flatMap { document in
            let cells = document.form.rows.flatMap(\.cells).map(\.text)
            return [document.heading] + cells + document.form.others + document.footer
                + [document.code]
        }.joined(separator: "\n")
    }

    private func prints(_ town: PagesTown) async throws -> [String] {
        try await town.town.office(.careOffice)
            .auditEntries(of: nil, message: nil, by: Town.nurse).map(\.leaf.facts)
            .filter { $0.event == .paperPrinted }.map { $0.reason?.text ?? "" }
    }

    @Test func `on a fax the name is half hidden wherever it stands, and no birth date is there`()
        async throws
    {
        let (town, care, paper) = try await route()
        await care.post(paper + "/print", [("way", "fax")])
        let text = try printed(care)
        #expect(text.contains("●﨑 ●之●") && text.contains("●カ●キ ●チ●ス●"), "\(text)")
        #expect(text.contains("は昨日から発熱"))
        for word in ["髙﨑", "𠮷之助", "タカサキ", "キチノスケ", "昭和12年", "1937"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.contains("06-0000-3002"), "of the directory")
        #expect(try await prints(town) == ["fax"])
        await care.open(paper)
        await care.post(paper + "/print", [("way", "post")])
        let letter = try printed(care)
        #expect(letter.contains("髙﨑 𠮷之助") && letter.contains("昭和12年5月3日"))
        #expect(try await prints(town) == ["fax", "post"])
        // Without a word about it, what shows less.
        await care.open(paper)
        await care.post(paper + "/print")
        #expect(try printed(care) == text)
    }

    @Test func `a number that the directory does not have is not dialled`() async throws {
        let (town, care, paper) = try await route(fax: nil)
        #expect(care.has("宛先帳にありません"))
        await care.post(paper + "/print", [("way", "fax")])
        #expect(care.status == 400 && care.has("宛先帳にFAX番号がない宛先があります"), "\(care.html)")
        #expect(try await prints(town).isEmpty, "nothing was printed")
        await care.open(paper)
        await care.post(paper + "/print", [("way", "post")])
        #expect(try printed(care).contains("幻町内科クリニック"))
    }

    /// 退院・退所情報記録書 of a care manager about somebody who was not told the diagnosis.
    private func undisclosed() async throws -> (town: PagesTown, care: Clerk, path: String) {
        let town = try await PagesTown.make([.careOffice])
        _ = try await town.town.addOnPaper(.hospital)
        let office = town.town.office(.careOffice)
        _ = try await office.syncDirectory(waitSeconds: 0)
        let care = try await town.clerk("haruka")
        let sheet = try SheetExamples.example("discharge-info-2.json").json
        try await town.record(consentOf: sheet, at: .careOffice)
        let draft = MessageID.make(at: town.town.time.now, SeededRandom(seed: 3))
        let bytes = sheet.canonicalBytes
        try await office.keep(draft: draft, bytes, over: nil, by: Town.careManager)
        _ = try await office.takeToPaper(bytes, from: (draft, 1), by: Town.careManager)
        return (town, care, town.path(.careOffice, "/paper/\(draft)"))
    }

    @Test func `an undisclosed diagnosis goes on no fax, and by post it is marked`() async throws {
        let (town, care, paper) = try await undisclosed()
        await care.open(paper)
        #expect(care.has("「本人未告知」の書類は、FAXでは送れません") && care.has("親展で郵送"), "\(care.html)")
        #expect(!care.has("FAX用に印刷する"))
        for way in [[("way", "fax")], []] {
            await care.open(paper)
            await care.post(paper + "/print", way)
            #expect(care.status == 400 && care.has("FAXでは送れません"), "\(care.html)")
        }
        #expect(try await prints(town).isEmpty, "nothing was printed")
        let office = town.town.office(.careOffice)
        let id = try #require(try await office.papers(ListSlice(limit: 1)).rows.first?.id)
        let refusal = await #expect(throws: GatewayError.self) {
            try await office.printedPaper(id, as: .fax, by: Town.careManager)
        }
        #expect(refusal?.code == "faxWithheld")
        await care.open(paper)
        await care.post(paper + "/print", [("way", "post")])
        let letter = try printed(care)
        let sheet = try #require(letter.firstRange(of: "【本人未告知】退院・退所情報記録書"))
        #expect(letter[sheet.upperBound...].contains("膵臓がん"))
        #expect(!letter[..<sheet.lowerBound].contains("未告知"), "not on the cover")
    }

    @Test func `the number on the cover confirms one arrival once`() async throws {
        let (town, care, paper) = try await route()
        await care.post(paper + "/sent")
        let copy = try #require(
            try await town.town.office(.careOffice).papers(ListSlice(limit: 1)).rows.first?
                .copies.first
        )
        let code = [("to", copy.to.text), ("code", copy.code)]
        await care.post(paper + "/acknowledged", code)
        await care.post(paper + "/acknowledged", code + [("token", try #require(care.token))])
        let entries = try await town.town.office(.careOffice)
            .auditEntries(of: nil, message: nil, by: Town.nurse)
        #expect(entries.count { $0.leaf.facts.event == .paperAcknowledged } == 1)
    }
}
