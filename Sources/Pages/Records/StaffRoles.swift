import Gateway
import HTTP
import Primitives
import Staff

/// 管理 職員 役割: what a person may do. A change holds at once, also where they are signed in.
enum StaffRoles {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/staff/{account}/roles", to: &router) {
            visit,
            captures async throws(PageRefusal) in
            try await visit.demand(.manageStaff)
            let line = try await StaffPages.line(visit, captures)
            return .page(page(visit, line, line.roles))
        }
        door.post("/staff/{account}/roles", to: &router, change)
    }

    private static func change(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        let line = try await StaffPages.line(visit, captures)
        let (roles, known) = (chosen(visit.form), ticked("was", visit.form))
        guard !roles.isEmpty else {
            let problem: HTML = "<a href=\"#roles\">役割を選んでください</a>"
            return .page(page(visit, line, [], problems: [problem]), status: 400)
        }
        if roles != Set(line.roles) {
            try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
                try await visit.office.staff.setRoles(
                    roles,
                    of: line.id,
                    knowing: known,
                    by: .person(visit.session)
                )
            }
        }
        // Whoever has given the work with accounts away sees them no more.
        let isOwnEnd = line.id == visit.session.account && !roles.contains(.administrator)
        return .seeOther(visit.path(isOwnEnd ? "/" : "/staff"))
    }

    private static func page(
        _ visit: Visit,
        _ line: AccountLine,
        _ roles: [StaffRole],
        problems: [HTML] = []
    ) -> HTML {
        let body: HTML = """
            <p>\(line.displayName) さん（\(line.signInName.text)）</p>
            <form method="post" action="\(visit.path("/staff/\(line.id)/roles"))">\(visit.token)
            \(line.roles.map { role -> HTML in
                "<input type=\"hidden\" name=\"was\" value=\"\(role.rawValue)\">"
            })\(choices(roles))
            <p>保存するとすぐに有効になります。本人がサインイン中でも、次の操作から変わります。</p>
            <p class="row"><button class="main">役割を保存する</button>
            <a class="button" href="\(visit.path("/staff"))">職員の一覧へ戻る</a></p></form>
            """
        return PageFrame(title: "職員の役割", problems: problems)
            .page(body, for: visit, at: .staff)
    }

    /// The roles that a form has ticked.
    static func chosen(_ form: PostedForm) -> Set<StaffRole> { ticked("roles", form) }

    private static func ticked(_ name: String, _ form: PostedForm) -> Set<StaffRole> {
        Set(form.all(name).compactMap(StaffRole.init(rawValue:)))
    }

    static func choices(_ ticked: some Collection<StaffRole>) -> HTML {
        let boxes = StaffRole.allCases.map { role -> HTML in
            """
            <label class="choice"><input type="checkbox" name="roles" \
            value="\(role.rawValue)"\(ticked.contains(role) ? " checked" : .nothing)>\
            \(role.words)</label>
            """
        }
        return """
            <fieldset id="roles"><legend>役割</legend><div class="choices">\(boxes)</div></fieldset>
            """
    }

    /// What a person may do, for the list of all.
    static func cell(_ visit: Visit, _ line: AccountLine) -> HTML {
        let names = line.roles.map(\.words).joined(separator: "・")
        guard line.state != .left else { return "<td>\(names)</td>" }
        return "<td><a href=\"\(visit.path("/staff/\(line.id)/roles"))\">\(names)</a></td>"
    }
}
