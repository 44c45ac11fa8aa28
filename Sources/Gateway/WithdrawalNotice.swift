package import Consent
import Directory
package import Primitives
package import Sheets

/// 同意撤回のお知らせ: what the sheet says of a consent that was withdrawn. It names nobody: its
/// recipient knows the record and the sheets by their numbers (C-8).
package struct WithdrawalNotice: Hashable, Sendable, CustomStringConvertible {
    package let consent: ConsentRecordID
    package let giver: ConsentGiver
    /// With the purposes alone as its scope; empty: all.
    package let withdrawal: ConsentWithdrawal
    let sheets: [SheetID]

    package var description: String { "WithdrawalNotice" }

    init(
        _ consent: ConsentRecordID,
        _ withdrawal: ConsentWithdrawal,
        by giver: ConsentGiver,
        about sheets: [SheetID]
    ) {
        self.consent = consent
        self.withdrawal = withdrawal
        self.giver = giver
        self.sheets = sheets
    }

    /// nil of a sheet of another type.
    init?(_ sheet: Sheet) {
        guard sheet.type == .consentWithdrawn, let body = sheet.json["body"] else { return nil }
        self.init(body)
    }

    init?(_ body: JSON) {
        func texts(_ name: String) -> [String] { (body[name]?.array ?? []).compactMap(\.string) }
        guard let consent = body["consentRecordId"]?.string.flatMap({ ConsentRecordID($0) }),
            let day = body["withdrawnOn"]?.string.flatMap(Day.init(_:)),
            let giver = body["withdrawnBy"]?.string
        else { return nil }
        let purposes = texts("scopePurposes").map { ConsentPurpose($0) }
        self.init(
            consent,
            ConsentWithdrawal(on: day, scope: ConsentScope(purposes: purposes)),
            by: ConsentGiver(giver),
            about: texts("sheetIds").compactMap { SheetID($0) }
        )
    }

    /// The body of the sheet.
    var json: JSON {
        let purposes = withdrawal.scope.purposes.map { JSON.string($0.text) }
        return [
            "consentRecordId": .string(consent.text),
            "withdrawnOn": .day(withdrawal.on),
            "withdrawnBy": .string(giver.text),
            "scopePurposes": purposes.isEmpty ? nil : .array(purposes),
            "sheetIds": sheets.isEmpty ? nil : .array(sheets.map { .string($0.text) }),
        ]
    }

    /// As many sheets as one notice names.
    static let mostSheets = 100
}

extension SheetType {
    static let consentWithdrawn: SheetType = {
        guard let type = SheetType("consentWithdrawn") else { preconditionFailure("a fixed type") }
        return type
    }()
}
