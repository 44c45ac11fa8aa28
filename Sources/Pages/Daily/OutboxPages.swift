import Delivery
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 送信箱: what was sent, newest first, and how far it has come.
enum OutboxPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/outbox", to: &router, list)
    }

    private static let filters = [
        ("", "すべて"), ("unopened", "未開封"), ("waiting", "返信待ち"), ("failed", "不達・差戻し・期限切れ"),
        ("blocked", "確認が必要"),
    ]

    private static func shown(_ name: String) -> OutboxList {
        switch name {
        case "unopened": .unopened
        case "waiting": .awaiting
        case "failed": .failed
        case "blocked": .blocked
        default: .all
        }
    }

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let choice = ListChoice(visit, at: "/outbox")
        let bounds = choice.bounds(visit)
        let paging = Paging(visit.request.query("page"))
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.outbox(shown(choice.show), within: bounds, paging.slice)
        }
        var lines: [HTML] = []
        for row in found.rows { lines.append(try await line(row, visit)) }
        let body: HTML = """
            \(choice.html(filters, peer: "宛先", visit))
            \(lines.isEmpty ? "<p class=\"note\">ここに出す書類はありません。</p>" : table(lines, "送信した書類（新しい順）"))
            <p class="noprint"><a href="\(visit.path("/paper"))">紙で送った書類</a></p>
            \(paging.links(choice.address(), total: found.total))
            """
        return .page(PageFrame(title: "送信箱").page(body, for: visit, at: .outbox))
    }

    static func line(_ row: OutboxRow, _ visit: Visit) async throws(PageRefusal) -> HTML {
        let head = try await visit.ask { gateway throws(GatewayError) in
            try await visit.parts.heads.head(ofSent: row, at: gateway)
        }
        let old: HTML = HTML.when(row.replacedBy != nil, "（旧版）")
        let part: HTML = HTML.when(head.extractOf != nil, "（抜粋）")
        let blocked: HTML = HTML.when(
            row.blockedFor != nil,
            "<br><span class=\"label\">確認が必要です</span>"
        )
        // 返信あり alone would hide it.
        let isReturned = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.isReturned(row)
        }
        let returned: HTML = HTML.when(
            isReturned,
            "<br><span class=\"label\">宛先違い・人違い</span>"
        )
        let state = StateWords(row.copies.map(\.state).leastAdvanced).html
        return """
            <tr><td>\(state)\(blocked)\(returned)</td>
            <td>\(UrgencyWords.label(row.urgency, head.urgency))</td>
            <td>\(row.copies.map { visit.name(of: $0.to) }.joined(separator: "、"))</td>
            <td>\(head.patientName ?? "")</td>
            <td><a href="\(visit.path("/sent/\(row.message)"))">\
            \(visit.name(of: row.sheetType))</a>\
            \(part)\(old)</td><td>\(TimeWords.element(row.createdAt))</td></tr>
            """
    }

    static func table(_ lines: [HTML], _ caption: String) -> HTML {
        """
        <table><caption>\(own: caption)</caption><thead><tr><th scope="col">状態</th>
        <th scope="col">緊急度</th><th scope="col">宛先</th><th scope="col">利用者名</th>
        <th scope="col">書類</th><th scope="col">作成</th></tr></thead><tbody>\(lines)</tbody></table>
        """
    }
}
