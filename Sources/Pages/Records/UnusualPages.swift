import Audit
import Gateway
import HTTP
import Japanese
import Primitives
import Staff

/// 気になる動き: what an auditor should look at among who saw what, each until somebody has said that
/// it was looked at.
enum UnusualPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/audit/unusual", to: &router, list)
        door.get("/audit/unusual/{finding}", to: &router, show)
        door.post("/audit/unusual/{finding}", to: &router, review)
    }

    private static let most = 200

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        let agent = visit.agent
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.unusualAccesses(by: agent)
        }
        // What nobody has looked at stands first.
        let sorted = found.filter { $0.review == nil } + found.filter { $0.review != nil }
        let rows = sorted.prefix(most).map { item -> HTML in
            let path = visit.path("/audit/unusual/\(item.id.hex)")
            return """
                <tr><td>\(TimeWords.dated(item.from))</td>
                <td>\(sentence(item, visit))\(reason(item, visit))</td>
                <td>\(state(item))</td>
                <td><a href="\(path)">記録 \(item.entries.count) 件</a></td></tr>
                """
        }
        let table: HTML =
            rows.isEmpty
            ? "<p class=\"good\">気になる動きはありません。</p>"
            : """
            <table><caption>気になる動き（未確認のものから、新しい順）</caption><thead><tr>
            <th scope="col">時刻</th><th scope="col">動き</th><th scope="col">確認</th>
            <th scope="col">記録</th></tr></thead><tbody>\(Array(rows))</tbody></table>
            """
        let rest: HTML = HTML.when(
            sorted.count > most,
            "<p class=\"note\">全 \(sorted.count) 件のうち \(most) 件を出しています。確認すると次が出ます。</p>"
        )
        let body: HTML = """
            \(explanation(visit))\(table)\(rest)
            <p><a href="\(visit.path("/audit"))">閲覧と操作の記録に戻る</a></p>
            """
        return .page(PageFrame(title: "気になる動き").page(body, for: visit, at: .audit))
    }

    private static func explanation(_ visit: Visit) -> HTML {
        let days = Int(Limits.unusualSpan.components.seconds / 86_400)
        let hours: HTML =
            visit.gateway.officeCalendar.areHoursStated
            ? .nothing
            : """
            宛先帳に受付時間がないため、平日 9:00–17:00（祝日・年末年始を除く）を受付時間とみなしています。
            """
        return """
            <p>この \(days) 日間の記録から、次のものを出します。正しい動きも含まれます。\
            見たことも記録されます。\(hours)</p>
            <ul><li>受付時間の外に、書類を見たか持ち出した</li>
            <li>1時間に \(Limits.unusualPatientsPerHour) 人以上の書類を見たか持ち出した</li>
            <li>緊急閲覧（担当ではない窓口の書類）</li>
            <li>職員と同じ姓の方の書類を見たか持ち出した</li>
            <li>1時間に \(Limits.unusualRefusalsPerHour) 回以上、権限や同意がなく断られた</li></ul>
            """
    }

    private static func sentence(_ item: UnusualAccess, _ visit: Visit) -> HTML {
        let who = AuditTable(visit: visit, caption: "").person(item.actor, item.role)
        let until = TimeWords.clock(item.to)
        let patient = item.entries[0][.patient] ?? ""
        let count = item.entries.count
        switch item.kind {
        case .outsideHours:
            return """
                <b>受付時間外:</b> \(who) が \(until) までに書類を \(count) 回（\(item.patients) 人）、\
                見たか持ち出しました。
                """
        case .manyPatients:
            return "<b>大量の閲覧:</b> \(who) が \(until) までに \(item.patients) 人の書類を見たか持ち出しました。"
        case .breakGlass:
            return "<b>緊急閲覧:</b> \(who) が \(patient) さんの、担当ではない窓口の書類を見ました。"
        case .ownFamilyName:
            return """
                <b>同じ姓:</b> \(who) が、同じ姓の \(patient) さんの書類を \(count) 回、\
                見たか持ち出しました。
                """
        case .repeatedRefusals:
            return "<b>繰り返しの拒否:</b> \(who) が \(until) までに \(count) 回断られました。"
        }
    }

    private static func reason(_ item: UnusualAccess, _ visit: Visit) -> HTML {
        guard item.kind == .breakGlass else { return .nothing }
        return AuditTable(visit: visit, caption: "").why(item.entries[0])
    }

    private static func state(_ item: UnusualAccess) -> HTML {
        guard let review = item.review else { return "<b>未確認</b>" }
        let comment = review.comment.map { "<br>\(HTML.lines($0))" as HTML } ?? .nothing
        return "確認済 \(TimeWords.dated(review.at)) \(review.name ?? "")\(comment)"
    }

    // MARK: One of them

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        return .page(try await page(visit, try id(captures)))
    }

    private static func id(_ captures: Captures) throws(PageRefusal) -> Digest {
        guard let id = Digest(hex: captures.text("finding")) else { throw .notFound }
        return id
    }

    private static func review(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeAllEntries)
        let id = try id(captures)
        let comment = visit.form["comment"] ?? ""
        if let problem = visit.problem(withText: comment) {
            let line: HTML = "<a href=\"#comment\">\(problem)</a>"
            return .page(try await page(visit, id, [line]), status: 400)
        }
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.review(unusual: id, comment, by: agent)
        }
        return .seeOther(visit.path("/audit/unusual"))
    }

    private static func page(
        _ visit: Visit,
        _ id: Digest,
        _ problems: [HTML] = []
    ) async throws(PageRefusal) -> HTML {
        let agent = visit.agent
        let item = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.unusualAccess(id, by: agent)
        }
        let path = visit.path("/audit/unusual/\(id.hex)")
        let body: HTML = """
            <p>\(TimeWords.dated(item.from)) \(sentence(item, visit))\(reason(item, visit))</p>
            <p>\(state(item))</p>
            \(AuditTable(visit: visit, caption: "この動きの記録（古い順）").html(item.entries))
            <form method="post" action="\(path)">\(visit.onceToken)
            <div class="field"><label for="comment">確認した内容<span class="must">※必須</span></label>
            <span class="hint" id="comment-hint">だれに何を確かめたかを書きます。患者・利用者の名前は書かないでください。</span>
            <textarea id="comment" name="comment" aria-describedby="comment-hint" required>
            \(visit.form["comment"] ?? "")</textarea></div>
            <p><button class="main">確認済にする</button></p></form>
            <p><a href="\(visit.path("/audit/unusual"))">気になる動きの一覧に戻る</a></p>
            """
        return PageFrame(title: "気になる動き", problems: problems)
            .page(body, for: visit, at: .audit)
    }
}
