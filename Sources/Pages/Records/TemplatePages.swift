import Consent
import Gateway
import HTTP
import Japanese
import Primitives
import Sheets
import Staff

/// 包括同意のひな形 (C-6): the text that is explained where somebody consents beforehand. A version
/// is never changed; a new one is written beside it.
enum TemplatePages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/templates", to: &router, list)
        door.post("/templates", to: &router, keep)
    }

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageTemplates)
        return .page(try await page(visit, PostedForm(), []))
    }

    private static func keep(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageTemplates)
        let form = TemplateForm(visit: visit, typed: visit.form)
        let problems = form.problems
        guard problems.isEmpty else {
            return .page(try await page(visit, visit.form, problems), status: 400)
        }
        let (json, agent) = (form.json, visit.agent)
        let id = visit.form["template"].flatMap { ConsentTemplateID($0) }
        do throws(GatewayError) {
            try await visit.gateway.keepTemplate(json, of: id, by: agent)
        } catch {
            guard case .malformed = error else { throw .gateway(error) }
            let (name, text) = (ConsentTemplate.mostNameScalars, ConsentTemplate.mostTextScalars)
            let problem: HTML = "<a href=\"#name\">名称は\(name)字、文章は\(text)字までにしてください</a>"
            return .page(try await page(visit, visit.form, [problem]), status: 400)
        }
        return .seeOther(visit.path("/templates"))
    }

    private static func page(
        _ visit: Visit,
        _ typed: PostedForm,
        _ problems: [HTML]
    ) async throws(PageRefusal) -> HTML {
        let templates = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.consentTemplates()
        }
        let form = TemplateForm(visit: visit, typed: typed)
        let body: HTML = """
            <p>契約時などに、あらかじめ包括して同意をいただくときの説明文です。\
            目的、提供先の種類、情報の種類、撤回できること、制定日を必ず載せます。\
            書いた版は変えられません。改めるときは新しい版を作ります。</p>
            \(templates.isEmpty ? "<p class=\"note\">ひな形はまだありません。</p>" : table(templates, visit))
            <h2>ひな形か新しい版を作る</h2>\(form.html(templates))
            """
        return PageFrame(title: "包括同意のひな形", problems: problems)
            .page(body, for: visit, at: .staff)
    }

    private static func table(_ templates: [ConsentTemplate], _ visit: Visit) -> HTML {
        let rows = templates.map { template -> HTML in
            let purposes = template.purposes.map { visit.label($0.text, "ConsentPurpose") }
            let types = template.organisationTypes.map { visit.label($0.text, "OrgType") }
            return """
                <tr><td>\(template.name)</td><td>\(template.version)</td>
                <td>\(TimeWords.date(template.since))</td>
                <td>\(purposes.joined(separator: "、"))</td>
                <td>\(types.joined(separator: "、"))</td>
                <td>\(HTML.lines(template.information))</td>
                <td>\(HTML.lines(template.withdrawal))</td></tr>
                """
        }
        return """
            <table><caption>ひな形の版（新しい順）</caption><thead><tr><th scope="col">名称</th>
            <th scope="col">版</th><th scope="col">制定日</th><th scope="col">目的</th>
            <th scope="col">提供先</th><th scope="col">情報の種類</th>
            <th scope="col">撤回について</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }
}

/// The form of a template; nothing in it is chosen beforehand.
private struct TemplateForm {
    let visit: Visit
    let typed: PostedForm

    func html(_ templates: [ConsentTemplate]) -> HTML {
        let newest = templates.filter { template in
            !templates.contains { $0.id == template.id && $0.version > template.version }
        }
        let options = newest.map { template -> HTML in
            let isChosen = typed["template"]?.hasSameBytes(as: template.id.text) ?? false
            return """
                <option value="\(template.id.text)"\(HTML.when(isChosen, " selected"))>\
                \(template.name)</option>
                """
        }
        return """
            <form method="post" action="\(visit.path("/templates"))">\(visit.onceToken)
            <div class="field"><label for="template">新しい版にするひな形</label>
            <div><select id="template" name="template"><option value="">（新しいひな形）</option>\
            \(options)</select></div></div>
            <div class="field"><label for="name">名称<span class="must">※必須</span></label>
            <input type="text" id="name" name="name" value="\(typed["name"] ?? "")" required></div>
            <div class="field"><label for="since">制定日<span class="must">※必須</span></label>
            <span class="hint" id="since-hint">例: R8.4.1、令和8年4月1日</span>
            <input type="text" id="since" name="since" value="\(typed["since"] ?? "")" required \
            aria-describedby="since-hint"></div>
            <fieldset id="purposes"><legend>目的<span class="must">※必須</span></legend>
            \(boxes("purposes", "ConsentPurpose"))</fieldset>
            <fieldset id="scopeOrgTypes"><legend>提供先の種類<span class="must">※必須</span></legend>
            \(boxes("scopeOrgTypes", "OrgType"))</fieldset>
            \(area("information", "情報の種類"))\(area("withdrawal", "撤回できることの説明"))
            <p><button class="main">ひな形を保存する</button></p></form>
            """
    }

    var problems: [HTML] {
        var problems: [HTML] = []
        func need(_ name: String, _ words: String) {
            let isBlank = typed.all(name).allSatisfy { $0.allSatisfy(\.isWhitespace) }
            if isBlank { problems.append("<a href=\"#\(name)\">\(own: words)</a>") }
        }
        need("name", "ひな形の名称を入力してください")
        if day == nil {
            problems.append("<a href=\"#since\">制定日を入力してください（例: R8.4.1）</a>")
        }
        need("purposes", "目的を選んでください")
        need("scopeOrgTypes", "提供先の種類を選んでください")
        need("information", "情報の種類を入力してください")
        need("withdrawal", "撤回できることの説明を入力してください")
        return problems
    }

    private var day: Day? { TypedDay(typed["since"] ?? "")?.day }

    var json: JSON {
        func list(_ name: String) -> JSON { .array(typed.all(name).map { .string($0) }) }
        return [
            "name": .string(typed["name"] ?? ""),
            "purposes": list("purposes"), "scopeOrgTypes": list("scopeOrgTypes"),
            "information": .string(typed["information"] ?? ""),
            "withdrawal": .string(typed["withdrawal"] ?? ""),
            "since": day.map { .string($0.description) },
        ]
    }

    private func boxes(_ name: String, _ list: String) -> HTML {
        let items = visit.catalogue.choices(of: list, on: visit.today).map { choice -> HTML in
            let isChosen = typed.all(name).contains { $0.hasSameBytes(as: choice.code) }
            return """
                <label class="choice"><input type="checkbox" name="\(name)" \
                value="\(choice.code)"\(HTML.when(isChosen, " checked"))>\(choice.label)</label>
                """
        }
        return "<div class=\"choices\">\(items)</div>"
    }

    private func area(_ name: String, _ label: String) -> HTML {
        """
        <div class="field"><label for="\(name)">\(own: label)<span class="must">※必須</span></label>
        <textarea id="\(name)" name="\(name)" required>
        \(typed[name] ?? "")</textarea></div>
        """
    }
}
