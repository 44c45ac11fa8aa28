import Audit
import Foundation
import Gateway
import Primitives
import Staff
import TestKit
import Testing

@testable import Pages
@testable import renkei

/// How long an auditor waits for the page 監査の質問 on the log of a year: ten thousand entries, or a
/// million with `RENKEI_LONG`. `Deploy/test` runs this suite by itself, with nothing beside.
@Suite(.serialized) struct QuestionTimeTests {
    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] != nil
    private static let entries = isLong ? 1_000_000 : 10_000
    private static let isSanitized =
        ProcessInfo.processInfo.environment["ASAN_OPTIONS"] != nil

    @Test func `every question is answered within a second`() async throws {
        let town = try await PagesTown.make([.clinic])
        let auditor = try await town.clerk(
            "kansa",
            [.auditor],
            at: .clinic,
            profession: "clerk"
        )
        let gateway = town.town.office(.clinic)
        let year = MadeYear(Self.entries, of: gateway.member, after: town.town.time.now)
        for start in stride(from: 0, to: Self.entries, by: 1000) {
            try await gateway.noteStaff((start..<start + 1000).map(year.act))
        }
        let path = town.path(.clinic, "/audit/questions")
        await auditor.open(path)
        var times: [(question: AuditQuestion, time: Duration)] = []
        for question in AuditQuestion.allCases {
            let name =
                switch question.subject {
                case .office: ""
                case .patient: MadeYear.patient
                case .person: MadeYear.person
                }
            let start = MachineTime().uptime
            await auditor.post(
                path,
                [
                    ("question", question.rawValue), ("from", "\(year.period.from)"),
                    ("to", "\(year.period.to)"), ("name", name),
                ]
            )
            times.append((question, MachineTime().uptime - start))
            #expect(auditor.status == 200, "\(question)")
            #expect(auditor.has("<h2 id=\"answer\">\(QuestionWords.title(question))"))
        }
        let words = times.map { "\($0.question.rawValue) \($0.time.milliseconds) ms" }
        print("questions: \(Self.entries) entries: \(words.joined(separator: ", "))")
        for (question, time) in times where !Self.isSanitized {
            #expect(time < .seconds(1), "\(question.rawValue): \(time)")
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
