import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 状態と点検: whether mail can come and go, and what should be seen to.
enum StatusPage {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/status", to: &router, show)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeStatus)
        let known = try await visit.ask { gateway throws(GatewayError) in
            (
                departing: try await gateway.departing(),
                work: try await gateway.work(owedBy: visit.endOfToday),
                keys: try await gateway.keyReport(),
                days: try await gateway.differingDays().count
            )
        }
        let keys = visit.parts.sayKeys(known.keys)
        let gateway = visit.gateway
        let body: HTML = """
            \(link(visit))
            <h2>送信の待ち</h2>
            <dl><dt>送信待ちの書類</dt><dd>\(known.departing.messages) 件</dd>
            <dt>職員の確認を待つ書類</dt><dd>\(known.work.blocked) 件</dd>
            <dt>送る途中の受領証など</dt><dd>\(known.departing.statements) 件</dd>
            <dt>届かなかった書類</dt><dd>\(known.work.failed) 件</dd></dl>
            <h2>日次照合</h2>\(days(known.days, visit))
            <h2>鍵と証明書</h2>
            <p>\(keys.first ?? "")</p><ul>\(keys.dropFirst().map { "<li>\($0)</li>" as HTML })</ul>
            <h2>宛先帳</h2>
            <dl><dt>記載</dt><dd>\(Int(gateway.directorySize)) 件</dd>
            <dt>立会いを待つ記載</dt><dd>\(Int(gateway.unwitnessedLeaves)) 件</dd></dl>
            <h2>このソフトウェア</h2>
            <dl><dt>版</dt><dd>\(Assets.version)</dd>
            <dt>機関の番号</dt><dd>\(gateway.member.text)</dd></dl>
            """
        return .page(PageFrame(title: "状態と点検").page(body, for: visit, at: .status))
    }

    private static func days(_ count: Int, _ visit: Visit) -> HTML {
        let state: HTML =
            count == 0
            ? "<p class=\"good\">● 相手の機関と食い違う日はありません。</p>"
            : "<p class=\"problem\">✗ 相手の機関の記録と食い違う日が \(count) 件あります。</p>"
        return "\(state)<p><a href=\"\(visit.path("/days"))\">日次照合を見る</a></p>"
    }

    private static func link(_ visit: Visit) -> HTML {
        let link = visit.gateway.exchangeLink
        let last: HTML =
            link.reachedAt.map { "\(TimeWords.short($0))" } ?? "起動してからまだありません"
        let state: HTML =
            if let since = link.failingSince {
                """
                <p class="problem">✗ \(TimeWords.short(since)) から交換所と通信できません。\
                この機械がネットワークにつながっているか、交換所の運営者からの知らせがないか確かめてください。\
                書類は失われず、つながれば自動で送られます。</p>
                """
            } else if link.reachedAt == nil {
                "<p class=\"note\">交換所との最初の通信を待っています。</p>"
            } else {
                "<p class=\"good\">● 交換所と通信できています。</p>"
            }
        return """
            <h2>交換所との通信</h2>\(state)<dl><dt>最後の通信</dt><dd>\(last)</dd></dl>
            """
    }
}
