import Consent
import Directory
import Gateway
import Primitives
import Sheets

/// 同意: what the sending of a draft may stand on. Nothing is chosen beforehand (C-21).
struct DraftGrounds {
    let desk: DraftDesk
    let problems: [JSONPointer: [String]]

    private var visit: Visit { desk.visit }
    private var draft: Draft { desk.draft }

    var html: HTML {
        let (fit, unfit) = sorted
        let records =
            fit.map { choice(.record($0.id), "\(ConsentWords($0, visit).line)") }
            + unfit.map {
                choice(.record($0.id), "\(ConsentWords($0, visit).line)（この宛先・目的・日には使えません）")
            }
        return """
            \(problems.words(under: "consent"))
            <fieldset id="grounds"><legend>この提供の根拠<span class="must">※必須</span></legend>
            \(records)\(notice)
            \(records.isEmpty ? "<p>\(none)</p>" : .nothing)
            <p><button class="plain" name="go" value="/consents">同意を記録しに行く</button></p></fieldset>
            """
    }

    private var none: HTML {
        desk.patient == nil
            ? "利用者の氏名を記入して保存すると、その方の同意が出ます。" : "この方の記録された同意がありません。"
    }

    /// Consents of this person, those first that cover what is to be sent.
    private var sorted: (fit: [ConsentRecord], unfit: [ConsentRecord]) {
        let standing = desk.consents.filter { $0.withdrawal?.isWhole != true }
        let purposes = visit.catalogue.delivery(of: draft.type)?.purposeNames ?? []
        let members = (draft.to + draft.cc).compactMap { visit.gateway.view.member($0)?.membership }
        func fits(_ record: ConsentRecord) -> Bool {
            let hasBegun = record.validFrom <= visit.today
            let hasEnded = record.validTo.map { $0 < visit.today } ?? false
            let isMeant = record.scope.purposes.contains { purpose in
                purposes.contains { $0.hasSameBytes(as: purpose.text) }
            }
            return hasBegun && !hasEnded && (isMeant || purposes.isEmpty)
                && members.allSatisfy(record.scope.names)
        }
        return (standing.filter(fits), standing.filter { !fits($0) })
    }

    /// C-5: a medical institution may rely on a notice in its house.
    private var notice: HTML {
        let isMedical = SheetMaker.medicalTypes.contains { type in
            visit.ownType?.hasSameBytes(as: type) ?? false
        }
        guard isMedical else { return .nothing }
        let version: String? =
            if case .notice(let version)? = draft.consent { version } else { nil }
        return """
            <label class="choice"><input type="radio" name="consent" value="notice"\
            \(version == nil ? .nothing : " checked")>院内掲示による（医療機関どうし・医療機関からの返信）</label>
            <div class="field"><label for="notice">院内掲示の版</label>
            <span class="hint" id="notice-hint">院内に掲示している「個人情報の取り扱い」のお知らせの、\
            日付か版の番号です（例: 令和8年4月版）。</span>
            <input type="text" id="notice" name="notice" value="\(version ?? "")" \
            aria-describedby="notice-hint"></div>
            """
    }

    private func choice(_ value: Draft.ConsentChoice, _ label: HTML) -> HTML {
        let mark: HTML = draft.consent == value ? " checked" : .nothing
        return """
            <label class="choice"><input type="radio" name="consent" value="\(value.text)"\(mark)>\
            \(label)</label>
            """
    }
}
