import Audit
import Cryptography
import Gateway
import Primitives
import TestKit

/// 2027 in the log of a clinic, and the answers that somebody counted who read its lines.
struct MadeUpYear: Sendable {
    static let first: ByteText = "髙﨑 太郎"
    static let second: ByteText = "見本 花子"
    static let nurse: ByteText = "佐藤 花子"

    struct Answer: Sendable, CustomStringConvertible {
        let question: AuditQuestion
        var name: String?
        let figures: [(AuditAnswer.Figure, Int)]

        var description: String { question.rawValue }
    }

    static let answers = [
        Answer(
            question: .looksAtPatient,
            name: "髙﨑太郎",
            figures: [(.found, 4), (.people, 2), (.patients, 1)]
        ),
        Answer(question: .looksInOrder, name: "髙﨑太郎", figures: [(.found, 3), (.people, 2)]),
        Answer(question: .looksByPerson, name: "佐藤花子", figures: [(.found, 37)]),
        Answer(
            question: .emergencyReadings,
            figures: [(.found, 2), (.notReviewed, 1), (.reviewedLate, 0)]
        ),
        Answer(question: .notArrived, figures: [(.found, 0)]),
        Answer(question: .notTakenOver, figures: [(.found, 0)]),
        Answer(question: .outsideHours, figures: [(.found, 2), (.people, 2), (.patients, 2)]),
        Answer(question: .withoutConsent, figures: [(.found, 1)]),
        Answer(question: .provisions, name: "髙﨑太郎", figures: [(.found, 1)]),
        Answer(
            question: .emergencyExceptions,
            figures: [(.found, 2), (.notReviewed, 1), (.reviewedLate, 1)]
        ),
        Answer(question: .unusualAmounts, figures: [(.found, 1), (.people, 1)]),
        Answer(question: .signIns, figures: [(.found, 2), (.notUsed, 1)]),
        Answer(question: .withoutRelation, figures: [(.found, 35), (.people, 1), (.patients, 2)]),
        Answer(question: .maintenance, figures: [(.found, 5), (.unplanned, 1)]),
        Answer(question: .changes, figures: [(.found, 3)]),
        Answer(question: .fromRevokedKeys, figures: [(.found, 0)]),
        Answer(question: .takenAway, figures: [(.found, 4)]),
        Answer(question: .reviews, figures: [(.found, 1)]),
        Answer(question: .wholeness, figures: [(.found, 1), (.receiptsWithoutProof, 0)]),
    ]

    static func inquiry(
        _ question: AuditQuestion,
        about name: String? = nil
    ) -> OrganisationGateway.Inquiry? {
        guard let from = Day("2027-01-01"), let to = Day("2027-12-31"),
            let period = AuditPeriod(from: from, to: to)
        else { return nil }
        return OrganisationGateway.Inquiry(question, of: period, about: name, most: 1000)
    }

    /// A clinic that has had this year; whatever is asked comes after it.
    static func office() async throws -> (gateway: OrganisationGateway, town: Town) {
        let town = try await Town.make(places: [.clinic])
        let gateway = town.office(.clinic)
        try await gateway.noteStaff(MadeUpYear(of: gateway.member).acts)
        return (gateway, town)
    }

    // MARK: The lines

    let member: MemberID
    let messages: [MessageID]
    let consents: [ConsentRecordID]
    let accounts: [AccountID]
    let plans: [MaintenanceID]

    private init(of member: MemberID) {
        self.member = member
        let random = SeededRandom(seed: 5)
        messages = (0..<3).map { _ in MessageID.make(at: SimulatedTime.start, random) }
        consents = (0..<2).map { _ in ConsentRecordID.make(random) }
        accounts = (0..<2).map { _ in AccountID.make(random) }
        plans = (0..<2).map { _ in MaintenanceID.make(random) }
    }
}
