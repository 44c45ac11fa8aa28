package import Directory
package import Primitives
package import Sheets

/// The recipient's own check of a signed consent statement, by itself and by what it was told.
package enum ReceivedConsent {
    /// - Parameters:
    ///   - sheet: verified and valid.
    ///   - receiver: this organisation, as the registrar states it.
    ///   - purposes: of which the type of sheet needs one.
    ///   - withdrawals: those that the sender has told of, by record.
    /// - Throws: `ConsentRefusal` (X3, C-1, C-2, C-8, C-9).
    package static func check(
        _ sheet: Sheet,
        receiver: Membership,
        purposes: [ConsentPurpose],
        withdrawals: [ConsentRecordID: [ConsentWithdrawal]]
    ) throws(ConsentRefusal) {
        let need = ConsentNeed(purposes: purposes, recipients: [receiver])
        try sheet.checkStatement(need)
        guard let id = sheet.consent.recordID else { return }
        for withdrawal in withdrawals[id] ?? [] where sheet.issuedOn > withdrawal.on {
            if withdrawal.isWhole { throw ConsentRefusal(.withdrawn, rule: "C-8") }
            try ConsentScope(sheet.consent).cover(need, without: withdrawal.scope)
        }
    }
}
