import HTTP
import Primitives
import Staff

/// 管理 職員 サインイン中の端末: where a person is signed in, for an administrator to end.
enum StaffSessions {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/staff/{account}/sessions", to: &router, show)
        door.post("/staff/{account}/sessions", to: &router, end)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        return .page(page(visit, try await StaffPages.line(visit, captures)))
    }

    private static func end(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        let line = try await StaffPages.line(visit, captures)
        let path = visit.path("/staff/\(line.id)/sessions")
        let which = visit.form["session"].flatMap { SessionID($0) }
        guard which != nil || visit.form["all"] != nil else { return .seeOther(path) }
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.endSessions(
                of: line.id,
                only: which,
                by: .person(visit.session)
            )
        }
        return .seeOther(path)
    }

    private static func page(_ visit: Visit, _ line: AccountLine) -> HTML {
        let sessions = visit.office.staff.sessions(of: line.id)
        let own = line.id == visit.session.account ? visit.session.id : nil
        let table = SessionTable(lines: sessions, own: own)
        let form: HTML = """
            <form method="post" action="\(visit.path("/staff/\(line.id)/sessions"))">\(visit.token)
            \(table.html)<p>終了すると、その端末ではすぐにサインインし直しになります。一時保存した下書きは残ります。</p>
            <p><button name="all" value="yes">すべて終了する</button></p></form>
            """
        let body: HTML = """
            <p>\(line.displayName) さん（\(line.signInName.text)）</p>
            \(sessions.isEmpty ? "<p class=\"note\">サインインしている端末はありません。</p>" : form)
            <p><a class="button" href="\(visit.path("/staff"))">職員の一覧へ戻る</a></p>
            """
        return PageFrame(title: "サインイン中の端末").page(body, for: visit, at: .staff)
    }
}
