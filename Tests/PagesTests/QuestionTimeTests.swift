import Audit
import Cryptography
import Foundation
import Gateway
import Japanese
import Primitives
import Staff
import TestKit
import Testing

@testable import Pages

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
        let first = town.town.time.now
        for start in stride(from: 0, to: Self.entries, by: 1000) {
            try await gateway.noteStaff(
                (start..<start + 1000).map { Self.act($0, of: gateway.member, from: first) }
            )
        }
        let path = town.path(.clinic, "/audit/questions")
        await auditor.open(path)
        var times: [(question: AuditQuestion, time: Duration)] = []
        for question in AuditQuestion.allCases {
            let name =
                switch question.subject {
                case .office: ""
                case .patient: Self.patient(7)
                case .person: Self.person(7)
                }
            let start = MachineTime().uptime
            await auditor.post(
                path,
                [
                    ("question", question.rawValue), ("from", "\(first.dayInJapan)"),
                    ("to", "\(first.dayInJapan.adding(days: 364))"), ("name", name),
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

    // MARK: A year

    private static func person(_ number: Int) -> String { "職員 \(number % 60)" }
    private static func patient(_ number: Int) -> String { "見本 \(number % 5000)" }

    /// Half of it are looks, the rest confirmations, sign-ins and refusals; by a fixed walk.
    private static func act(_ place: Int, of member: MemberID, from: Timestamp) -> AuditFacts {
        let roll = Int((UInt64(place) &* 0x9E37_79B9_7F4A_7C15) >> 33)
        guard let role = RoleCode("nurse"), let part = ObjectName("sheet.json") else {
            preconditionFailure("fixed names")
        }
        let agent = Agent(.person, name: person(roll / 7), role: role, assurance: .twoFactor)
        let at = from.adding(.seconds(Int64(place) * 364 * 86_400 / Int64(entries)))
        let message = messages[roll / 1000 % messages.count]
        let event: AuditEvent
        let object: AuditObject
        switch roll % 10 {
        case ..<5: (event, object) = (.sheetOpened, .part(part, of: message))
        case ..<6: (event, object) = (.messageConfirmed, .message(message))
        case ..<7: (event, object) = (.sheetPrinted, .part(part, of: message))
        default: (event, object) = (.sessionLogin, .account(accounts[roll / 7 % 60]))
        }
        var act = AuditFacts(event, by: agent, for: PartyID(member), on: object, at: at)
        guard event != .sessionLogin else { return act }
        let name = patient(roll / 1000)
        act.patient = AuditPatient(name, term: SearchText.withoutBlanks(name))
        act.purpose = .care
        return act
    }

    private static let messages = (0..<1000).map { _ in
        MessageID.make(at: Timestamp(milliseconds: 1_774_000_000_000), SystemRandom())
    }
    private static let accounts = (0..<60).map { _ in AccountID.make(SystemRandom()) }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
