package import Directory
package import Primitives
package import Sheets

/// The recipient's own check of a signed consent statement, against itself and what it was told.
package enum ReceivedConsent {
    /// - Parameters:
    ///   - sheet: verified and valid.
    ///   - receiver: this organisation, as the registrar states it.
    ///   - purposes: what the sheet type needs.
    ///   - withdrawals: records whose withdrawal this organisation was told of, with the day.
    /// - Throws: `ConsentRefusal` (C-1, C-2, C-8).
    package static func check(
        _ sheet: Sheet,
        receiver: Membership,
        purposes: [String],
        withdrawals: [ConsentRecordID: Day]
    ) throws(ConsentRefusal) {
        let statement = sheet.consent
        switch statement.status {
        case "withdrawn", "refused": throw ConsentRefusal(.withdrawn, rule: "X3")
        case "pending": throw ConsentRefusal(.none, rule: "C-1")
        default: break
        }
        guard
            statement.covers(
                type: receiver.organisationType.text,
                numbers: receiver.officeNumbers.map(\.value)
            )
        else { throw ConsentRefusal(.recipient, rule: "C-2") }
        for purpose in purposes where !statement.purposes.contains(purpose) {
            throw ConsentRefusal(.scope, rule: "C-2")
        }
        if let id = statement.recordID, let day = withdrawals[id], sheet.issuedOn >= day {
            throw ConsentRefusal(.withdrawn, rule: "C-8")
        }
    }
}

extension ConsentStatement {
    /// Whether an organisation of this type, or with one of these numbers, is in the scope (C-2).
    /// A legal exception and a sheet without personal data have no scope (CF5).
    func covers(type: String, numbers: [String]) -> Bool {
        if status == "legalException" || status == "notRequired" { return true }
        return organisationTypes.contains(type)
            || numbers.contains { organisationNumbers.contains($0) }
    }
}
