import Audit
import Foundation
import Gateway
import HTTP
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// The auditor's questions on the pages.
struct QuestionPageTests {
    private static let name = "髙﨑 𠮷之助"

    private static func auditor(_ town: PagesTown) async throws -> Clerk {
        try await town.clerk("kansa", [.auditor], at: .clinic, profession: "clerk")
    }

    private static func fields(
        _ question: AuditQuestion,
        _ desk: DeskTown,
        name: String = ""
    ) -> [(String, String)] {
        let today = desk.town.town.time.now.dayInJapan
        return [
            ("question", question.rawValue), ("from", "\(today)"), ("to", "\(today)"),
            ("name", name),
        ]
    }

    @Test func `every question is answered on a page, with what it was made from`() async throws {
        let desk = try await DeskTown.make()
        let auditor = try await Self.auditor(desk.town)
        await auditor.open(desk.town.path(.clinic, "/audit"))
        let path = desk.town.path(.clinic, "/audit/questions")
        await auditor.open(try #require(auditor.link(path)))
        for question in AuditQuestion.allCases {
            let name = question.subject == .office ? "" : Self.name
            await auditor.post(path, Self.fields(question, desk, name: name))
            #expect(auditor.status == 200, "\(question)")
            #expect(auditor.has("<h2 id=\"answer\">\(QuestionWords.title(question))"))
            #expect(auditor.has("/log/access/") && auditor.has("<li>件数 "))
        }
    }

    @Test func `who saw a sheet stands in the table and in the file, and both are on record`()
        async throws
    {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.sheet + "/emergency")
        await clerk.post(
            desk.sheet + "/emergency",
            [("reason", "safety"), ("text", "搬送の受け入れ中です。")]
        )
        await clerk.open(desk.sheet)
        let auditor = try await Self.auditor(desk.town)
        let path = desk.town.path(.clinic, "/audit/questions")
        await auditor.open(path)
        let fields = Self.fields(.looksAtPatient, desk, name: "高崎 吉之助")
        await auditor.post(path, fields)
        #expect(auditor.has("<td>緊急閲覧</td>") && auditor.has("<td>書類を閲覧</td>"))
        let token = try #require(auditor.token)
        let file = await auditor.respond(
            .post,
            path,
            fields + [("save", "csv"), ("token", token)]
        )
        guard case .bytes(let bytes, let type) = file.body else {
            Issue.record("a file has bytes")
            return
        }
        #expect(file.status == 200 && type == "text/csv; charset=utf-8")
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"緊急閲覧\""))
        let name = file.fields.first { $0.0 == "Content-Disposition" }?.1
        #expect(name?.contains("audit-Q1-") == true)
        let events = try await desk.clinic.auditEntries(of: nil, message: nil, by: Town.nurse)
            .map(\.leaf.facts.event)
        #expect(events.suffix(2) == [.auditQueried, .auditExported])
    }

    @Test func `what a question needs is asked for`() async throws {
        let desk = try await DeskTown.make()
        let auditor = try await Self.auditor(desk.town)
        let path = desk.town.path(.clinic, "/audit/questions")
        await auditor.open(path)
        await auditor.post(path, Self.fields(.looksAtPatient, desk))
        #expect(auditor.status == 400 && auditor.has("この質問には氏名が要ります"))
        await auditor.post(path, [("question", "Q20"), ("from", "x"), ("to", "x")])
        #expect(auditor.status == 400 && auditor.has("質問を選んでください"))
        #expect(auditor.has("期間の初めと終わりを入力してください"))
    }

    @Test func `every word of an answer has its English`() throws {
        let files = try SheetExamples.catalogueFiles()
        let bytes = try #require(files.first { $0.path == "pages/english.json" }).bytes
        let english = try English(reading: bytes)
        let words =
            AuditQuestion.allCases.flatMap {
                [QuestionWords.own($0).title, QuestionWords.own($0).criteria]
            }
            + AuditAnswer.Column.allCases.map { AnswerWords.word($0) }
            + AuditAnswer.Figure.allCases.map { AnswerWords.word($0) }
            + AuditPurpose.allCases.map { AnswerWords.word($0) }
            + AnswerWords.reasons.values.sorted()
        for word in words { #expect(english.word(word) != nil, "\(word)") }
    }
}
