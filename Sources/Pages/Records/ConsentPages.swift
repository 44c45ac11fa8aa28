import Consent
import Gateway
import HTTP
import Primitives
import Sheets
import Staff

/// 同意: what was given, by whom, to whom, how far; recording it.
enum ConsentPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/consents", to: &router, list)
        door.post("/consents", to: &router, record)
        WithdrawalPages.add(to: &router, door)
        TemplatePages.add(to: &router, door)
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
        let form = ConsentForm(visit: visit, typed: typed, templates: try await templates(visit))
        let body: HTML = """
            \(table(records, visit))
            <h2>同意を記録する</h2>\(form.html)
            """
        return PageFrame(title: "同意", problems: problems).page(body, for: visit, at: .consents)
    }

    private static func templates(_ visit: Visit) async throws(PageRefusal) -> [ConsentTemplate] {
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.consentTemplates()
        }
    }

    private static func table(_ records: [ConsentRecord], _ visit: Visit) -> HTML {
        guard !records.isEmpty else { return "<p class=\"note\">記録された同意はありません。</p>" }
        let rows = records.map { record -> HTML in
            let words = ConsentWords(record, visit)
            let word = record.withdrawal == nil ? "撤回を記録する" : "撤回の状況"
            let end: HTML = HTML.when(
                visit.session.may(.withdrawConsent),
                "<a href=\"\(visit.path("/consents/\(record.id)/withdraw"))\">\(own: word)</a>"
            )
            return """
                <tr><td>\(words.patient)</td><td>\(words.giver)</td><td>\(words.state)</td>\
                <td>\(TimeWords.date(record.validFrom))</td><td>\(words.explainer)</td>
                <td>\(words.method)</td><td>\(words.purposes)</td><td>\(words.scope)</td>
                <td>\(own: record.hasFamilyConsent ? "あり" : "なし")</td><td>\(end)</td></tr>
                """
        }
        return """
            <table><caption>記録された同意</caption><thead><tr>
            <th scope="col">利用者</th><th scope="col">同意した方</th>
            <th scope="col">状態</th><th scope="col">取得日</th>
            <th scope="col">説明した職員</th><th scope="col">方法</th><th scope="col">目的</th>
            <th scope="col">提供先</th><th scope="col">家族の同意</th>
            <th scope="col">操作</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private static func record(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.recordConsent)
        let templates = try await templates(visit)
        let form = ConsentForm(visit: visit, typed: visit.form, templates: templates)
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

    static func find(
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
