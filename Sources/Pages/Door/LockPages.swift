import Delivery
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 画面ロック: the work is kept, the password opens it again.
enum LockPages {
    static func path(_ office: Office) -> String { "/o/\(office.gateway.member.text)/locked" }

    /// The lock, from which one comes back to the page one was at.
    static func path(_ office: Office, backTo page: String?) -> String {
        let home = "/o/\(office.gateway.member.text)"
        let way = office.way(back: page)
        guard !way.hasSameBytes(as: home) else { return path(office) }
        // Of what stands in a way back, these alone mean something in a query.
        let escapes: [Character: String] = ["?": "%3F", "=": "%3D", "&": "%26"]
        return path(office) + "?back=" + way.map { escapes[$0] ?? String($0) }.joined()
    }

    static func add(to router: inout Router, _ door: Door) {
        door.post("/lock", to: &router) { visit, _ async throws(PageRefusal) in
            try await lock(visit, backTo: visit.form["back"])
        }
        door.post("/signout", to: &router) { visit, _ async throws(PageRefusal) in
            try await signOut(visit)
        }
        door.post("/size", to: &router) { visit, _ async throws(PageRefusal) in
            try await visit.setTextSize(visit.form["size"])
            return .seeOther(visit.way(back: visit.form["back"]))
        }
        door.stranger(.get, "/locked", to: &router) { office, request, _ in
            .page(page(office, request, request.query("back"), nil))
        }
        door.stranger(.post, "/locked", to: &router) { office, request, form in
            await unlock(office, request, form, door) { token async throws(StaffRefusal) in
                guard let password = Password(form["password"] ?? "") else {
                    throw .notAuthenticated
                }
                return try await office.staff.unlock(
                    token,
                    password: password,
                    from: request.remoteAddress
                )
            }
        }
        door.stranger(.post, "/locked/passkey", to: &router) { office, request, form in
            await unlock(office, request, form, door) { token async throws(StaffRefusal) in
                guard let shown = ShownPasskey(typed: form) else { throw .notAuthenticated }
                return try await office.staff.unlock(
                    token,
                    passkey: shown,
                    from: request.remoteAddress
                )
            }
        }
    }

    static func lock(_ visit: Visit, backTo page: String?) async throws(PageRefusal) -> Response {
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.lock(visit.sessionToken)
        }
        return .seeOther(path(visit.office, backTo: page))
    }

    static func signOut(_ visit: Visit) async throws(PageRefusal) -> Response {
        let day = try await DayOfSending(visit)
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.signOut(visit.sessionToken)
        }
        return .page(
            PageFrame(title: "終了しました").plain(
                """
                \(visit.session.may(.readSheets) ? day.html : .nothing)
                <p><a class="button" href="\(Door.signInPath(visit.office))">サインイン</a></p>
                """,
                visit.office.name
            ),
            cookies: [Cookie.session.cleared]
        )
    }

    private static func unlock(
        _ office: Office,
        _ request: Request,
        _ form: PostedForm,
        _ door: Door,
        _ prove: (SessionToken) async throws(StaffRefusal) -> SessionToken
    ) async -> Response {
        do throws(StaffRefusal) {
            guard let token = token(in: request) else { throw .sessionEnded }
            let next = try await prove(token)
            return .seeOther(
                office.way(back: form["back"]),
                cookies: [Cookie.session.set(next.text)]
            )
        } catch {
            guard error != .sessionEnded else { return .seeOther(Door.signInPath(office)) }
            let said = door.parts.say(error)
            return .page(
                page(office, request, form["back"], said.summary + said.advice),
                status: 400
            )
        }
    }

    private static func token(in request: Request) -> SessionToken? {
        Cookie.session.token(in: request).flatMap { SessionToken($0) }
    }

    private static func page(
        _ office: Office,
        _ request: Request,
        _ back: String?,
        _ problem: String?
    ) -> HTML {
        let back: HTML = """
            <input type="hidden" name="back" value="\(office.way(back: back))">
            """
        return PageFrame(title: "画面ロック", problems: problem.map { ["\($0)"] } ?? []).plain(
            """
            <p>保存した内容は残っています。再開すると、元の画面に戻ります。</p>
            <form method="post" action="\(path(office))">
            \(back)<div class="field"><label for="password">パスワード</label>
            <input type="password" id="password" name="password" autocomplete="current-password" \
            required autofocus></div>
            <p><button class="main">再開する</button>
            <a class="button" href="\(Door.signInPath(office))">別の職員でサインイン</a></p></form>
            \(passkey(office, request, back))
            """,
            office.name
        )
    }

    /// The other key, where the owner of the session has one.
    private static func passkey(_ office: Office, _ request: Request, _ back: HTML) -> HTML {
        var question: PasskeyQuestion?
        do throws(StaffRefusal) {
            guard let token = token(in: request) else { return .nothing }
            question = try office.staff.passkeyQuestion(for: try office.staff.session(for: token))
        } catch { return .nothing }
        guard let question else { return .nothing }
        return PasskeyForm(
            path: path(office) + "/passkey",
            act: .show,
            question: question,
            hidden: back,
            verb: "パスキーで再開する"
        ).html
    }
}

/// What was sent today, for whoever goes home.
struct DayOfSending {
    let sent: Int
    let onTheWay: Int
    let failed: Int
    let unopened: Int

    /// More than anybody sends in a day.
    private static let most = 2000

    init(_ visit: Visit) async throws(PageRefusal) {
        let rows = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.outbox(limit: Self.most)
        }
        let today = rows.prefix { $0.createdAt.dayInJapan == visit.today }
        // Who took something back has not sent it.
        let states = today.compactMap { $0.copies.map(\.state).leastAdvanced }
            .filter { $0 != .withdrawn }
        sent = states.count
        onTheWay = states.count { !$0.isEnd && $0.rank < DeliveryState.delivered.rank }
        failed = states.count(where: \.isEnd)
        unopened = states.count { $0 == .delivered }
    }

    var html: HTML {
        guard sent > 0 else { return "<p class=\"note\">本日の送信はありません。</p>" }
        let arrived: HTML =
            onTheWay + failed == 0 ? "すべて到着" : "到着していないもの \(onTheWay + failed)件"
        let look = failed > 0 ? "problem" : onTheWay == 0 ? "good" : "note"
        let more: HTML = HTML.when(
            failed > 0,
            "不達・差戻し・期限切れが \(failed)件あります。サインインして送信箱を確かめてください。"
        )
        return """
            <p class="\(look)">本日の送信 \(sent)件、\(arrived)。未開封 \(unopened)件。\(more)</p>
            """
    }
}
