import Audit
import Directory
import HTTP
import Primitives
import Sheets
import Staff

/// 管理 職員: accounts, their roles, and the codes that are handed over.
enum StaffPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/staff", to: &router) { visit, _ async throws(PageRefusal) in
            try await visit.demand(.manageStaff)
            return .page(try await page(visit))
        }
        door.post("/staff", to: &router, add)
        door.post("/staff/{account}", to: &router, change)
    }

    private static func add(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        var problems: [HTML] = []
        let name = SignInName(typed: visit.form["signInName"] ?? "")
        if name == nil {
            problems.append("<a href=\"#signInName\">職員IDを半角英数字で入力してください（例: satou01）</a>")
        }
        let roles = StaffRoles.chosen(visit.form)
        if roles.isEmpty { problems.append("<a href=\"#roles\">役割を選んでください</a>") }
        let profession = RoleCode(visit.form["profession"] ?? "")
        let isProfession = profession.map {
            visit.catalogue.label($0.text, in: "Profession") != nil
        }
        if isProfession != true {
            problems.append("<a href=\"#profession\">職種を選んでください</a>")
        }
        guard problems.isEmpty, let name, let profession,
            let new = NewAccount(
                name,
                named: visit.form["displayName"] ?? "",
                profession: profession,
                roles: roles,
                desks: StaffDesks.chosen(visit)
            )
        else {
            if problems.isEmpty {
                problems = ["<a href=\"#displayName\">氏名を1行で入力してください</a>"]
            }
            return .page(try await page(visit, problems: problems), status: 400)
        }
        let code: HandedCode
        do throws(StaffRefusal) {
            code = try await visit.office.staff.add(new, by: .person(visit.session))
        } catch {
            guard error == .signInNameTaken || error == .badName else { throw .staff(error) }
            let said = visit.parts.say(error)
            return .page(
                try await page(visit, problems: ["\(said.summary)\(said.advice)"]),
                status: 400
            )
        }
        return .page(try await page(visit, handed: code))
    }

    private static func change(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.manageStaff)
        let line = try await line(visit, captures)
        if let warning = warnings[ByteText(visit.form["act"] ?? "")], visit.form["sure"] == nil {
            return .page(ask(warning, line, visit))
        }
        let (staff, actor) = (visit.office.staff, StaffActor.person(visit.session))
        let act = visit.form["act"] ?? ""
        let code = try await wrap(PageRefusal.staff) {
            () async throws(StaffRefusal) -> HandedCode? in
            switch act {
            case "suspend": try await staff.suspend(line.id, by: actor)
            case "resume": try await staff.resume(line.id, by: actor)
            case "leave": try await staff.leave(line.id, by: actor)
            case "factor": return try await staff.issueCode(.factor, for: line.id, by: actor)
            case "password": return try await staff.issueCode(.password, for: line.id, by: actor)
            default: break
            }
            return nil
        }
        guard let code else { return .seeOther(visit.path("/staff")) }
        return .page(try await page(visit, handed: code))
    }

    /// The account that an address names.
    static func line(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> AccountLine {
        let id = captures.text("account")
        let found = try await lines(visit).first { $0.id.text.hasSameBytes(as: id) }
        guard let found else { throw .notFound }
        return found
    }

    static func lines(_ visit: Visit) async throws(PageRefusal) -> [AccountLine] {
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.list(by: .person(visit.session))
        }
    }

    /// What an act does that ends somebody's work here.
    private static let warnings: [ByteText: (verb: String, effect: String)] = [
        "suspend": ("停止する", "すぐにサインアウトされ、再開するまでサインインできません。あとで「再開する」で戻せます。"),
        "leave": ("退職とする", "すぐにサインアウトされ、二度とサインインできません。元に戻せません。これまでの記録は残ります。"),
    ]

    private static func ask(
        _ warning: (verb: String, effect: String),
        _ line: AccountLine,
        _ visit: Visit
    ) -> HTML {
        let body: HTML = """
            <p class="problem">\(line.displayName) \
            さん（\(line.signInName.text)）は、\(warning.effect)</p>
            <form method="post" action="\(visit.path("/staff/\(line.id)"))">\(visit.token)
            <input type="hidden" name="act" value="\(visit.form["act"] ?? "")">
            <p class="row"><button class="main" name="sure" value="yes">\(warning.verb)</button>
            <a class="button" href="\(visit.path("/staff"))">戻る</a></p></form>
            """
        return PageFrame(title: warning.verb).page(body, for: visit, at: .staff)
    }

    // MARK: The page

    private static func page(
        _ visit: Visit,
        handed: HandedCode? = nil,
        problems: [HTML] = []
    ) async throws(PageRefusal) -> HTML {
        let lines = try await lines(visit)
        let rows = lines.map { row($0, visit) }
        let body: HTML = """
            \(handed.map { handedCode($0, lines) } ?? .nothing)
            <table><caption>職員 \(lines.count) 人</caption><thead><tr><th scope="col">職員ID</th>
            <th scope="col">氏名</th><th scope="col">職種</th><th scope="col">役割</th>\
            \(HTML.when(visit.desks.count > 1, "<th scope=\"col\">窓口</th>"))
            <th scope="col">状態</th><th scope="col">最後のサインイン</th>
            <th scope="col">サインイン中</th><th scope="col">操作</th></tr>
            </thead><tbody>\(rows)</tbody></table>
            <h2>職員を追加する</h2>\(form(visit, typed: problems.isEmpty ? PostedForm() : visit.form))
            <p><a href="\(visit.path("/templates"))">包括同意のひな形</a></p>
            """
        return PageFrame(title: "職員", problems: problems).page(body, for: visit, at: .staff)
    }

    private static func handedCode(_ code: HandedCode, _ lines: [AccountLine]) -> HTML {
        let name = lines.first { $0.id == code.account }?.displayName ?? ""
        return """
            <div class="good" role="status"><p>\(name) さんに渡すコード（一度だけ表示します）:</p>
            <p class="codes">\(code.text)</p>
            <p>\(TimeWords.short(code.until)) まで、1回だけ使えます。本人を確かめて手渡してください。</p></div>
            """
    }

    private static func row(_ line: AccountLine, _ visit: Visit) -> HTML {
        let last: HTML = line.lastSignInAt.map { TimeWords.element($0) } ?? "なし"
        let open: HTML =
            line.sessions == 0
            ? "なし"
            : """
            <a href="\(visit.path("/staff/\(line.id)/sessions"))">\(line.sessions) 台</a>
            """
        func button(_ act: String, _ label: String) -> HTML {
            "<button class=\"plain\" name=\"act\" value=\"\(act)\">\(own: label)</button>"
        }
        let acts: HTML
        switch line.state {
        case .active:
            acts = """
                \(button("factor", "確認コードの再登録"))\(button("password", "パスワードの再設定"))\
                \(button("suspend", "停止する"))\(button("leave", "退職とする"))
                """
        case .suspended: acts = "\(button("resume", "再開する"))\(button("leave", "退職とする"))"
        case .left: acts = .nothing
        }
        return """
            <tr><td class="number">\(line.signInName.text)</td><td>\(line.displayName)</td>
            <td>\(visit.label(line.profession.text, "Profession"))</td>\
            \(StaffRoles.cell(visit, line))\(StaffDesks.cell(visit, line))
            <td>\(line.state.words)</td><td>\(last)</td><td>\(open)</td>
            <td><form method="post" action="\(visit.path("/staff/\(line.id)"))" \
            aria-label="\(line.displayName)への操作">\(visit.onceToken)\(acts)</form></td></tr>
            """
    }

    /// Empty, or as it was typed.
    private static func form(_ visit: Visit, typed: PostedForm) -> HTML {
        let profession = typed["profession"] ?? ""
        let professions = visit.catalogue.choices(of: "Profession", on: visit.today).map {
            choice -> HTML in
            let state: HTML = choice.code.hasSameBytes(as: profession) ? " selected" : .nothing
            return "<option value=\"\(choice.code)\"\(state)>\(choice.label)</option>"
        }
        return """
            <form method="post" action="\(visit.path("/staff"))">\(visit.onceToken)
            <div class="field"><label for="signInName">職員ID</label>
            <input type="text" id="signInName" name="signInName" class="short" \
            value="\(typed["signInName"] ?? "")" autocomplete="off" required></div>
            <div class="field"><label for="displayName">氏名</label>
            <input type="text" id="displayName" name="displayName" \
            value="\(typed["displayName"] ?? "")" autocomplete="off" required></div>
            <div class="field"><label for="profession">職種</label>
            <div><select id="profession" name="profession" required>
            <option value="">（選んでください）</option>\(professions)</select></div></div>
            \(StaffRoles.choices(StaffRoles.chosen(typed)))
            \(StaffDesks.choices(visit, typed.fields.isEmpty ? [] : StaffDesks.chosen(visit)))
            <p><button class="main">職員を追加する</button></p></form>
            """
    }
}

extension Account.State {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .active: "有効"
        case .suspended: "停止"
        case .left: "退職"
        }
    }
}
