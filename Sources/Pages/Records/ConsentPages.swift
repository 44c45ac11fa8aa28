import Consent
import Gateway
import HTTP
import Primitives
import Sheets
import Staff

/// 同意: what was given, by whom, how far; recording and withdrawing it.
enum ConsentPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/consents", to: &router, list)
        door.post("/consents", to: &router, record)
        door.get("/consents/{record}/withdraw", to: &router, askWithdrawal)
        door.post("/consents/{record}/withdraw", to: &router, withdraw)
    }

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.recordConsent)
        return .page(try await page(visit, try await begun(visit), []))
    }

    /// The person of the draft from which one comes, to whose page one goes back.
    private static func begun(_ visit: Visit) async throws(PageRefusal) -> PostedForm {
        guard let id = visit.request.query("draft").flatMap({ MessageID($0) }) else {
            return PostedForm()
        }
        let stored: OrganisationGateway.StoredDraft
        do throws(GatewayError) { stored = try await visit.gateway.draft(id) } catch .notFound {
            return PostedForm()
        } catch { throw .gateway(error) }
        let draft = try Draft(stored: stored)
        let names = ["fullName", "fullNameKana", "birthDate", "insuredNumber"]
        let fields = names.compactMap { name in
            draft.values[JSONPointer(tokens: ["patient", name])]?.first.map { (name, $0) }
        }
        return PostedForm(fields: fields + [("draft", id.text)])
    }

    private static func page(
        _ visit: Visit,
        _ typed: PostedForm,
        _ problems: [HTML]
    ) async throws(PageRefusal) -> HTML {
        let records = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.consentRecords()
        }
        let body: HTML = """
            \(table(records, visit))
            <h2>同意を記録する</h2>\(ConsentForm(visit: visit, typed: typed).html)
            """
        return PageFrame(title: "同意", problems: problems).page(body, for: visit, at: .consents)
    }

    private static func table(_ records: [ConsentRecord], _ visit: Visit) -> HTML {
        guard !records.isEmpty else { return "<p class=\"note\">記録された同意はありません。</p>" }
        let rows = records.map { record -> HTML in
            let words = ConsentWords(record, visit)
            let end: HTML = HTML.when(
                record.withdrawal == nil && visit.session.may(.withdrawConsent),
                "<a href=\"\(visit.path("/consents/\(record.id)/withdraw"))\">撤回を記録する</a>"
            )
            return """
                <tr><td>\(words.patient)</td><td>\(words.giver)</td><td>\(words.state)</td>\
                <td>\(TimeWords.date(record.validFrom))</td>
                <td>\(words.method)</td><td>\(words.purposes)</td><td>\(words.scope)</td>
                <td>\(own: record.hasFamilyConsent ? "あり" : "なし")</td><td>\(end)</td></tr>
                """
        }
        return """
            <table><caption>記録された同意</caption><thead><tr>
            <th scope="col">利用者</th><th scope="col">同意した方</th>
            <th scope="col">状態</th><th scope="col">取得日</th><th scope="col">方法</th>
            <th scope="col">目的</th><th scope="col">提供先</th><th scope="col">家族の同意</th>
            <th scope="col">操作</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private static func record(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.recordConsent)
        let form = ConsentForm(visit: visit, typed: visit.form)
        let problems = form.problems
        guard problems.isEmpty, let json = form.record else {
            return .page(try await page(visit, visit.form, problems), status: 400)
        }
        let agent = visit.agent
        do throws(GatewayError) {
            _ = try await visit.gateway.recordConsent(json, by: agent)
        } catch {
            guard case .malformed = error else { throw .gateway(error) }
            let said = visit.parts.say(error)
            let problem: HTML = "\(said.summary)代理の方の同意では続柄と理由を、後見人等では種類と代理権の範囲も記入してください。"
            return .page(try await page(visit, visit.form, [problem]), status: 400)
        }
        guard let draft = visit.form["draft"].flatMap({ MessageID($0) }) else {
            return .seeOther(visit.path("/consents"))
        }
        return .seeOther(visit.path("/drafts/\(draft)?step=ground"))
    }

    private static func askWithdrawal(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.withdrawConsent)
        let record = try await find(visit, captures)
        let words = ConsentWords(record, visit)
        let path = visit.path("/consents/\(record.id)/withdraw")
        let body: HTML = """
            <dl><dt>利用者</dt><dd>\(words.patient)</dd>
            <dt>同意した方</dt><dd>\(words.giver)</dd><dt>取得日</dt>
            <dd>\(TimeWords.date(record.validFrom))</dd><dt>目的</dt><dd>\(words.purposes)</dd></dl>
            <p class="problem">撤回を記録すると、この同意にもとづく新しい送信はできなくなり、送信待ちの書類は止まります。\
            すでに届いた書類は取り戻せません。元に戻せません。</p>
            <form method="post" action="\(path)">\(visit.token)
            <fieldset><legend>撤回を申し出た方<span class="must">※必須</span></legend>
            \(ConsentForm.options("giver", "ConsentGiver", visit, chosen: "self"))</fieldset>
            <p class="row"><button class="main">撤回を記録する</button>
            <a class="button" href="\(visit.path("/consents"))">戻る</a></p></form>
            """
        return .page(PageFrame(title: "同意の撤回").page(body, for: visit, at: .consents))
    }

    private static func withdraw(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.withdrawConsent)
        let record = try await find(visit, captures)
        guard record.withdrawal?.isWhole != true else { return .seeOther(visit.path("/consents")) }
        let giver = ConsentGiver(visit.form["giver"] ?? "self")
        guard visit.catalogue.label(giver.text, in: "ConsentGiver") != nil else { throw .notFound }
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.withdrawConsent(record.id, giver: giver, by: agent)
        }
        return .seeOther(visit.path("/consents"))
    }

    private static func find(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> ConsentRecord {
        let records = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.consentRecords()
        }
        let id = captures.text("record")
        guard let record = records.first(where: { $0.id.text.hasSameBytes(as: id) }) else {
            throw .notFound
        }
        return record
    }
}
