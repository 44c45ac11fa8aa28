import Directory
package import Primitives
package import Sheets

/// The consents an organisation holds, as they stand at one moment.
package struct ConsentRegister: Sendable {
    private let records: [ConsentRecordID: ConsentRecord]

    package init(records: [ConsentRecord]) {
        self.records = Dictionary(records.map { ($0.id, $0) }) { _, last in last }
    }

    /// Decides whether `sheet` may go to `recipients`.
    ///
    /// The sheet has passed validation, so its statement is complete and covers purpose and the
    /// recipients *it* names. Here it is compared with the record it rests on and with the members
    /// that would really get it.
    ///
    /// - Throws: `ConsentRefusal` (C-1, C-2, C-3, C-8, C-9).
    package func permit(
        _ sheet: Sheet,
        to recipients: [Permit.Recipient],
        purposes: [String],
        at now: Timestamp
    ) throws(ConsentRefusal) -> Permit {
        guard !recipients.isEmpty else { throw ConsentRefusal(.recipient, rule: "C-2") }
        for recipient in recipients {
            try check(sheet.consent, covers: recipient)
        }
        return Permit(
            sheet: sheet,
            recipients: recipients,
            ground: try ground(of: sheet, recipients, purposes, on: now.dayInJapan),
            grantedAt: now
        )
    }

    private func ground(
        of sheet: Sheet,
        _ recipients: [Permit.Recipient],
        _ purposes: [String],
        on today: Day
    ) throws(ConsentRefusal) -> Permit.Ground {
        switch sheet.consent.status {
        case "notRequired": return .noPersonalData
        case "legalException": return .law
        case "emergencyException": return .emergency
        case "implied": return .impliedByNotice
        case "obtained", "obtainedFromProxy":
            let record = try standingRecord(of: sheet.consent, on: today)
            try check(record, covers: sheet, recipients, purposes, on: today)
            return .record(record.id)
        case "withdrawn", "refused": throw ConsentRefusal(.withdrawn, rule: "X3")
        default: throw ConsentRefusal(.none, rule: "C-1")
        }
    }

    private func standingRecord(
        of statement: ConsentStatement,
        on today: Day
    ) throws(ConsentRefusal) -> ConsentRecord {
        guard let id = statement.recordID, let record = records[id] else {
            throw ConsentRefusal(.none, rule: "C-2")
        }
        if let withdrawal = record.withdrawal, withdrawal.purposes.isEmpty {
            throw ConsentRefusal(.withdrawn, rule: "C-8")
        }
        guard ["obtained", "obtainedFromProxy"].contains(record.status) else {
            throw ConsentRefusal(.none, rule: "C-1")
        }
        guard record.validFrom <= today else { throw ConsentRefusal(.scope, rule: "C-2") }
        if let end = record.validTo, end < today { throw ConsentRefusal(.expired, rule: "C-2") }
        return record
    }

    private func check(
        _ record: ConsentRecord,
        covers sheet: Sheet,
        _ recipients: [Permit.Recipient],
        _ purposes: [String],
        on today: Day
    ) throws(ConsentRefusal) {
        let ended = record.withdrawal?.purposes ?? []
        for purpose in purposes {
            guard record.purposes.contains(purpose) else {
                throw ConsentRefusal(.scope, rule: "C-2")
            }
            guard !ended.contains(purpose) else { throw ConsentRefusal(.withdrawn, rule: "C-9") }
        }
        guard record.sheetTypes.isEmpty || record.sheetTypes.contains(sheet.type.text) else {
            throw ConsentRefusal(.scope, rule: "C-2")
        }
        for recipient in recipients {
            let isNamed = recipient.membership.officeNumbers.contains { number in
                record.organisationNumbers.contains(number.value)
            }
            let isOfType = record.organisationTypes.contains(
                recipient.membership.organisationType.text
            )
            guard isNamed || isOfType else { throw ConsentRefusal(.recipient, rule: "C-2") }
        }
        if sheet.consent.hasFamilyConsent, !record.hasFamilyConsent {
            throw ConsentRefusal(.family, rule: "C-3")
        }
    }

    private func check(
        _ statement: ConsentStatement,
        covers recipient: Permit.Recipient
    ) throws(ConsentRefusal) {
        guard
            statement.covers(
                type: recipient.membership.organisationType.text,
                numbers: recipient.membership.officeNumbers.map(\.value)
            )
        else { throw ConsentRefusal(.recipient, rule: "C-2") }
    }
}
