import Consent
import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff

/// 同意の撤回: all of a consent or a part (C-9), who is told of it, and how far that has come (C-8).
/// Neither who asked for it nor how far it goes is chosen beforehand (C-21).
enum WithdrawalPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/consents/{record}/withdraw", to: &router, ask)
        door.post("/consents/{record}/withdraw", to: &router, withdraw)
        door.post("/consents/{record}/tell", to: &router, tell)
    }

    private static func ask(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.withdrawConsent)
        let record = try await ConsentPages.find(visit, captures)
        return .page(try await WithdrawalPage(visit, record).html([]))
    }

    private static func withdraw(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.withdrawConsent)
        let record = try await ConsentPages.find(visit, captures)
        let page = visit.path("/consents/\(record.id)/withdraw")
        guard record.withdrawal?.isWhole != true else { return .seeOther(page) }
        let asked = WithdrawalForm(visit, record)
        guard let giver = asked.giver, let scope = asked.scope else {
            let html = try await WithdrawalPage(visit, record).html(asked.problems)
            return .page(html, status: 400)
        }
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.withdrawConsent(record.id, of: scope, giver: giver, by: agent)
        }
        return .seeOther(page)
    }

    private static func tell(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.withdrawConsent)
        let record = try await ConsentPages.find(visit, captures)
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.tellWithdrawal(of: record.id, by: agent)
        }
        return .seeOther(visit.path("/consents/\(record.id)/withdraw"))
    }
}

/// What was chosen of a withdrawal.
private struct WithdrawalForm {
    let giver: ConsentGiver?
    /// nil where nothing was chosen, or a part without saying which.
    let scope: ConsentScope?

    init(_ visit: Visit, _ record: ConsentRecord) {
        let word = visit.form["giver"] ?? ""
        let isKnown = visit.catalogue.label(word, in: "ConsentGiver") != nil
        giver = isKnown ? ConsentGiver(word) : nil
        let purposes = record.scope.purposes.filter { purpose in
            visit.form.all("purposes").contains { $0.hasSameBytes(as: purpose.text) }
        }
        let types = record.scope.organisationTypes.filter { type in
            visit.form.all("scopeOrgTypes").contains { $0.hasSameBytes(as: type.text) }
        }
        let part = ConsentScope(purposes: purposes, organisationTypes: types)
        switch visit.form["extent"] {
        case "whole": scope = ConsentScope()
        case "part": scope = part.isEmpty ? nil : part
        default: scope = nil
        }
    }

    var problems: [HTML] {
        [
            giver == nil ? "<a href=\"#giver\">撤回を申し出た方を選んでください</a>" : nil,
            scope == nil ? "<a href=\"#extent\">どこまで撤回するかを選んでください</a>" : nil,
        ].compactMap(\.self)
    }
}

/// The page before and after it was recorded.
private struct WithdrawalPage {
    let visit: Visit
    let record: ConsentRecord
    let reliance: OrganisationGateway.Reliance

    init(_ visit: Visit, _ record: ConsentRecord) async throws(PageRefusal) {
        self.visit = visit
        self.record = record
        reliance = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.reliance(on: record.id)
        }
    }

    func html(_ problems: [HTML]) -> HTML {
        let words = ConsentWords(record, visit)
        let body: HTML = """
            <dl><dt>利用者</dt><dd>\(words.patient)</dd>
            <dt>同意した方</dt><dd>\(words.giver)</dd><dt>取得日</dt>
            <dd>\(TimeWords.date(record.validFrom))</dd><dt>目的</dt><dd>\(words.purposes)</dd>
            <dt>提供先</dt><dd>\(words.scope)</dd><dt>状態</dt><dd>\(words.state)</dd></dl>
            \(record.withdrawal?.isWhole == true ? .nothing : form)
            <h2>この同意にもとづく書類がある機関</h2>\(organisations)\(again)
            <p><a href="\(visit.path("/consents"))">同意の一覧</a></p>
            """
        return PageFrame(title: "同意の撤回", problems: problems)
            .page(body, for: visit, at: .consents)
    }

    private var form: HTML {
        let path = visit.path("/consents/\(record.id)/withdraw")
        return """
            <p class="problem">撤回を記録すると、この同意にもとづく新しい送信はできなくなり、送信待ちの書類は止まります。\
            まだ届いていない書類は取り消します。すでに届いた書類は取り戻せません。届いた機関には、撤回した日と範囲を知らせます。\
            元に戻せません。</p>
            <form method="post" action="\(path)">\(visit.token)
            <fieldset id="giver"><legend>撤回を申し出た方<span class="must">※必須</span></legend>
            \(ConsentForm.options("giver", "ConsentGiver", visit, chosen: nil))</fieldset>
            <fieldset id="extent"><legend>どこまで撤回しますか<span class="must">※必須</span></legend>
            <div class="choices"><label class="choice"><input type="radio" name="extent" \
            value="whole" required>すべて</label>
            <label class="choice"><input type="radio" name="extent" value="part" required>\
            一部だけ（下で選ぶ）</label></div></fieldset>
            <fieldset><legend>一部だけのとき: やめる目的</legend>
            \(boxes("purposes", record.scope.purposes.map(\.text), "ConsentPurpose"))</fieldset>
            <fieldset><legend>一部だけのとき: やめる提供先の種類</legend>
            \(boxes("scopeOrgTypes", record.scope.organisationTypes.map(\.text), "OrgType"))\
            </fieldset>
            <p class="row"><button class="main">撤回を記録する</button>
            <a class="button" href="\(visit.path("/consents"))">戻る</a></p></form>
            """
    }

    private func boxes(_ name: String, _ codes: [String], _ list: String) -> HTML {
        let items = codes.map { code -> HTML in
            """
            <label class="choice"><input type="checkbox" name="\(name)" value="\(code)">\
            \(visit.label(code, list))</label>
            """
        }
        return "<div class=\"choices\">\(items)</div>"
    }

    /// Who has such sheets, and whether it knows of the withdrawal.
    private var organisations: HTML {
        guard !reliance.organisations.isEmpty else {
            return "<p class=\"note\">この同意にもとづいて届いた書類はありません。</p>"
        }
        let rows = reliance.organisations.map { relying -> HTML in
            """
            <tr><td>\(visit.name(of: relying.member))</td>
            <td>\(relying.sheets.count)</td><td>\(relying.papers)</td>
            <td>\(notice(to: relying))</td></tr>
            """
        }
        return """
            <table><caption>書類が届いた機関</caption><thead><tr><th scope="col">機関</th>
            <th scope="col">電子で届いた書類</th><th scope="col">紙で送った書類</th>
            <th scope="col">撤回のお知らせ</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private func notice(to relying: OrganisationGateway.Relying) -> HTML {
        guard record.withdrawal != nil else { return "まだありません" }
        let telephone = visit.gateway.view.telephone(of: relying.member)?.text ?? ""
        let call: HTML = """
            <strong>電話か郵送で知らせてください</strong> <span class="tel">\(telephone)</span>
            """
        guard let state = relying.notice, relying.untold.isEmpty else { return call }
        let byHand: HTML = relying.papers > 0 ? "<br>\(call)（紙で送った書類）" : .nothing
        return "\(StateWords(state).html)\(byHand)"
    }

    /// Where somebody could not be told.
    private var again: HTML {
        let isUntold = reliance.organisations.contains { !$0.untold.isEmpty }
        guard record.withdrawal != nil, isUntold else { return .nothing }
        return """
            <form method="post" action="\(visit.path("/consents/\(record.id)/tell"))">\
            \(visit.token)
            <p><button>知らせていない機関にもう一度送る</button></p></form>
            """
    }
}
