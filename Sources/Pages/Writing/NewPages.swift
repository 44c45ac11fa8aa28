import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff

/// 新規作成: which sheet, and the drafts that were begun.
enum NewPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/new", to: &router, show)
        door.post("/new", to: &router, begin)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.draft)
        let stored = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.drafts()
        }
        let kinds = types(visit).map { type -> HTML in
            """
            <li><form method="post" action="\(visit.path("/new"))">\(visit.onceToken)\
            <input type="hidden" name="type" value="\(type.text)">\
            <button>\(visit.name(of: type))</button></form></li>
            """
        }
        let body: HTML = """
            <h2>新しい書類</h2><ul class="tiles">\(kinds)</ul>
            \(kinds.isEmpty ? "<p class=\"note\">当機関から始められる書類はありません。</p>" : .nothing)
            <h2>下書き</h2>\(try drafts(stored, visit))
            """
        return .page(PageFrame(title: "新規作成").page(body, for: visit, at: .new))
    }

    /// What this kind of organisation may begin (X1); answers begin at the sheet they answer.
    static func types(_ visit: Visit) -> [SheetType] {
        let own = visit.gateway.view.member(visit.gateway.member)?.membership.profile
            .organisationType.text
        return visit.catalogue.types.filter { type in
            guard let rules = visit.catalogue.delivery(of: type), !rules.isReply, !rules.isNotice,
                let own
            else { return false }
            return rules.directions.contains { direction in
                direction.from.contains { $0.text.hasSameBytes(as: own) }
            }
        }
    }

    private static func drafts(
        _ stored: [OrganisationGateway.StoredDraft],
        _ visit: Visit
    ) throws(PageRefusal) -> HTML {
        guard !stored.isEmpty else { return "<p class=\"note\">書きかけの書類はありません。</p>" }
        let name = JSONPointer(tokens: ["patient", "fullName"])
        var rows: [HTML] = []
        for item in stored {
            let draft = try Draft(stored: item)
            rows.append(
                """
                <tr><td><a href="\(visit.path("/drafts/\(item.id)"))">\
                \(visit.name(of: draft.type))</a></td>
                <td>\(draft.values[name]?.first ?? English.said("（未入力）"))</td>
                <td>\(draft.to.map(visit.name(of:)).joined(separator: "、"))</td>
                <td>\(TimeWords.element(item.savedAt))</td></tr>
                """
            )
        }
        return """
            <table><caption>新しい順</caption><thead><tr><th scope="col">書類</th>
            <th scope="col">利用者名</th><th scope="col">宛先</th><th scope="col">保存</th></tr>
            </thead><tbody>\(rows)</tbody></table>
            """
    }

    private static func begin(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.draft)
        guard let type = visit.form["type"].flatMap({ SheetType($0) }), types(visit).contains(type)
        else { throw .notFound }
        return try await DraftPages.begin(Draft(of: type, visit.parts.random), visit)
    }
}
