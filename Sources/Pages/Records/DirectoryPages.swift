import Directory
import Gateway
import HTTP
import Primitives
import Staff

/// 宛先帳: who can be written to, how else they are reached, and what they take.
enum DirectoryPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/directory", to: &router, show)
        // A search names organisations, never persons; it is a post all the same (P8).
        door.post("/directory", to: &router, show)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        let view = visit.gateway.view
        let query = visit.form["query"] ?? ""
        let members = (query.isEmpty ? view.members : view.find(query)).filter {
            $0.membership.standing.status != .left
        }
        let rows = members.map { row($0, visit) }
        let found: HTML =
            rows.isEmpty
            ? "<p class=\"note\">見つかりませんでした。名称・所在地・事業所番号で探せます。</p>"
            : """
            <table><caption>\(rows.count) 件</caption><thead><tr><th scope="col">機関</th>
            <th scope="col">種類</th><th scope="col">所在地</th><th scope="col">電話</th>
            <th scope="col">窓口</th><th scope="col">受け取れる書類</th><th scope="col">参加</th></tr>
            </thead><tbody>\(rows)</tbody></table>
            """
        let body: HTML = """
            <form class="row" method="post" action="\(visit.path("/directory"))">\(visit.token)
            <label for="query">探す</label><input type="text" id="query" name="query" class="short" \
            value="\(query)"><button>探す</button></form>\(found)
            """
        return .page(PageFrame(title: "宛先帳").page(body, for: visit, at: .directory))
    }

    private static func row(_ member: MemberSummary, _ visit: Visit) -> HTML {
        let profile = member.membership.profile
        let standing = member.membership.standing
        let desks = (member.entry?.desks ?? []).map { desk -> HTML in
            "\(desk.name) \(desk.telephone?.text ?? "")<br>"
        }
        let sheets = (member.entry?.accepts ?? []).map { visit.name(of: $0.sheetType) }
        let state =
            standing.status == .suspended
            ? "停止中" : standing.connection == .paper ? "紙のみ" : "参加"
        let unchecked: HTML = HTML.when(
            !visit.gateway.view.unchecked(of: member.memberID).isEmpty,
            "<br><span class=\"label\">鍵の変更を確認中</span>"
        )
        let number = profile.officeNumbers.first?.value ?? ""
        return """
            <tr><td>\(profile.displayName)<br><small class="number">\(number)</small></td>
            <td>\(visit.label(profile.organisationType.text, "OrgType"))</td>
            <td>\(profile.address)</td>
            <td class="tel">\(visit.gateway.view.telephone(of: member.memberID)?.text ?? "")</td>
            <td>\(desks)</td><td>\(sheets.joined(separator: "、"))</td>
            <td>\(own: state)\(unchecked)</td></tr>
            """
    }
}
