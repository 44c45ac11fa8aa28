import Delivery
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 朝の一覧: what waits for this organisation when the day begins, on one sheet of paper.
enum MorningPage {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/morning", to: &router, show)
    }

    private static let most = ListSlice(limit: 50)

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let parts: [HTML] = [
            try await received("届いてまだ開いていない書類", .unopened, visit.ownDesks, visit),
            // Answers are owed by all, as 本日 counts them.
            try await received("本日までに返信する書類", .owed(by: visit.endOfToday), .none, visit),
            try await sent("送ってまだ開かれていない書類", .unopened, visit),
            try await sent("返信を待っている書類", .awaiting, visit),
            try await sent("届かなかった書類", .failed, visit),
        ]
        let body: HTML = """
            <p>\(TimeWords.day(visit.today)) \(TimeWords.clock(visit.now)) 現在。\
            <span class="noprint">印刷はブラウザの印刷（Ctrl＋P）で、A4に収まります。</span></p>
            \(parts)
            """
        return .page(PageFrame(title: "朝の一覧").page(body, for: visit, at: .today))
    }

    private static func received(
        _ title: String,
        _ list: InboxList,
        _ bounds: ListBounds,
        _ visit: Visit
    ) async throws(PageRefusal) -> HTML {
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.inbox(list, within: bounds, most)
        }
        var lines: [HTML] = []
        for message in found.rows { lines.append(try await InboxPages.line(message, visit)) }
        return section(title, found.total, lines.isEmpty ? nil : InboxPages.table(lines, "新しい順"))
    }

    private static func sent(
        _ title: String,
        _ list: OutboxList,
        _ visit: Visit
    ) async throws(PageRefusal) -> HTML {
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.outbox(list, most)
        }
        var lines: [HTML] = []
        for row in found.rows { lines.append(try await OutboxPages.line(row, visit)) }
        return section(title, found.total, lines.isEmpty ? nil : OutboxPages.table(lines, "新しい順"))
    }

    private static func section(_ title: String, _ total: Int, _ table: HTML?) -> HTML {
        let rest: HTML = HTML.when(
            total > most.limit,
            "<p class=\"note\">新しい \(most.limit) 件だけを出しています。</p>"
        )
        return "<h2>\(own: title)（\(total) 件）</h2>\(table ?? "<p>ありません。</p>")\(rest)"
    }
}
