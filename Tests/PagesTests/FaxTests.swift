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
