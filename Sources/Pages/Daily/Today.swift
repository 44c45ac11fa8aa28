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
        let differing = try await differing(visit)
        guard visit.session.may(.readSheets) else {
            return .page(withoutSheets(visit, differing))
        }
        let known = try await visit.ask { gateway throws(GatewayError) in
            (
                work: try await gateway.work(owedBy: visit.endOfToday, within: visit.ownDesks),
                late: try await gateway.late(limit: 5),
                owed: try await gateway.expectations(owed: true, limit: 5)
            )
        }
        let work = known.work
        // Somebody of one desk is not counted what others open.
        let own = visit.reader.others.isEmpty ? "" : "&desk=own"
        var tiles: [(String, Int, String)] = [
            ("新着（未開封）", work.unopened, "/inbox?show=unopened" + own),
            ("至急の新着", work.urgent, "/inbox?show=urgent" + own),
            ("本日期限の返信", work.owed, "/inbox?show=owed"),
            ("返信待ち", work.awaited, "/outbox?show=waiting"),
            ("未開封の送信", work.unopenedThere, "/outbox?show=unopened"),
            ("不達・差戻し・期限切れ", work.failed, "/outbox?show=failed"),
            ("確認が必要な送信", work.blocked, "/outbox?show=blocked"),
            ("下書き", work.drafts, "/new"),
        ]
        let reviews = visit.session.may(.reviewEmergency) ? work.reviews : 0
        let isIdle =
            tiles.allSatisfy { $0.1 == 0 } && reviews == 0 && known.owed.isEmpty
            && known.late.isEmpty
        // What was read and asks for nothing may stay nobody's.
        tiles.insert(("担当なし", work.unassigned, "/inbox?show=unassigned" + own), at: 2)
        if visit.session.may(.reviewEmergency) {
            tiles.append(("緊急閲覧・緊急例外の確認", reviews, "/reviews"))
        }
        let body: HTML = """
            \(differing)\(HTML.when(isIdle, """
                <p class="good">未処理はありません（\(TimeWords.clock(visit.now)) 現在）。</p>
                """))
            <ul class="tiles">\(tiles.map { tile($0, visit) })</ul>
            <p><a href="\(visit.path("/morning"))">朝の一覧（印刷用）</a></p>
            \(lateTable(known.late, visit))
            \(owedTable(known.owed, visit))
            """
        return .page(PageFrame(title: "本日").page(body, for: visit, at: .today))
    }

    /// For those who look after accounts and records alone: what they may not open is not counted.
    private static func withoutSheets(_ visit: Visit, _ differing: HTML) -> HTML {
        let body: HTML = """
            \(differing)<p class="note">書類の件数は、書類を読む役割の職員だけに出ます。あなたの仕事は上のメニューから選んでください。</p>
            """
        return PageFrame(title: "本日").page(body, for: visit, at: .today)
    }

    /// Whoever looks after the installation is told that a peer knows other messages.
    private static func differing(_ visit: Visit) async throws(PageRefusal) -> HTML {
        guard visit.session.may(.seeStatus) else { return .nothing }
        let days = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.differingDays()
        }
        return HTML.when(
            !days.isEmpty,
            """
            <p class="problem">✗ 相手の機関の記録と食い違う日が \(days.count) 件あります。\
            <a href="\(visit.path("/days"))">日次照合を見る</a></p>
            """
        )
    }

    private static func tile(_ tile: (String, Int, String), _ visit: Visit) -> HTML {
        "<li><a href=\"\(visit.path(tile.2))\"><b>\(tile.1)</b>\(own: tile.0)</a></li>"
    }

    private static func lateTable(_ late: [OrganisationGateway.Late], _ visit: Visit) -> HTML {
        guard !late.isEmpty else { return .nothing }
        let rows = late.map { item -> HTML in
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
            <th scope="col">書類</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private static func owedTable(
        _ owed: [OrganisationGateway.Expectation],
        _ visit: Visit
    ) -> HTML {
        guard !owed.isEmpty else { return .nothing }
        let rows = owed.map { item -> HTML in
            let due = item.row.due.map { TimeWords.short($0) } ?? English.said("期限なし")
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
    var words: String { English.said(own) }

    private var own: String {
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
