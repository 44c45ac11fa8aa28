package import Primitives

/// The answer to a question about an access log: numbers, and a table of what they count. Whoever
/// shows it finds the words.
package struct AuditAnswer: Sendable, CustomStringConvertible {
    package enum Column: String, CaseIterable, Sendable {
        case time, day, person, patient, act, purpose, outcome, reason, remark, message
        case organisation, sheetType, state, desk, count, usual, first, last, reviewedAt, reviewer
        case verdict, days
    }

    package enum Cell: Hashable, Sendable {
        case nothing
        case time(Timestamp)
        case day(Day)
        /// Who acted; without a name where none is known any more, or where no person did.
        case person(name: ByteText?, RoleCode, AgentKind)
        case patient(ByteText)
        /// Somebody with an account, who need not be the one who acts.
        case account(AccountID)
        case act(AuditEvent)
        case purpose(AuditPurpose)
        case outcome(AuditOutcome)
        case reason(AuditReason)
        /// As a person typed it.
        case text(ByteText)
        case message(MessageID)
        case organisation(MemberID)
        case desk(DeskID)
        /// A code of a list that another module knows.
        case code(String)
        case number(Int)
    }

    package enum Figure: String, CaseIterable, Sendable {
        /// All that the table has rows for, whether it shows them or not.
        case found
        case people, patients, notReviewed, reviewedLate, notUsed, unplanned
        /// Entries of the name that was asked for, at any time: 0 where nobody has it.
        case ofName
        case leaves, cosignatures, receiptsWithoutProof
    }

    package let question: AuditQuestion
    package let period: AuditPeriod
    /// The head of the log that it was made from.
    package let checkpoint: Checkpoint
    package private(set) var figures: [(name: Figure, value: Int)]
    package let columns: [Column]
    package let rows: [[Cell]]
    /// What the rows were made of, where they were made of entries alone.
    package let entries: [AuditedEntry]

    package var description: String { "AuditAnswer(\(question.rawValue))" }

    package init(
        _ question: AuditQuestion,
        of period: AuditPeriod,
        from checkpoint: Checkpoint,
        _ table: AuditTableau
    ) {
        self.question = question
        self.period = period
        self.checkpoint = checkpoint
        columns = table.columns
        rows = table.rows
        entries = table.entries
        figures = [(.found, table.total)] + table.figures
    }

    package subscript(figure: Figure) -> Int? { figures.first { $0.name == figure }?.value }

    /// By codes; what its hash stands for in the log.
    package var json: JSON {
        var numbers = JSONObject()
        for figure in figures { numbers[figure.name.rawValue] = .integer(Int64(figure.value)) }
        return [
            "question": .string(question.rawValue),
            "from": .string(period.from.description),
            "to": .string(period.to.description),
            "origin": .string(checkpoint.origin.text),
            "size": .integer(Int64(checkpoint.head.size)),
            "root": .string(Base64.encode(checkpoint.head.root.bytes, .standard)),
            "events": .array(question.events.map(\.rawValue).sorted().map { .string($0) }),
            "figures": .object(numbers),
            "rows": .array(rows.map(row)),
        ]
    }

    private func row(_ cells: [Cell]) -> JSON {
        var object = JSONObject()
        for (column, cell) in zip(columns, cells) { object[column.rawValue] = cell.json }
        return .object(object)
    }
}

/// The rows of an answer before it is known what they answer.
package struct AuditTableau: Sendable {
    package let columns: [AuditAnswer.Column]
    package let rows: [[AuditAnswer.Cell]]
    package let entries: [AuditedEntry]
    package let total: Int
    package var figures: [(name: AuditAnswer.Figure, value: Int)] = []

    /// `total` is of the rows there are; nil: these.
    package init(
        _ columns: [AuditAnswer.Column],
        _ rows: [[AuditAnswer.Cell]],
        entries: [AuditedEntry] = [],
        of total: Int? = nil
    ) {
        self.columns = columns
        self.rows = rows
        self.entries = entries
        self.total = total ?? rows.count
    }
}

extension AuditAnswer.Cell {
    fileprivate var json: JSON? {
        switch self {
        case .nothing: nil
        case .time(let time): .string(time.description)
        case .day(let day): .string(day.description)
        case .person(let name, let role, let kind):
            [
                "name": name.map { .string($0.text) }, "role": .string(role.text),
                "kind": .string(kind.rawValue),
            ]
        case .patient(let name), .text(let name): .string(name.text)
        case .account(let account): .string(account.text)
        case .act(let event): .string(event.rawValue)
        case .purpose(let purpose): .string(purpose.rawValue)
        case .outcome(let outcome): .integer(Int64(outcome.rawValue))
        case .reason(let reason): .string(reason.text)
        case .message(let message): .string(message.text)
        case .organisation(let member): .string(member.text)
        case .desk(let desk): .string(desk.text)
        case .code(let code): .string(code)
        case .number(let number): .integer(Int64(number))
        }
    }
}
