import Audit
import Gateway
import Pages
import Primitives
import Staff

/// Answers an auditor's questions, in words for a person or as a file.
struct QuestionDesk {
    let gateway: OrganisationGateway
    let house: GatewayHouse

    /// Of what is shown, and of a file.
    private static let most = 1000
    private static let mostOfFile = 100_000

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "audit.ask": return try await shown(&reader)
        case "audit.answer": return try await file(&reader)
        default: throw GatewayError.notFound
        }
    }

    private func shown(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let inquiry = try inquiry(&reader, Self.most)
        let language = try reader.value("language", Language.init(rawValue:))
        let answer = try await gateway.answer(inquiry, by: try reader.agent())
        let words = try await words()
        let english = try language == .english ? Installation.english() : nil
        return English.$spoken.withValue(english) {
            let head = words.head(answer).map { "\($0.name): \($0.value)" }
            let title = "\(answer.question.rawValue) \(QuestionWords.title(answer.question))"
            let lines = [title] + head + words.figures(answer)
            let rows = answer.rows.isEmpty ? [] : [words.columns(answer)] + words.rows(answer)
            return ControlAnswer([
                "answer": answer.json,
                "lines": .array(lines.map { .string($0) }),
                "rows": .array(rows.map { .array($0.map { .string($0) }) }),
            ])
        }
    }

    private func file(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let inquiry = try inquiry(&reader, Self.mostOfFile)
        let isTable = try reader.text("form").hasSameBytes(as: "csv")
        let words = try await words()
        let bytes = try await gateway.exported(inquiry, by: try reader.agent()) { answer in
            isTable ? words.file(answer).bytes : answer.fhir.canonicalBytes
        }
        guard bytes.count <= Limits.evidenceBytes else { throw PeriodTooLong() }
        return ControlAnswer(files: [bytes])
    }

    private func inquiry(
        _ reader: inout ObjectReader,
        _ most: Int
    ) throws -> OrganisationGateway.Inquiry {
        let question = try reader.value("question", AuditQuestion.init(rawValue:))
        let inquiry = OrganisationGateway.Inquiry(
            question,
            of: try reader.period,
            about: try reader.optionalText("name"),
            most: most
        )
        guard let inquiry else { throw DecodingRefusal(.missingMember, at: "/name") }
        return inquiry
    }

    /// With whose account something is about: that is known to the desk of the staff alone.
    private func words() async throws -> AnswerWords {
        let staff = try await house.staff.desk(of: gateway)
        return AnswerWords(gateway) { staff.displayName(of: $0) }
    }
}
