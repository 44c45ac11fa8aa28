import Audit
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// 定期点検, as an auditor records it.
struct InspectionTests {
    @Test func `an inspection is signed into the log, shown, and due again`() async throws {
        let desk = try await DeskTown.make()
        let auditor = try await desk.town.clerk(
            "kansa",
            [.auditor],
            at: .clinic,
            profession: "clerk"
        )
        let audit = desk.town.path(.clinic, "/audit")
        await auditor.open(audit)
        #expect(auditor.has("定期点検はまだ記録されていません。") && !auditor.has("前回の定期点検"))
        let path = desk.town.path(.clinic, "/audit/inspection")
        await auditor.open(try #require(auditor.link(path)))
        let time = desk.town.town.time
        let today = time.now.dayInJapan
        let first = today.adding(days: -30)
        let fields = [
            ("from", "\(first)"), ("to", "\(today)"), ("result", "findings"),
            ("remark", "夜間の閲覧を窓口責任者に確かめた。"),
        ]
        let size = try await desk.clinic.auditCheckpoint().head.size
        await auditor.post(path, fields)
        #expect(auditor.status == 200 && auditor.has("前回の定期点検: <time"))
        #expect(auditor.has("問題あり") && !auditor.has("過ぎています"))
        let entries = try await desk.clinic.auditEntries(of: nil, message: nil, by: Town.nurse)
        let entry = try #require(entries.last { $0.leaf.facts.event == .auditReviewed })
        let inspection = try #require(AuditInspection(entry))
        #expect(inspection.period == AuditPeriod(from: first, to: today))
        #expect(inspection.result == .findings && inspection.remark == fields[3].1)
        #expect(inspection.head.size == size)
        let questions = desk.town.path(.clinic, "/audit/questions")
        await auditor.open(questions)
        await auditor.post(
            questions,
            [("question", "Q18"), ("from", "\(today)"), ("to", "\(today)"), ("name", "")]
        )
        #expect(auditor.has("<td>定期点検</td>") && auditor.has("<td>\(fields[3].1)</td>"))
        time.advance(by: .days(32))
        #expect(try await desk.clinic.inspectionState().isOverdue)
    }

    @Test func `what is missing is asked for, and days to come are refused`() async throws {
        let desk = try await DeskTown.make()
        let auditor = try await desk.town.clerk(
            "kansa",
            [.auditor],
            at: .clinic,
            profession: "clerk"
        )
        let path = desk.town.path(.clinic, "/audit/inspection")
        await auditor.open(path)
        let today = desk.town.town.time.now.dayInJapan
        await auditor.post(path, [("from", ""), ("to", ""), ("remark", " ")])
        #expect(auditor.status == 400 && auditor.has("点検の結果を選んでください"))
        await auditor.post(
            path,
            [
                ("from", "\(today)"), ("to", "\(today.adding(days: 1))"), ("result", "clear"),
                ("remark", "見た。"),
            ]
        )
        #expect(auditor.status == 400 && auditor.has("今日までの日付"))
        let period = try #require(AuditPeriod(from: today, to: today.adding(days: 1)))
        for (period, remark) in [
            (period, "見た。"), (try #require(AuditPeriod(from: today, to: today)), " \n"),
        ] {
            await #expect(throws: GatewayError.self) {
                try await desk.clinic.inspect(period, .clear, remark, by: Town.nurse)
            }
        }
        #expect(try await desk.clinic.inspectionState().last == nil)
    }
}
