import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 本日: what must be done now, as counters that are links, and the most pressing lines.
enum Today {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/", to: &router, show)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        let inbox = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.inbox(limit: 10_000)
        }
        let sent = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.outboxCounts()
        }
        let waiting = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.expectations(limit: 1000)
        }
        let late = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.late(limit: 50)
        }
        let drafts = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.drafts().count
        }
        let fresh = inbox.filter { $0.state == .delivered }
        let owed = waiting.filter(\.row.name.isOwed)
        let today = visit.today
        let owedToday = owed.filter { $0.row.due.map { $0.dayInJapan <= today } ?? false }
        let failed = [DeliveryState.undeliverable, .expired, .refused].compactMap { sent[$0] }
        let tiles: [(String, Int, String)] = [
            ("新着（未開封）", fresh.count, "/inbox?show=unopened"),
            ("至急の新着", fresh.filter { $0.urgency != .routine }.count, "/inbox?show=urgent"),
            ("本日期限の返信", owedToday.count, "/inbox?show=owed"),
            ("返信待ち", waiting.count - owed.count, "/outbox?show=waiting"),
            ("未開封の送信", sent[.delivered] ?? 0, "/outbox?show=unopened"),
            ("不達・差戻し・期限切れ", failed.reduce(0, +), "/outbox?show=failed"),
            ("下書き", drafts, "/new"),
        ]
        let isIdle = tiles.allSatisfy { $0.1 == 0 }
        let body: HTML = """
            \(HTML.when(isIdle, """
                <p class="good">未処理はありません（\(TimeWords.clock(visit.now)) 現在）。</p>
                """))
            <ul class="tiles">\(tiles.map { tile($0, visit) })</ul>
            \(lateTable(late, visit))
            \(owedTable(Array(owed.prefix(5)), visit))
            """
        return .page(PageFrame(title: "本日").page(body, for: visit, at: .today))
    }

    private static func tile(_ tile: (String, Int, String), _ visit: Visit) -> HTML {
        "<li><a href=\"\(visit.path(tile.2))\"><b>\(tile.1)</b>\(tile.0)</a></li>"
    }

    private static func lateTable(_ late: [OrganisationGateway.Late], _ visit: Visit) -> HTML {
        guard !late.isEmpty else { return .nothing }
        let rows = late.prefix(5).map { item -> HTML in
            let isSent = item.warning.key.from == visit.gateway.member
            let id = item.warning.key.messageID.text
            let path = visit.path(isSent ? "/sent/\(id)" : "/sheets/\(id)")
            return """
                <tr><td>\(item.warning.kind.words)</td><td>\(visit.name(of: item.peer))</td>
                <td class="tel">\(item.telephone?.text ?? "")</td>\
                <td>\(TimeWords.element(item.warning.at))</td>
                <td><a href="\(path)">書類を見る</a></td></tr>
                """
        }
        return """
            <h2>遅れているもの</h2>
            <table><caption>新しい順</caption><thead><tr><th scope="col">いま必要なこと</th>
            <th scope="col">相手</th><th scope="col">電話</th><th scope="col">知らせた時刻</th>
            <th scope="col">書類</th></tr></thead><tbody>\(Array(rows))</tbody></table>
            """
    }

    private static func owedTable(
        _ owed: [OrganisationGateway.Expectation],
        _ visit: Visit
    ) -> HTML {
        guard !owed.isEmpty else { return .nothing }
        let rows = owed.map { item -> HTML in
            let due = item.row.due.map { TimeWords.short($0) } ?? "期限なし"
            let mark: HTML = HTML.when(item.isOverdue, "<span class=\"label full\">期限超過</span> ")
            return """
                <tr><td>\(mark)\(due)</td><td>\(visit.name(of: item.row.name.peer))</td>
                <td>\(visit.name(of: item.sheetType))</td>
                <td><a href="\(visit.path("/sheets/\(item.row.name.message.messageID.text)"))">\
                開いて返信する</a></td></tr>
                """
        }
        return """
            <h2>返信を待たれている書類</h2>
            <table><caption>期限の近い順</caption><thead><tr><th scope="col">返信期限</th>
            <th scope="col">差出機関</th><th scope="col">書類</th><th scope="col">操作</th></tr>
            </thead><tbody>\(rows)</tbody></table>
            """
    }
}

extension WarningKind {
    /// What is late, and the next step.
    var words: String {
        switch self {
        case .notAccepted: "交換所がまだ受け付けていません。急ぐなら電話か紙で"
        case .notDelivered: "相手がまだ受け取っていません。急ぐなら電話を"
        case .notDeliveredAgain: "相手が受け取らないままです。電話し、紙で渡してください"
        case .noReceipt: "取り出されましたが受領証がありません。電話で確かめてください"
        case .notOpened: "まだ開かれていません。電話で知らせてください"
        case .notOpenedAgain: "開かれないままです。すぐに開いてください"
        case .notConfirmed: "開かれましたが受領確認がありません。電話で確かめてください"
        case .notConfirmedAgain: "受領確認がないままです。確認してください"
        case .conflict: "終わった配達に受領証が届きました。相手と電話で話してください"
        }
    }
}
