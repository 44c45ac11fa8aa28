package import Directory
package import Primitives
package import Sheets

/// The consents an organisation holds, as they stand at one moment.
package struct ConsentRegister: Sendable {
    private let records: [ConsentRecordID: ConsentRecord]
    private let holder: Membership

    /// `holder` is the organisation, as the registrar states it.
    package init(records: [ConsentRecord], heldBy holder: Membership) {
        self.records = Dictionary(records.map { ($0.id, $0) }) { _, last in last }
        self.holder = holder
    }

    /// Decides whether `sheet` may go to `recipients`.
    ///
    /// The sheet has passed validation, so its statement is complete and covers the recipients *it*
    /// names. Here statement and record are compared with the members that would really get it.
    ///
    /// - Throws: `ConsentRefusal` (X3, C-1, C-2, C-3, C-7, C-8, C-9, C-11, C-22).
    package func permit(
        _ sheet: Sheet,
        to recipients: [Permit.Recipient],
        under terms: ConsentTerms,
        at now: Timestamp
    ) throws(ConsentRefusal) -> Permit {
        let ground = try judge(sheet, recipients.map(\.membership), terms, at: now)
        return Permit(
            sheet: sheet,
            recipients: recipients,
            ground: ground,
            grantedAt: now
        )
    }

    /// Decides the same where the sheet goes on paper: nothing is sealed, so no key is asked for.
    ///
    /// - Throws: as `permit`.
    package func allowPaper(
        _ sheet: Sheet,
        to recipients: [Membership],
        under terms: ConsentTerms,
        at now: Timestamp
    ) throws(ConsentRefusal) {
        _ = try judge(sheet, recipients, terms, at: now)
    }

    private func judge(
        _ sheet: Sheet,
        _ recipients: [Membership],
        _ terms: ConsentTerms,
        at now: Timestamp
    ) throws(ConsentRefusal) -> Permit.Ground {
        guard holder.standing.status != .left else { throw ConsentRefusal(.left, rule: "C-22") }
        let need = ConsentNeed(purposes: terms.purposes, recipients: recipients)
        guard !recipients.isEmpty else { throw ConsentRefusal(.recipient, rule: "C-2") }
        try sheet.checkStatement(need)
        guard terms.sentence?.isTrue(of: sheet.consent) ?? true else {
            throw ConsentRefusal(.statement, rule: "C-7")
        }
        return try ground(of: sheet, need, on: now.dayInJapan)
    }

    private func ground(
        of sheet: Sheet,
        _ need: ConsentNeed,
        on today: Day
    ) throws(ConsentRefusal) -> Permit.Ground {
        switch sheet.consent.status {
        case .notRequired: return .noPersonalData
        case .legalException: return .law
        case .emergencyException: return .emergency
        case .implied: return .impliedByNotice
        case .obtained, .obtainedFromProxy:
            let record = try standingRecord(of: sheet.consent, on: today)
            if let patient = PatientReference(ofPatient: sheet.json["patient"]),
                !record.patient.isSame(as: patient)
            {
                throw ConsentRefusal(.person, rule: "C-2")
            }
            try record.scope.cover(need, without: record.withdrawal?.scope)
            guard record.sheetTypes.isEmpty || record.sheetTypes.contains(sheet.type) else {
                throw ConsentRefusal(.scope, rule: "C-2")
            }
            if sheet.consent.familyInfoConsent, !record.hasFamilyConsent {
                throw ConsentRefusal(.family, rule: "C-3")
            }
            return .record(record.id)
        case .pending, .withdrawn, .refused: throw ConsentRefusal(.none, rule: "C-1")
        }
    }

    private func standingRecord(
        of statement: ConsentStatement,
        on today: Day
    ) throws(ConsentRefusal) -> ConsentRecord {
        guard let id = statement.recordID, let record = records[id] else {
            throw ConsentRefusal(.none, rule: "C-2")
        }
        if record.withdrawal?.isWhole == true { throw ConsentRefusal(.withdrawn, rule: "C-8") }
        // The sheet tells others who consented; it must be what the record says.
        guard record.status == statement.status, record.givenBy == statement.givenBy else {
            throw ConsentRefusal(.none, rule: "C-11")
        }
        guard record.validFrom <= today else { throw ConsentRefusal(.scope, rule: "C-2") }
        if let end = record.validTo, end < today { throw ConsentRefusal(.expired, rule: "C-2") }
        return record
    }
}
