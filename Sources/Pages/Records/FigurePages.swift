import Gateway
import HTTP
import Primitives
import Staff

/// 緊急例外の統計 (C-12): the whole counts for those who review them; what leaves tells none below
/// five (C-19).
enum FigurePages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/figures/emergencies", to: &router, show)
        door.post("/figures/emergencies", to: &router, save)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.reviewEmergency)
        let months = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.emergencyMonths()
        }
        let none: HTML = "<p class=\"note\">緊急例外による送信はありません。</p>"
        let body: HTML = """
            <p>同意なしで送信した件数（緊急例外）と、別の職員が3営業日以内に確認したかどうかです。当機関の中で使う数で、そのまま外に出さないでください。</p>
            \(months.isEmpty ? none : table(months))
            <form method="post" action="\(visit.path("/figures/emergencies"))">\(visit.token)
            <p>外に出すファイルでは、1から\(SmallCells.least - 1)までの数と、それが分かる数を \(SmallCells.mark) にします。</p>
            <p><button>外に出す統計を保存する（CSV）</button></p></form>
            <p><a href="\(visit.path("/reviews"))">緊急閲覧・緊急例外の確認</a></p>
            """
        return .page(PageFrame(title: "緊急例外の統計").page(body, for: visit, at: .today))
    }

    private static func table(_ months: [OrganisationGateway.EmergencyMonth]) -> HTML {
        let rows = months.map { month -> HTML in
            let counts = (month.parts + [month.sum]).map { "<td>\($0)</td>" as HTML }
            return """
                <tr><th scope="row">\(month.year)-\(Decimal.text(month.month, width: 2))</th>\
                \(counts)</tr>
                """
        }
        return """
            <table><caption>送信した月ごと（新しい順）</caption><thead><tr><th scope="col">月</th>
            <th scope="col">3営業日以内に確認</th><th scope="col">遅れて確認</th>
            <th scope="col">確認待ち</th><th scope="col">期限超過</th><th scope="col">計</th></tr>
            </thead><tbody>\(rows)</tbody></table>
            """
    }

    private static func save(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.reviewEmergency)
        let agent = visit.agent
        let file = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.exportedEmergencyMonths(by: agent)
        }
        let name = "emergency-exceptions-\(visit.today).csv"
        return .file(file.bytes, name: name, type: "text/csv; charset=utf-8")
    }
}
