import Audit
import Gateway
import HTTP
import Primitives
import Staff

/// 監査の質問: an auditor chooses a question and a period, and gets the answer as a table or a file.
/// Names come by POST: no address shows whom a question is about.
enum QuestionPages {
    private static let most = 500
    /// Of a file.
    private static let mostOfFile = 100_000

    static func add(to router: inout Router, _ door: Door) {
        door.get("/audit/questions", to: &router, choose)
        door.post("/audit/questions", to: &router, answer)
    }

    private static func choose(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        return .page(page(visit, .nothing))
    }

    private static func answer(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        let isFile = visit.form["save"] != nil
        var problems: [HTML] = []
        let question = visit.form["question"].flatMap(AuditQuestion.init(rawValue:))
        if question == nil { problems.append("<a href=\"#Q1\">質問を選んでください</a>") }
        let period = period(visit)
        if period == nil { problems.append("<a href=\"#from\">期間の初めと終わりを入力してください</a>") }
        guard let question, let period else {
            return .page(page(visit, .nothing, problems), status: 400)
        }
        let inquiry = OrganisationGateway.Inquiry(
            question,
            of: period,
            about: visit.form["name"],
            most: isFile ? mostOfFile : most
        )
        guard let inquiry else {
            return .page(
                page(visit, .nothing, ["<a href=\"#name\">この質問には氏名が要ります</a>"]),
                status: 400
            )
        }
        let words = AnswerWords(visit.gateway, account: visit.office.staff.displayName)
        let agent = visit.agent
        guard !isFile else {
            let bytes = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.exported(inquiry, by: agent) { words.file($0).bytes }
            }
            let name = "audit-\(question.rawValue)-\(period.from)-\(period.to).csv"
            return .file(bytes, name: name, type: "text/csv; charset=utf-8")
        }
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.answer(inquiry, by: agent)
        }
        return .page(page(visit, shown(found, words, visit)))
    }

    static func period(_ visit: Visit) -> AuditPeriod? {
        guard let from = visit.form["from"].flatMap({ Day($0) }),
            let to = visit.form["to"].flatMap({ Day($0) })
        else { return nil }
        return AuditPeriod(from: from, to: to)
    }

    private static func shown(
        _ answer: AuditAnswer,
        _ words: AnswerWords,
        _ visit: Visit
    ) -> HTML {
        let head = words.head(answer).map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>" as HTML }
        let figures = words.figures(answer).map { "<li>\($0)</li>" as HTML }
        let columns = words.columns(answer).map { "<th scope=\"col\">\($0)</th>" as HTML }
        let rows = words.rows(answer).map { row -> HTML in
            "<tr>\(row.map { "<td>\(HTML.lines($0))</td>" as HTML })</tr>"
        }
        let rest: HTML = HTML.when(
            (answer[.found] ?? 0) > answer.rows.count,
            "<p class=\"note\">新しい \(answer.rows.count) 件だけを出しています。CSVにはすべてが入ります。</p>"
        )
        let table: HTML =
            rows.isEmpty
            ? "<p class=\"note\">当てはまる記録はありません。</p>"
            : """
            <table><caption>\(QuestionWords.title(answer.question))</caption>
            <thead><tr>\(columns)</tr></thead><tbody>\(rows)</tbody></table>
            """
        return """
            <section aria-labelledby="answer"><h2 id="answer">\
            \(QuestionWords.title(answer.question))</h2>
            <dl>\(head)</dl><ul>\(figures)</ul>\(rest)\(table)</section>
            """
    }

    /// The two fields of a period; the last month, before anybody has typed.
    static func days(_ visit: Visit, _ first: String, _ last: String) -> HTML {
        let from = visit.form["from"] ?? "\(visit.today.adding(days: -Limits.inspectionDays))"
        let to = visit.form["to"] ?? "\(visit.today)"
        return """
            <div class="field"><label for="from">\(own: first)</label>
            <input type="date" id="from" name="from" value="\(from)" required></div>
            <div class="field"><label for="to">\(own: last)</label>
            <input type="date" id="to" name="to" value="\(to)" required></div>
            """
    }

    private static func page(_ visit: Visit, _ found: HTML, _ problems: [HTML] = []) -> HTML {
        let chosen = visit.form["question"] ?? ""
        let questions = AuditQuestion.allCases.map { question -> HTML in
            let id = question.rawValue
            let checked: HTML = HTML.when(chosen.hasSameBytes(as: id), " checked")
            let need: HTML =
                switch question.subject {
                case .office: .nothing
                case .patient: "（利用者の氏名が要ります）"
                case .person: "（職員の氏名が要ります）"
                }
            return """
                <label class="choice" for="\(id)"><input type="radio" name="question" \
                id="\(id)" value="\(id)"\(checked)>\(QuestionWords.title(question))\(need)</label>
                """
        }
        let path = visit.path("/audit/questions")
        let body: HTML = """
            <p>質問を選ぶと、記録から答えを出します。調べたことも記録されます。</p>
            <form method="post" action="\(path)">\(visit.token)
            <fieldset><legend>質問<span class="must">※必須</span></legend>
            <div class="choices">\(questions)</div></fieldset>
            \(days(visit, "期間の初め", "期間の終わり"))
            <div class="field"><label for="name">利用者（患者）か職員の氏名</label>
            <input type="text" id="name" name="name" value="\(visit.form["name"] ?? "")"></div>
            <p><button class="main">答えを出す</button>
            <button name="save" value="csv">CSVで保存する</button></p></form>
            \(found)
            <p><a href="\(visit.path("/audit"))">閲覧と操作の記録に戻る</a></p>
            """
        return PageFrame(title: "監査の質問", problems: problems)
            .page(body, for: visit, at: .audit)
    }
}
