import Audit
import Configuration
import Pages
import Primitives

extension Command {
    /// The auditor's questions.
    static let auditAsk = Command(
        ["audit", "ask"],
        (
            Phrase(ja: "監査の質問に、記録から答えを出す", en: "answer an auditor's question from the log"),
            Example(
                "audit ask Q3 --from 2026-10-01 --to 2026-10-31 --person - --as 監査太郎 --role clerk",
                Phrase(
                    ja: "氏名を 1 行入力すると、この職員が見たものを示す（質問の一覧は audit ask）",
                    en: "reads a name; what this person saw (audit ask lists the questions)"
                )
            )
        ),
        arguments: [.question],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .fromDay, .toDay, .patient,
            .person, .answerForm, .output, .force, .json,
        ]
    ) { invocation, console in
        guard let word = invocation.optionalText(.question) else {
            try listQuestions(console)
            return .done
        }
        guard let question = AuditQuestion(rawValue: word.uppercased()) else {
            throw UsageError.valueUnfit("QUESTION", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        var members = try asked(question, invocation)
        guard let form = invocation.text(.answerForm) else {
            guard !invocation.has(.output) else {
                throw UsageError.argumentMissing("--form FORM", of: invocation.command.path)
            }
            members["language"] = .string(console.language.rawValue)
            let call = ControlCall("audit.ask", try place.acting(members))
            show(try await place.ask(call).json, invocation, console)
            return .done
        }
        guard question.isOfEntries || form.hasSameBytes(as: "csv") else {
            throw UsageError.valueUnknown("--form", among: ["csv"])
        }
        members["form"] = .string(form)
        let file = try ResultFile(invocation)
        let call = ControlCall("audit.answer", try place.acting(members))
        let bytes = try await place.ask(call).files.first ?? []
        try file.write(bytes)
        return .done
    }

    private static func asked(
        _ question: AuditQuestion,
        _ invocation: Invocation
    ) throws -> JSONObject {
        let period = try days(invocation)
        var members: JSONObject = [
            "question": .string(question.rawValue),
            "from": .string(period.from.description),
            "to": .string(period.to.description),
        ]
        let option: Option? =
            switch question.subject {
            case .office: nil
            case .patient: .patient
            case .person: .person
            }
        for other in [Option.patient, .person] where other.name != option?.name {
            guard !invocation.has(other) else {
                throw UsageError.valueUnfit("--\(other.name)", of: invocation.command.path)
            }
        }
        if let option {
            guard let name = try typedName(option, invocation) else {
                throw UsageError.argumentMissing("--\(option.name)", of: invocation.command.path)
            }
            members["name"] = .string(name)
        }
        return members
    }

    private static func days(_ invocation: Invocation) throws -> AuditPeriod {
        guard let from = invocation.text(.fromDay).flatMap({ Day($0) }),
            let to = invocation.text(.toDay).flatMap({ Day($0) })
        else {
            throw UsageError.argumentMissing("--from DAY --to DAY", of: invocation.command.path)
        }
        guard let period = AuditPeriod(from: from, to: to) else {
            throw UsageError.valueUnfit("--to", of: invocation.command.path)
        }
        return period
    }

    private static func listQuestions(_ console: Console) throws {
        let english = try console.language == .english ? Installation.english() : nil
        English.$spoken.withValue(english) {
            for question in AuditQuestion.allCases {
                console.data("\(question.rawValue)  \(QuestionWords.title(question))")
            }
        }
    }

    private static func show(_ answer: JSON, _ invocation: Invocation, _ console: Console) {
        guard !invocation.has(.json) else {
            console.data(answer["answer"]?.canonicalText ?? "")
            return
        }
        for line in answer["lines"]?.array ?? [] { console.data(line.string ?? "") }
        for row in answer["rows"]?.array ?? [] {
            let cells = (row.array ?? []).map { $0.string ?? "" }.map { $0.isEmpty ? "-" : $0 }
            // A typed text may have several lines; a row has one.
            console.data(cells.map(\.oneLine).joined(separator: "  "))
        }
    }
}

extension String {
    fileprivate var oneLine: String {
        String(map { $0.isNewline ? " " : $0 })
    }
}

extension Argument {
    fileprivate static let question = Argument(
        "QUESTION",
        Phrase(ja: "質問（Q1 など。なければ一覧）", en: "question, such as Q1; without it a list"),
        count: .optional
    )
}

extension Option {
    fileprivate static let person = Option(
        "person",
        "NAME",
        Phrase(
            ja: "職員の氏名（- は標準入力の 1 行）",
            en: "a person's name, - for a line of standard input"
        )
    )
    fileprivate static let answerForm = Option(
        "form",
        "csv|fhir",
        Phrase(
            ja: "ファイルにする形（FHIR R4 AuditEvent は記録だけ）",
            en: "form of a file; FHIR R4 AuditEvent holds entries alone"
        ),
        form: .choice(["csv", "fhir"])
    )
}
