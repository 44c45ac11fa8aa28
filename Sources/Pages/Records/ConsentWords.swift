import Consent
import Primitives
import Sheets

/// A consent in words: what stands, until when, from whom.
struct ConsentWords {
    private let record: ConsentRecord
    private let visit: Visit

    init(_ record: ConsentRecord, _ visit: Visit) {
        self.record = record
        self.visit = visit
    }

    var state: String {
        guard let withdrawal = record.withdrawal else {
            if let end = record.validTo, end < visit.today { return English.said("期限切れ") }
            return visit.label(record.status.rawValue, "ConsentStatus")
        }
        return English.said(withdrawal.isWhole ? "撤回" : "一部撤回")
    }

    var patient: String { record.patient.fullName ?? record.patient.fullNameKana ?? "" }
    var giver: String { record.json["giverName"]?.string ?? "" }
    var method: String { visit.label(record.json["method"]?.string, "ConsentMethod") }

    var scope: String {
        let types = (record.json["scopeOrgTypes"]?.array ?? []).compactMap(\.string)
        return types.map { visit.label($0, "OrgType") }.joined(separator: "、")
    }

    var purposes: String {
        let codes = (record.json["purposes"]?.array ?? []).compactMap(\.string)
        return codes.map { visit.label($0, "ConsentPurpose") }.joined(separator: "、")
    }

    /// One line, to choose by.
    var line: String { "\(giver)　\(state)　\(TimeWords.date(record.validFrom))　\(method)" }
}
