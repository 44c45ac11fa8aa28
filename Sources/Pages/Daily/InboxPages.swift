import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 受信箱: what came in, newest first.
enum InboxPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/inbox", to: &router, list)
    }

    private static let filters = [
        ("", "すべて"), ("unopened", "未開封"), ("urgent", "至急"), ("owed", "返信が必要"),
        ("mine", "自分の担当"), ("unassigned", "担当なし"),
    ]

    private static func shown(_ name: String, _ visit: Visit) -> InboxList {
        switch name {
        case "mine": .assigned(to: visit.session.account)
        case "unassigned": .unassigned
        case "unopened": .unopened
        case "urgent": .urgent
        case "owed": .owed(by: nil)
        default: .all
        }
    }

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let choice = ListChoice(visit, at: "/inbox")
        let bounds = choice.bounds(visit)
        let paging = Paging(visit.request.query("page"))
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.inbox(shown(choice.show, visit), within: bounds, paging.slice)
        }
        var lines: [HTML] = []
        let prints = visit.session.may(.printSheets)
        for message in found.rows {
            lines.append(try await line(message, visit, hasBox: prints))
        }
        let body: HTML = """
            \(choice.html(filters, peer: "差出機関", visit))
            \(lines.isEmpty ? "<p class=\"note\">ここに出す書類はありません。</p>" : listed(lines, visit))
            \(paging.links(choice.address(), total: found.total))
            """
        return .page(PageFrame(title: "受信箱").page(body, for: visit, at: .inbox))
    }

    static func line(
        _ message: OrganisationGateway.ListedMessage,
        _ visit: Visit,
        hasBox: Bool = false
    ) async throws(PageRefusal) -> HTML {
        let row = message.row
        let head = try await visit.parts.heads.head(ofReceived: row, for: visit)
        let patient: HTML =
            visit.elsewhere(row)
            ?? "\(head?.patientName ?? "")<br><small>\(head?.patientKana ?? "")</small>"
        let id = row.key.messageID.text
        let name = visit.name(of: row.sheet?.sheetType)
        let isUrgent = row.urgency != .routine && row.state == .delivered
        let urgent: HTML = isUrgent ? " class=\"urgent\"" : .nothing
        let link: HTML =
            row.state == nil
            ? "\(name)" : "<a href=\"\(visit.path("/sheets/\(id)"))\">\(name)</a>"
        let box: HTML = hasBox ? tick(row, visit) : .nothing
        let old: HTML = HTML.when(row.replacedBy != nil, "（旧版）")
        let part: HTML = HTML.when(head?.extractOf != nil, "（抜粋）")
        return """
            <tr\(urgent)>\(box)<td>\(StateWords.received(row.state))</td>
            <td>\(UrgencyWords.label(row.urgency, head?.urgency))</td>
            <td>\(visit.name(of: row.key.from))</td>
            <td>\(patient)</td>
            <td>\(link)\(part)\(old)</td><td>\(TimeWords.element(row.receivedAt))</td>
            <td>\(visit.assignee(row))</td>
            <td>\(message.owed.map { due($0) } ?? .nothing)</td></tr>
            """
    }

    private static func due(_ owed: ExpectationRow) -> HTML {
        owed.due.map { "\(TimeWords.short($0))" } ?? "期限なし"
    }

    /// Ticked for what is done with several at once; what was not taken in has none.
    private static func tick(_ row: InboxRow, _ visit: Visit) -> HTML {
        guard row.state != nil, visit.reader.reaches(row) else { return "<td></td>" }
        let label: HTML =
            "\(visit.name(of: row.key.from))の\(visit.name(of: row.sheet?.sheetType))を選ぶ"
        return """
            <td><input type="checkbox" name="sheet" value="\(row.key.messageID.text)" \
            aria-label="\(label)"></td>
            """
    }

    private static func listed(_ lines: [HTML], _ visit: Visit) -> HTML {
        let prints = visit.session.may(.printSheets)
        let table = table(lines, "受信した書類（新しい順）", hasBoxes: prints)
        guard prints else { return table }
        return """
            <form method="post" action="\(visit.path("/inbox/print"))">\(visit.token)\(table)
            <p class="noprint"><button>選んだ書類をまとめて印刷する（PDF）</button>
            <small>未開封の書類は、印刷すると開封になります。</small></p>
            \(assigning(visit))</form>
            """
    }

    private static func assigning(_ visit: Visit) -> HTML {
        guard visit.session.may(.assign) else { return .nothing }
        return """
            <p class="row noprint">\(AssignPages.choice(visit, now: nil))
            <input type="hidden" name="back" value="\(visit.here)">
            <button formaction="\(visit.path(AssignPages.path))">選んだ書類の担当にする</button></p>
            """
    }

    static func table(_ lines: [HTML], _ caption: String, hasBoxes: Bool = false) -> HTML {
        let boxes: HTML = HTML.when(hasBoxes, "<th scope=\"col\">選択</th>")
        return """
            <table><caption>\(own: caption)</caption><thead><tr>\(boxes)<th scope="col">状態</th>
            <th scope="col">緊急度</th><th scope="col">差出機関</th>
            <th scope="col">利用者名（フリガナ）</th><th scope="col">書類</th><th scope="col">受信</th>
            <th scope="col">担当</th><th scope="col">返信期限</th></tr></thead>
            <tbody>\(lines)</tbody></table>
            """
    }
}
