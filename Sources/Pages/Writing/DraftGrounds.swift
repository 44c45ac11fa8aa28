import Consent
import Primitives

/// 同意: what the sending of a draft may stand on. Nothing is chosen beforehand (C-21).
struct DraftGrounds {
    let desk: DraftDesk
    let problems: [JSONPointer: [String]]

    private var visit: Visit { desk.visit }
    private var draft: Draft { desk.draft }

    var html: HTML {
        let records = desk.standingConsents.map { record -> HTML in
            choice(.record(record.id), ConsentWords(record, visit).line)
        }
        return """
            \(problems.words(under: "consent"))
            <fieldset id="grounds"><legend>この提供の根拠<span class="must">※必須</span></legend>
            \(records)\(notice)
            \(records.isEmpty ? "<p>記録された同意がありません。</p>" : .nothing)
            <p><button class="plain" name="go" value="/consents">同意を記録しに行く</button></p></fieldset>
            """
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
            <input type="text" id="notice" name="notice" value="\(version ?? "")"></div>
            """
    }

    private func choice(_ value: Draft.ConsentChoice, _ label: String) -> HTML {
        let mark: HTML = draft.consent == value ? " checked" : .nothing
        return """
            <label class="choice"><input type="radio" name="consent" value="\(value.text)"\(mark)>\
            \(label)</label>
            """
    }
}
