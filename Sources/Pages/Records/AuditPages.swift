import Audit
import Gateway
import HTTP
import Primitives
import Staff

/// 監査: who did what with whose sheets, as sentences, and whether the record is whole.
enum AuditPages {
    private static let most = 500

    static func add(to router: inout Router, _ door: Door) {
        door.get("/audit", to: &router, ask)
        door.post("/audit", to: &router, answer)
        door.post("/audit/check", to: &router, check)
    }

    private static func ask(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        return .page(page(visit, try await InspectionPages.state(visit)))
    }

    /// Asking is an event too. With no word, everything of this year.
    private static func answer(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        let patient = visit.form["patient"].flatMap { $0.isEmpty ? nil : $0 }
        let number = visit.form["message"].flatMap { $0.isEmpty ? nil : $0 }
        let message = number.flatMap { MessageID($0) }
        guard number == nil || message != nil else {
            let problem: HTML = "<a href=\"#message\">受付番号の形が違います。送信箱や受信箱の番号を写してください</a>"
            return .page(page(visit, .nothing, [problem]), status: 400)
        }
        let agent = visit.agent
        let person = visit.form["person"] ?? ""
        let found: OrganisationGateway.Listed<AuditedEntry>
        do throws(GatewayError) {
            found = try await visit.gateway.auditEntries(
                // A part of a name is in no index.
                newest: person.isEmpty ? most : .max,
                of: patient,
                message: message,
                by: agent
            )
        } catch .notFound {
            return .page(page(visit, "<p class=\"note\">その受付番号の書類はありません。</p>"))
        } catch { throw .gateway(error) }
        guard !person.isEmpty else {
            return .page(page(visit, list(found.rows.reversed(), of: found.total, visit)))
        }
        let shown = found.rows.filter { $0.actorName.map { $0.contains(person) } ?? false }
        return .page(page(visit, list(shown.reversed(), of: shown.count, visit)))
    }

    /// 記録の検査: whether every leaf still stands as it was written.
    private static func check(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        let audit = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.auditLog()
        }
        let faults = audit.faults.map { "<li>\(visit.parts.say($0).summary)</li>" as HTML }
        let result: HTML =
            audit.isWhole
            ? """
            <p class="good" role="status">改ざんはありません（\(Int(audit.size)) 件、\
            \(TimeWords.short(visit.now)) 現在）。</p>
            """
            : """
            <div class="problem" role="alert"><h2>記録に合わないところがあります</h2>
            <ul>\(faults)</ul><p>運用者と、連携の提供元にすぐに知らせてください。</p></div>
            """
        return .page(page(visit, result))
    }

    private static func page(_ visit: Visit, _ found: HTML, _ problems: [HTML] = []) -> HTML {
        func field(_ name: String, _ label: String) -> HTML {
            """
            <div class="field"><label for="\(name)">\(own: label)</label>
            <input type="text" id="\(name)" name="\(name)" value="\(visit.form[name] ?? "")"></div>
            """
        }
        let body: HTML = """
            <form method="post" action="\(visit.path("/audit"))">\(visit.token)
            \(field("patient", "利用者（患者）の氏名"))\(field("person", "職員の氏名"))
            \(field("message", "受付番号"))
            <p><button class="main">記録を調べる</button></p>
            <p>何も入力しないと、すべての記録の新しい500件を出します。調べたことも記録されます。</p></form>
            <form method="post" action="\(visit.path("/audit/check"))">\(visit.token)
            <p><button>記録が書き換えられていないか検査する</button></p></form>
            <p><a href="\(visit.path("/audit/unusual"))">気になる動きを見る</a></p>
            <p><a href="\(visit.path("/audit/questions"))">監査の質問に答えを出す</a></p>
            <p><a href="\(visit.path("/audit/inspection"))">定期点検を記録する</a></p>
            \(found)
            """
        return PageFrame(title: "閲覧と操作の記録", problems: problems)
            .page(body, for: visit, at: .audit)
    }

    private static func list(
        _ entries: [AuditedEntry],
        of total: Int,
        _ visit: Visit
    ) -> HTML {
        guard !entries.isEmpty else { return "<p class=\"note\">記録はありません。</p>" }
        let rest: HTML = HTML.when(
            total > most,
            "<p class=\"note\">新しい \(most) 件だけを出しています。氏名や受付番号で絞ってください。</p>"
        )
        return """
            <h2>記録 \(total) 件</h2>\(rest)
            \(AuditTable(visit: visit, caption: "新しい順").html(entries.prefix(most)))
            """
    }
}
