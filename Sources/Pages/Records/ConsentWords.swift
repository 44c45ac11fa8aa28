import Consent
import Gateway
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
    /// Who explained and took it.
    var explainer: String { record.json["explainedBy"]?.string ?? "" }
    var method: String {
        let method = visit.label(record.json["method"]?.string, "ConsentMethod")
        guard record.template != nil, let text = record.json["explainedText"] else { return method }
        return "\(method)（\(Self.title(text))）"
    }

    /// A template and its version, as a record names them.
    static func title(_ text: JSON) -> String {
        let version = text["version"]?.integer ?? 0
        return "\(text["name"]?.string ?? "") \(English.said("第"))\(version)\(English.said("版"))"
    }

    var scope: String {
        let types = (record.json["scopeOrgTypes"]?.array ?? []).compactMap(\.string)
        return types.map { visit.label($0, "OrgType") }.joined(separator: "、")
    }

    var purposes: String {
        let codes = (record.json["purposes"]?.array ?? []).compactMap(\.string)
        return codes.map { visit.label($0, "ConsentPurpose") }.joined(separator: "、")
    }

    /// Above a received sheet whose sender has told that the consent behind it was withdrawn.
    static func banner(_ notice: WithdrawalNotice, _ visit: Visit) -> HTML {
        let purposes = notice.withdrawal.scope.purposes.map {
            visit.label($0.text, "ConsentPurpose")
        }
        let extent =
            purposes.isEmpty ? English.said("すべて") : purposes.joined(separator: "、")
        let giver = visit.label(notice.giver.text, "ConsentGiver")
        return """
            <p class="problem">この書類の提供の根拠となった同意は撤回されました（撤回日 \
            \(TimeWords.date(notice.withdrawal.on))、撤回した方 \(giver)、範囲 \(extent)）。\
            届いた書類は取り戻されません。保存の義務にもとづく記録として残ります。</p>
            """
    }

    /// One line, to choose by.
    var line: String {
        [giver, state, TimeWords.date(record.validFrom), method, taken].filter { !$0.isEmpty }
            .joined(separator: "　")
    }

    private var taken: String {
        explainer.isEmpty ? "" : English.said("説明") + " " + explainer
    }
}
