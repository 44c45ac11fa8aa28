import Audit
import Gateway
import HTTP
import Primitives
import Staff

/// 定期点検: when the log was last looked through, that it is due, and the form that records it.
enum InspectionPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/audit/inspection", to: &router) { visit, _ async throws(PageRefusal) in
            try await visit.demand(.seeAllEntries)
            return .page(try await page(visit))
        }
        door.post("/audit/inspection", to: &router, record)
    }

    private static func record(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        let period = QuestionPages.period(visit)
        let result = visit.form["result"].flatMap(AuditInspection.Result.init(rawValue:))
        let remark = visit.form["remark"] ?? ""
        var problems: [HTML] = []
        if period.map({ $0.to > visit.today }) ?? true {
            problems.append("<a href=\"#from\">点検した期間を、今日までの日付で入力してください</a>")
        }
        if result == nil { problems.append("<a href=\"#clear\">点検の結果を選んでください</a>") }
        if let problem = visit.problem(withText: remark) {
            problems.append("<a href=\"#remark\">\(problem)</a>")
        }
        guard let period, let result, problems.isEmpty else {
            return .page(try await page(visit, problems), status: 400)
        }
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.inspect(period, result, remark, by: agent)
        }
        return .seeOther(visit.path("/audit/inspection"))
    }

    /// One line: when it was last done, and that it is due.
    static func state(_ visit: Visit) async throws(PageRefusal) -> HTML {
        let state = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.inspectionState()
        }
        let due = TimeWords.date(state.dueOn)
        let late: HTML =
            state.isOverdue
            ? "<b>定期点検の期限（\(due)）を過ぎています。</b>" : "次の定期点検は \(due) までに行います。"
        guard let (inspection, entry) = state.last else {
            return "<p class=\"note\">定期点検はまだ記録されていません。\(late)</p>"
        }
        return """
            <p class="note">前回の定期点検: \(TimeWords.dated(entry.leaf.at)) \
            \(entry.actorName ?? "")（\(TimeWords.date(inspection.period.from)) – \
            \(TimeWords.date(inspection.period.to))、\(words(inspection.result))）。\(late)</p>
            """
    }

    static func words(_ result: AuditInspection.Result) -> String {
        English.said(result == .clear ? "問題なし" : "問題あり")
    }

    private static func page(
        _ visit: Visit,
        _ problems: [HTML] = []
    ) async throws(PageRefusal) -> HTML {
        let chosen = visit.form["result"] ?? ""
        let results = AuditInspection.Result.allCases.map { result -> HTML in
            let id = result.rawValue
            let checked: HTML = HTML.when(chosen.hasSameBytes(as: id), " checked")
            return """
                <label class="choice" for="\(id)"><input type="radio" name="result" id="\(id)" \
                value="\(id)" required\(checked)>\(words(result))</label>
                """
        }
        let path = visit.path("/audit/inspection")
        let body: HTML = """
            \(try await state(visit))
            <p>監査の質問、気になる動き、記録の検査を見てから、点検したことを記録します。\
            記録は書き換えられません。</p>
            <form method="post" action="\(path)">\(visit.onceToken)
            \(QuestionPages.days(visit, "点検した期間の初め", "点検した期間の終わり"))
            <fieldset><legend>点検の結果<span class="must">※必須</span></legend>
            <div class="choices">\(results)</div></fieldset>
            <div class="field"><label for="remark">点検の内容<span class="must">※必須</span></label>
            <span class="hint" id="remark-hint">何を見て、どう判断したかを書きます。患者・利用者の名前は書かないでください。</span>
            <textarea id="remark" name="remark" aria-describedby="remark-hint" required>
            \(visit.form["remark"] ?? "")</textarea></div>
            <p><button class="main">定期点検を記録する</button></p></form>
            <p><a href="\(visit.path("/audit"))">閲覧と操作の記録に戻る</a></p>
            """
        return PageFrame(title: "定期点検", problems: problems).page(body, for: visit, at: .audit)
    }
}
