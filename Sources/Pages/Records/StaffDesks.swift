import Directory
import Gateway
import HTTP
import Primitives
import Staff

/// 管理 職員 窓口: at which desks a person works. In an office with one desk nobody is asked.
enum StaffDesks {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/staff/{account}/desks", to: &router, show)
        door.post("/staff/{account}/desks", to: &router, change)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        let line = try await StaffPages.line(visit, captures)
        let body: HTML = """
            <p>\(line.displayName) さん（\(line.signInName.text)）</p>
            <form method="post" action="\(visit.path("/staff/\(line.id)/desks"))">\(visit.token)
            \(choices(visit, line.desks))
            <p class="row"><button class="main">窓口を保存する</button>
            <a class="button" href="\(visit.path("/staff"))">職員の一覧へ戻る</a></p></form>
            """
        return .page(PageFrame(title: "職員の窓口").page(body, for: visit, at: .staff))
    }

    private static func change(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        let line = try await StaffPages.line(visit, captures)
        // Without a choice nothing is changed: no desk at all would mean every desk.
        guard visit.desks.count > 1 else { return .seeOther(visit.path("/staff")) }
        let desks = chosen(visit, of: line.desks)
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.setDesks(desks, of: line.id, by: .person(visit.session))
        }
        return .seeOther(visit.path("/staff"))
    }

    /// The desks that a form has ticked; and of those that somebody has now, what the form did not
    /// ask about, because it was made before.
    static func chosen(_ visit: Visit, of now: [DeskID] = []) -> [DeskID] {
        let (ticked, asked) = (visit.form.all("desks"), visit.form.all("asked"))
        return all(visit, now).filter { desk in
            ticked.contains { $0.hasSameBytes(as: desk.text) }
                || now.contains(desk) && !asked.contains { $0.hasSameBytes(as: desk.text) }
        }
    }

    /// Those that there are, and what somebody has of others.
    private static func all(_ visit: Visit, _ now: [DeskID]) -> [DeskID] {
        let known = visit.desks.map(\.deskID)
        return known + now.filter { !known.contains($0) }
    }

    /// Nothing where there is nothing to choose.
    static func choices(_ visit: Visit, _ desks: [DeskID]) -> HTML {
        guard visit.desks.count > 1 else { return .nothing }
        let boxes = all(visit, desks).map { desk -> HTML in
            let state: HTML = desks.contains(desk) ? " checked" : .nothing
            return """
                <input type="hidden" name="asked" value="\(desk.text)">
                <label class="choice"><input type="checkbox" name="desks" \
                value="\(desk.text)"\(state)>\(visit.deskName(desk))</label>
                """
        }
        return """
            <fieldset><legend>窓口</legend><p>選んだ窓口あての書類と、窓口の指定がない書類を開けます。\
            1つも選ばないと、すべての窓口あての書類を開けます。</p>
            <div class="choices">\(boxes)</div></fieldset>
            """
    }

    /// Where a person works, for the list of all.
    static func cell(_ visit: Visit, _ line: AccountLine) -> HTML {
        guard visit.desks.count > 1 else { return .nothing }
        let names = line.desks.map(visit.deskName).joined(separator: "・")
        return """
            <td><a href="\(visit.path("/staff/\(line.id)/desks"))">\
            \(names.isEmpty ? English.said("すべて") : names)</a></td>
            """
    }
}
