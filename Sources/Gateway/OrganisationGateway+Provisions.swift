package import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Sheets
import Storage

// 提供・受領の記録 of one person: on record itself before it is given.
extension OrganisationGateway {
    /// Shows it to a named person. `permits` are of the sheets of one person, as far as that reader
    /// may see them; a sheet that is on its way, came back or was taken back adds nothing.
    package func provisionRecord(
        of permits: [DeskPermit],
        by agent: Agent
    ) async throws(GatewayError) -> ProvisionRecord {
        try await provisionRecord(of: permits, .auditQueried, by: agent)
    }

    /// The same, given as a file. The leaf names the file's hash.
    package func exportedProvisionRecord(
        of permits: [DeskPermit],
        by agent: Agent
    ) async throws(GatewayError) -> CSVFile {
        try await provisionRecord(of: permits, .auditExported, by: agent).file
    }

    private func provisionRecord(
        of permits: [DeskPermit],
        _ event: AuditEvent,
        by agent: Agent
    ) async throws(GatewayError) -> ProvisionRecord {
        let view = view
        let maker = ProvisionMaker(catalogue: catalogue) { view.membership(of: $0)?.profile }
        var lines: [ProvisionLine] = []
        for permit in permits { lines += try await self.lines(of: permit, maker) }
        let found = ProvisionRecord(lines)
        var act = facts(event, by: agent, on: .report(SHA256.hash(found.file.bytes)))
        act.purpose = .review
        if let permit = permits.first { act.patient = try await patient(of: permit.key) }
        try await record([act])
        return found
    }

    private func lines(
        of permit: DeskPermit,
        _ maker: ProvisionMaker
    ) async throws(GatewayError) -> [ProvisionLine] {
        let key = permit.key
        guard key.from == member else {
            let row = try await inboxRow(key)
            guard row.sheet != nil, let sheet = catalogue.stored(try await inboxBundle(key).sheet)
            else { return [] }
            return [maker.line(received: sheet, row)].compactMap(\.self)
        }
        guard let row = try await outboxRow(key) else {
            return maker.lines(onPaper: try await paper(key.messageID))
        }
        let delivered = try await delivered(key)
        return maker.lines(sent: try await draftedSheet(row), row, delivered: delivered)
    }

    func outboxRow(_ key: MessageKey) async throws(GatewayError) -> OutboxRow? {
        try await read { stored throws(StoreError) in try stored.outbox(key.messageID) }
    }

    /// When each recipient's gateway took an own message in, as it says itself.
    private func delivered(_ key: MessageKey) async throws(GatewayError) -> [MemberID: Timestamp] {
        let rows = try await read { stored throws(StoreError) in try stored.receipts(of: key) }
        var times: [MemberID: Timestamp] = [:]
        for row in rows.map(\.statement) {
            guard let recipient = row.slot.recipient,
                let receipt = row.body(as: DeliveredStatement.self)
            else { continue }
            times[recipient] = receipt.head.at
        }
        return times
    }

    func patient(of key: MessageKey) async throws(GatewayError) -> AuditPatient? {
        guard key.from == member else { return try await patient(ofReceived: key) }
        guard let row = try await outboxRow(key) else {
            return try await paper(key.messageID).sheet.auditPatient
        }
        return try await patient(ofSent: row)
    }
}
