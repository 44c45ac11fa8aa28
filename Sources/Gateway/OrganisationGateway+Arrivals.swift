import Audit
import Delivery
import Directory
import Primitives
import Sheets
import Storage

// Questions about messages: what the log says of them is joined with where they stand now.
extension OrganisationGateway {
    private static let unarrived: [DeliveryState] = [
        .queued, .accepted, .undeliverable, .expired, .refused,
    ]

    /// Each copy of what was written in the period and has not come to its recipient, with how
    /// often people here were told of it.
    func notArrived(in period: AuditPeriod) async throws(GatewayError) -> AuditTableau {
        let own = member
        let found = try await read { stored throws(StoreError) in
            var found: [(row: OutboxRow, copy: OutboxCopy, told: Int)] = []
            for state in Self.unarrived {
                for row in try stored.outbox(state: state, limit: .max)
                where period.contains(row.createdAt) {
                    let key = MessageKey(from: own, messageID: row.message)
                    let warnings = try stored.warnings(of: key)
                    for copy in row.copies where copy.state == state {
                        let told = warnings.count { $0.to == copy.to }
                        found.append((row, copy, told))
                    }
                }
            }
            return found
        }
        let rows = found.sorted { $0.row.createdAt < $1.row.createdAt }.map {
            row,
            copy,
            told -> [AuditAnswer.Cell] in
            [
                .time(row.createdAt), .organisation(copy.to), .code(row.sheetType.text),
                .code(copy.state.rawValue), .time(copy.movedAt), .number(told),
                .message(row.message),
            ]
        }
        return AuditTableau(
            [.time, .organisation, .sheetType, .state, .last, .count, .message],
            rows
        )
    }

    /// What came in during the period and nobody has opened, or nobody has confirmed.
    func notTakenOver(in period: AuditPeriod) async throws(GatewayError) -> AuditTableau {
        let found = try await read { stored throws(StoreError) in
            let rows =
                try stored.inbox(state: .delivered, limit: .max)
                + stored.inbox(state: .opened, limit: .max)
            return rows.filter { period.contains($0.receivedAt) && $0.replacedBy == nil }
        }
        let today = time.now.dayInJapan.daysSince1970
        let rows = found.sorted { $0.receivedAt < $1.receivedAt }.map {
            row -> [AuditAnswer.Cell] in
            [
                .time(row.receivedAt), .organisation(row.key.from),
                row.sheet.map { .code($0.sheetType.text) } ?? .nothing,
                row.sheet?.desk.map { .desk($0) } ?? .nothing,
                .code(row.state?.rawValue ?? ""),
                .number(today - row.movedAt.dayInJapan.daysSince1970),
                .message(row.key.messageID),
            ]
        }
        return AuditTableau(
            [.time, .organisation, .sheetType, .desk, .state, .days, .message],
            rows
        )
    }

    /// What of a patient was signed for others and what came in, each with where it stands now.
    func provisions(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let places = try await survey.places(
            of: inquiry.question.events,
            tagged: try await patient(inquiry.name)
        )
        let entries = try await entries(at: places.suffix(inquiry.most))
        var rows: [[AuditAnswer.Cell]] = []
        for entry in entries {
            for way in try await ways(of: entry) {
                rows.append(
                    [entry.cell(.time), entry.cell(.act)] + way
                        + [entry.cell(.person), entry.cell(.message)]
                )
            }
        }
        return AuditTableau(
            [.time, .act, .organisation, .sheetType, .state, .person, .message],
            rows,
            entries: entries
        )
    }

    /// Organisation, type of sheet and state; of an own message one for each recipient.
    private func ways(
        of entry: AuditedEntry
    ) async throws(GatewayError) -> [[AuditAnswer.Cell]] {
        let unknown = [[entry.cell(.organisation), AuditAnswer.Cell.nothing, .nothing]]
        guard let message = entry.message else { return unknown }
        guard case .organisation(let sender) = entry.cell(.organisation) else {
            let row = try await read { stored throws(StoreError) in try stored.outbox(message) }
            guard let row, entry.leaf.facts.event == .messageSigned else { return unknown }
            return row.copies.map { copy in
                [
                    .organisation(copy.to), .code(row.sheetType.text),
                    .code(copy.state.rawValue),
                ]
            }
        }
        let key = MessageKey(from: sender, messageID: message)
        let row = try await read { stored throws(StoreError) in try stored.inbox(key) }
        return [
            [
                .organisation(sender),
                row?.sheet.map { .code($0.sheetType.text) } ?? .nothing,
                row?.state.map { .code($0.rawValue) } ?? .nothing,
            ]
        ]
    }

    /// What was taken in from a key after the date from which it is not to be trusted.
    func fromRevokedKeys(in period: AuditPeriod) async throws(GatewayError) -> AuditTableau {
        let found = try await affected().filter { period.contains($0.acceptedAt) }
        let rows = found.sorted { $0.acceptedAt < $1.acceptedAt }.map {
            item -> [AuditAnswer.Cell] in
            [
                .time(item.acceptedAt), .organisation(item.row.key.from),
                item.row.sheet.map { .code($0.sheetType.text) } ?? .nothing,
                item.opened?.name.map { .text(ByteText($0)) } ?? .nothing,
                item.opened.map { .time($0.at) } ?? .nothing,
                item.decision.map { .code($0.rawValue) } ?? .nothing,
                .message(item.row.key.messageID),
            ]
        }
        return AuditTableau(
            [.time, .organisation, .sheetType, .person, .first, .verdict, .message],
            rows
        )
    }
}
