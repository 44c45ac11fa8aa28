package import Audit
import Cryptography
import Delivery
import Directory
import Japanese
import Primitives
import Sheets
import Storage

// The auditor's questions about the own access log. What a question counts is counted by the index;
// only what it shows is opened.
extension OrganisationGateway {
    /// A question with all that it needs.
    package struct Inquiry: Sendable, CustomStringConvertible {
        package let question: AuditQuestion
        package let period: AuditPeriod
        /// The name of the patient or of the person; empty for a question about the office.
        package let name: String
        /// At most so many rows that are made of single entries: the newest.
        package let most: Int

        package var description: String { "Inquiry(\(question.rawValue))" }

        /// - Returns: nil where a question about somebody has no name.
        package init?(
            _ question: AuditQuestion,
            of period: AuditPeriod,
            about name: String? = nil,
            most: Int
        ) {
            let name = name ?? ""
            guard question.subject == .office || name.contains(where: { !$0.isWhitespace }) else {
                return nil
            }
            self.question = question
            self.period = period
            self.name = name
            self.most = most
        }
    }

    /// Answers a question; that it was asked is on record by the hash of the answer.
    package func answer(
        _ inquiry: Inquiry,
        by agent: Agent
    ) async throws(GatewayError) -> AuditAnswer {
        let answer = try await answer(inquiry)
        try await record([act(.auditQueried, inquiry, answer.json.canonicalBytes, by: agent)])
        return answer
    }

    /// The same, given as a file. The leaf names the file's hash.
    package func exported(
        _ inquiry: Inquiry,
        by agent: Agent,
        as file: (AuditAnswer) -> [UInt8]
    ) async throws(GatewayError) -> [UInt8] {
        let bytes = file(try await answer(inquiry))
        try await record([act(.auditExported, inquiry, bytes, by: agent)])
        return bytes
    }

    private func act(
        _ event: AuditEvent,
        _ inquiry: Inquiry,
        _ report: [UInt8],
        by agent: Agent
    ) -> AuditFacts {
        var act = facts(event, by: agent, on: .report(SHA256.hash(report)))
        act.purpose = .review
        act.reason = AuditReason(inquiry.question.rawValue.lowercased())
        if inquiry.question.subject == .patient {
            act.patient = AuditPatient(named: inquiry.name, birthDate: nil)
        }
        return act
    }

    private func answer(_ inquiry: Inquiry) async throws(GatewayError) -> AuditAnswer {
        let checkpoint = try await auditCheckpoint()
        let survey = try await survey(of: inquiry.period, below: checkpoint)
        var table = try await tableau(inquiry, survey)
        if let tags = try await tags(of: inquiry) {
            let tree = checkpoint.origin
            let known = try await read { stored throws(StoreError) in
                var count = 0
                for tag in tags {
                    count += try stored.leaves(tagged: tag, in: tree, .all, limit: .max).count
                }
                return count
            }
            table.figures.append((.ofName, known))
        }
        return AuditAnswer(inquiry.question, of: inquiry.period, from: checkpoint, table)
    }

    /// Of the name that is asked for; nil for a question about the office.
    private func tags(of inquiry: Inquiry) async throws(GatewayError) -> [IndexTag]? {
        switch inquiry.question.subject {
        case .office: nil
        case .patient: try await patient(inquiry.name)
        case .person: try await actors(inquiry.name)
        }
    }

    private func tableau(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        switch inquiry.question {
        case .looksAtPatient:
            return try await list(
                [.time, .person, .act, .purpose, .outcome, .message],
                inquiry,
                try await survey.places(of: inquiry.question.events, tagged: patient(inquiry.name))
            )
        case .looksInOrder:
            let places = try await survey.places(
                of: inquiry.question.events,
                tagged: patient(inquiry.name)
            )
            return AuditTableau(byPersonAndDay: try await entries(at: places))
        case .looksByPerson:
            return try await list(
                [.time, .patient, .act, .purpose, .outcome, .message],
                inquiry,
                try await survey.places(
                    of: inquiry.question.events,
                    tagged: try await actors(inquiry.name)
                )
            )
        case .outsideHours: return try await outsideHours(inquiry, survey)
        case .emergencyReadings, .emergencyExceptions: return try await reviewed(inquiry, survey)
        case .provisions: return try await provisions(inquiry, survey)
        case .notArrived: return try await notArrived(in: inquiry.period)
        case .notTakenOver: return try await notTakenOver(in: inquiry.period)
        case .fromRevokedKeys: return try await fromRevokedKeys(in: inquiry.period)
        case .withoutRelation: return try await withoutRelation(inquiry, survey)
        case .maintenance: return try await maintenance(inquiry, survey)
        case .unusualAmounts: return try await unusualAmounts(inquiry, survey)
        case .signIns: return try await signIns(inquiry, survey)
        case .wholeness: return try await wholeness(inquiry, survey)
        case .reviews:
            let places = try await survey.places(of: inquiry.question.events)
            let shown = try await entries(at: places.suffix(inquiry.most))
            return AuditTableau(reviews: shown, of: places.count)
        case .withoutConsent, .changes, .takenAway:
            let places = try await survey.places(of: inquiry.question.events)
            return try await list(Self.columns(inquiry.question), inquiry, places)
        }
    }

    private static func columns(_ question: AuditQuestion) -> [AuditAnswer.Column] {
        switch question {
        case .withoutConsent: [.time, .person, .patient, .organisation, .reason]
        case .changes: [.time, .person, .act, .patient, .outcome, .reason]
        default: [.time, .person, .act, .patient, .organisation, .outcome, .message]
        }
    }

    /// One row for each entry, the newest of them.
    func list(
        _ columns: [AuditAnswer.Column],
        _ inquiry: Inquiry,
        _ places: [UInt64]
    ) async throws(GatewayError) -> AuditTableau {
        AuditTableau(
            of: try await entries(at: places.suffix(inquiry.most)),
            columns,
            total: places.count
        )
    }

    // MARK: Whom

    /// A name has another tag under the key of each year.
    func patient(_ name: String) async throws(GatewayError) -> [IndexTag] {
        try await yearKeys().map { $0.tag(.patient, SearchText.name(name).bytes) }
    }

    /// All tags of a person who acted here, in any spelling.
    private func actors(_ name: String) async throws(GatewayError) -> [IndexTag] {
        let wanted = ByteText(SearchText.name(name))
        var found: [IndexTag] = []
        for actor in try await actors() where ByteText(SearchText.name(actor.name)) == wanted {
            found.append(actor.tag)
        }
        return found
    }

    /// Whoever has acted here, as an entry of each tells.
    func actors() async throws(GatewayError) -> [(tag: IndexTag, name: String)] {
        let origin = accessOrigin
        let known = try await read { stored throws(StoreError) in
            try stored.tags(of: .actor).map { tag throws(StoreError) in
                (tag: tag, place: try stored.leaves(tagged: tag, in: origin, .all, limit: 1).first)
            }
        }
        let firsts = known.compactMap(\.place)
        let names = try await entries(at: firsts).map(\.actorName)
        var actors: [(tag: IndexTag, name: String)] = []
        for (actor, name) in zip(known.filter { $0.place != nil }, names) {
            guard let name else { continue }
            actors.append((actor.tag, name))
        }
        return actors
    }
}
