import Audit
import Consent
import HTTP
import Paper
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// 紙で送る: for whom no gateway stands, and while the exchange cannot be reached.
struct PaperRouteTests {
    private func acts(_ town: PagesTown) async throws -> [AuditEvent] {
        try await town.town.office(.careOffice)
            .auditEntries(of: nil, message: nil, by: Town.nurse).map(\.leaf.facts.event)
            .filter { $0.rawValue.hasPrefix("paper.") || $0 == .consentGranted }
    }

    private func papers(_ town: PagesTown) async throws -> [PaperRoute] {
        try await town.town.office(.careOffice).papers(ListSlice(limit: 9)).rows
    }

    @Test func `a page of the list is all that is opened for it, newest first`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        var papers: [String] = []
        for _ in 0..<3 {
            let draft = try await town.draft(by: care)
            town.town.time.advance(by: .minutes(1))
            await care.open(draft + "/check")
            await care.post(draft + "/paper")
            papers.append(try #require(care.path.split(separator: "/").last.map(String.init)))
        }
        // What happens to one of them later moves it nowhere.
        town.town.time.advance(by: .minutes(1))
        await care.open(town.path(.careOffice, "/paper/\(papers[0])"))
        await care.post(care.path + "/sent")
        let office = town.town.office(.careOffice)
        let all = try await office.papers(ListSlice(limit: 9)).rows
        #expect(all.map(\.id.text) == papers.reversed())
        // What cannot be opened is on no page but its own.
        let broken = SealedColumn(keyReference: 1, bytes: [1])
        try await office.record(
            [office.facts(.paperSent, by: Town.nurse, on: .message(all[2].id))],
            writes: [.record(.paper, all[2].id.recordName, broken, at: all[2].begun.at)]
        )
        let newest = try await office.papers(ListSlice(limit: 2))
        #expect(newest.total == 3 && newest.rows.map(\.id.text) == [papers[2], papers[1]])
        await #expect(throws: GatewayError.self) {
            _ = try await office.papers(ListSlice(skip: 2, limit: 2))
        }
    }

    @Test func `a member on paper gets a cover sheet, and its number confirms the arrival`()
        async throws
    {
        let town = try await PagesTown.make([.careOffice])
        let clinic = try await town.town.addOnPaper(.clinic)
        _ = try await town.town.office(.careOffice).syncDirectory(waitSeconds: 0)
        let care = try await town.clerk("haruka")
        let draft = try await town.draft(by: care, to: clinic)
        await care.open(draft + "/check")
        #expect(care.has("紙（FAX・郵送）だけで受け取ります") && !care.has("送信する</button>"))
        await care.post(draft + "/paper")
        let paper = care.path
        #expect(care.title.hasPrefix("紙で送る") && care.has("06-0000-3002"), "\(care.html)")
        #expect(care.has("未送付") && !care.has("受取番号（6桁）"))

        // Pressed twice it is the same; the draft is no more.
        await care.post(draft + "/paper", [("token", try #require(care.token))])
        #expect(care.path == paper)
        await care.open(draft)
        #expect(care.path == paper, "Back leads to what it has become")

        await care.open(paper)
        await care.post(paper + "/print", [("way", "fax")])
        guard case .bytes(let bytes, type: "application/pdf")? = care.last?.body else {
            Issue.record("a file comes")
            return
        }
        let job = try PaperJob(reading: bytes)
        #expect(job.documents.map(\.isCover) == [true, false])
        let cover = job.documents[0].form.rows.flatMap(\.cells).map(\.text).joined(separator: "|")
        #expect(cover.contains("●﨑 ●之●") && !cover.contains("髙") && !cover.contains("昭和"))
        let route = try #require(try await papers(town).first)
        let code = route.copies[0].code
        #expect(cover.contains(code) && code.utf8.count == 6)

        await care.open(paper)
        await care.post(paper + "/sent")
        #expect(care.has("送付済") && care.has("受取番号（6桁）"))
        await care.post(paper + "/acknowledged", [("code", code == "000000" ? "1" : "000000")])
        #expect(care.status == 400 && care.has("受取番号が違います"))
        let digits = Array("０１２３４５６７８９")
        let wide = String(code.compactMap { $0.wholeNumberValue.map { digits[$0] } })
        await care.post(paper + "/acknowledged", [("code", wide)])
        #expect(care.has("受け取り確認済"), "\(care.html)")
        await care.post(paper + "/sent", [("token", try #require(care.token))])
        #expect(care.status == 404, "nobody is named")
        #expect(
            try await acts(town) == [
                .consentGranted, .paperPrinted, .paperSent, .paperAcknowledged,
            ]
        )
        await care.open(town.path(.careOffice, "/paper"))
        #expect(care.has("全 1 件") && care.has("受け取り確認済") && care.has("幻町内科クリニック"))
    }

    @Test func `nobody's sheet goes on paper without consent or with other words than shown`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let clinic = town.town.office(.clinic).member
        let draft = try await town.draft(by: care, to: clinic)
        await care.open(draft + "/check")
        #expect(care.has("送信する</button>") && care.has("紙で送る</button>"))
        await care.post(draft + "/paper", [("sha256", "00")])
        #expect(care.title.hasPrefix("送信前の確認"), "it is shown again")
        let tab = care.beside()
        let consents = town.path(.careOffice, "/consents")
        await tab.open(consents)
        let withdrawal = try #require(tab.link(consents + "/"))
        await tab.open(withdrawal)
        await tab.post(withdrawal, [("giver", "self"), ("extent", "whole")])
        await care.post(draft + "/paper")
        #expect(care.status >= 400, "\(care.html)")
        #expect(try await papers(town).isEmpty)
        await care.open(draft)
        #expect(care.status == 200, "the draft is still there")
    }

    @Test func `what was withdrawn is not printed, and a correction goes on no paper`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        await care.post(sent + "/correct")
        let ground = "record:" + (try #require(care.between("value=\"record:", "\"")))
        await care.post(care.path, [("consent", ground), ("next", "check")])
        #expect(care.has("訂正版は紙では送れません") && !care.has("紙で送る</button>"))

        let draft = try await town.draft(by: care)
        await care.open(draft + "/check")
        await care.post(draft + "/paper")
        let paper = care.path
        let tab = care.beside()
        for record in try await town.town.office(.careOffice).consentRecords() {
            let withdrawal = town.path(.careOffice, "/consents/\(record.id)/withdraw")
            await tab.open(withdrawal)
            await tab.post(withdrawal, [("giver", "self"), ("extent", "whole")])
        }
        await care.open(paper)
        await care.post(paper + "/print")
        #expect(care.status >= 400, "\(care.html)")
        // Those of the sheet that was sent, and of the notice to whoever has it.
        let grounds = [AuditEvent](repeating: .consentGranted, count: 2)
        #expect(try await acts(town) == grounds, "nothing was printed")
    }

    @Test func `names on a cover are half hidden`() {
        for (name, masked) in [
            ("東京太郎", "●京●郎"), ("東 京太郎", "● 京●郎"), ("林", "●"), ("", ""),
            ("葛\u{E0100}城 花", "●城 ●"),
        ] {
            #expect(MaskedName.of(name) == masked)
        }
    }
}
