import HTTP
import Japanese
import Primitives
import Staff

/// 自分の設定: what everybody changes for themselves. What opens the account is changed with the
/// password alone: not by whoever comes by a screen that was left open.
enum OwnPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/me", to: &router) { visit, _ async throws(PageRefusal) in
            .page(try page(visit))
        }
        door.post("/me/password", to: &router) { visit, _ async throws(PageRefusal) in
            try await act(visit, changePassword)
        }
        door.post("/me/codes", to: &router) { visit, _ async throws(PageRefusal) in
            try await act(visit, renewCodes)
        }
        door.post("/me/app", to: &router) { visit, _ async throws(PageRefusal) in
            try await act(visit, offerApp)
        }
        door.post("/me/app/code", to: &router) { visit, _ async throws(PageRefusal) in
            try await act(visit, renewApp)
        }
        door.post("/me/sessions", to: &router) { visit, _ async throws(PageRefusal) in
            try await act(visit, endSessions)
        }
        door.post("/me/mail", to: &router) { visit, _ async throws(PageRefusal) in
            try await setMail(visit)
        }
        OwnPasskeys.add(to: &router, door)
    }

    /// Does what a form asks; what the person can mend is said on the page of the settings.
    static func act(
        _ visit: Visit,
        _ body: (Visit) async throws(StaffRefusal) -> Response
    ) async throws(PageRefusal) -> Response {
        do throws(StaffRefusal) { return try await body(visit) } catch {
            switch error {
            case .book, .sessionEnded, .sessionLocked, .formForeign, .rightMissing:
                throw .staff(error)
            default:
                let said = visit.parts.say(error)
                return .page(try page(visit, ["\(said.summary)\(said.advice)"]), status: 400)
            }
        }
    }

    /// A password of a form; none is a wrong one.
    static func password(
        _ name: String,
        _ visit: Visit
    ) throws(StaffRefusal) -> Password {
        guard let password = Password(visit.form[name] ?? "") else { throw .notAuthenticated }
        return password
    }

    // MARK: Acts

    private static func changePassword(_ visit: Visit) async throws(StaffRefusal) -> Response {
        guard let new = Password(visit.form["new"] ?? "") else {
            throw .passwordTooShort(atLeast: Limits.passwordScalarsLeast)
        }
        try await visit.office.staff.changePassword(
            of: visit.session,
            from: try password("password", visit),
            to: new,
            at: visit.request.remoteAddress
        )
        return done(visit, "パスワードを変えました", "ほかの端末でのサインインは終わりました。次から新しいパスワードを使います。")
    }

    private static func renewCodes(_ visit: Visit) async throws(StaffRefusal) -> Response {
        let codes = try await visit.office.staff.renewSpareCodes(
            of: visit.session,
            password: try password("password", visit),
            at: visit.request.remoteAddress
        )
        let body: HTML = """
            \(SpareCodes.html(codes))
            <p>前の予備コードは使えなくなりました。</p>
            <p><a class="button main" href="\(visit.path("/me"))">自分の設定へ戻る</a></p>
            """
        return .page(PageFrame(title: "予備コード").page(body, for: visit, at: nil))
    }

    private static func offerApp(_ visit: Visit) async throws(StaffRefusal) -> Response {
        let offer = try await visit.office.staff.factorOffer(
            for: visit.session,
            password: try password("password", visit),
            at: visit.request.remoteAddress
        )
        let body: HTML = """
            \(AppOffer.html(offer))
            <form method="post" action="\(visit.path("/me/app/code"))">\(visit.token)
            \(AppOffer.codeField("アプリの6桁"))
            <p class="row"><button class="main">登録する</button>
            <a class="button" href="\(visit.path("/me"))">やめる</a></p></form>
            """
        return .page(PageFrame(title: "認証アプリの登録").page(body, for: visit, at: nil))
    }

    private static func renewApp(_ visit: Visit) async throws(StaffRefusal) -> Response {
        try await visit.office.staff.renewFactor(visit.form["code"] ?? "", of: visit.session)
        return done(visit, "認証アプリを登録しました", "次から、いま登録したアプリの6桁を使います。前のアプリの6桁は使えません。")
    }

    /// An empty field ends the notices.
    private static func setMail(_ visit: Visit) async throws(PageRefusal) -> Response {
        let typed = visit.form["mail"] ?? ""
        let address = MailAddress(Width.narrowed(typed))
        guard typed.isEmpty || address != nil else {
            let problem: HTML = "<a href=\"#mail\">メールアドレスの形が違います（例: hanako@example.jp）</a>"
            return .page(try page(visit, [problem]), status: 400)
        }
        var preferences = visit.session.preferences
        preferences.mail = address
        let (chosen, session) = (preferences, visit.session)
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.setPreferences(chosen, of: session)
        }
        return done(
            visit,
            "メールでのお知らせを変えました",
            address == nil ? "メールは送られません。" : "新着があると、このアドレスにメールが届きます。"
        )
    }

    private static func endSessions(_ visit: Visit) async throws(StaffRefusal) -> Response {
        let which = visit.form["session"].flatMap { SessionID($0) }
        guard which != nil || visit.form["all"] != nil else {
            return .seeOther(visit.path("/me"))
        }
        try await visit.office.staff.endOthers(than: visit.session, only: which)
        return .seeOther(visit.path("/me"))
    }

    static func done(_ visit: Visit, _ title: String, _ words: String) -> Response {
        let body: HTML = """
            <p class="good" role="status">\(own: words)</p>
            <p><a class="button" href="\(visit.path("/me"))">自分の設定へ戻る</a></p>
            """
        return .page(PageFrame(title: title).page(body, for: visit, at: nil))
    }

    // MARK: The page

    static func page(_ visit: Visit, _ problems: [HTML] = []) throws(PageRefusal) -> HTML {
        let session = visit.session
        let passkeys = try wrap(PageRefusal.staff) { () throws(StaffRefusal) in
            try visit.office.staff.passkeys(of: session)
        }
        let body: HTML = """
            <dl><dt>職員ID</dt><dd>\(session.signInName.text)</dd>
            <dt>氏名</dt><dd>\(session.displayName)</dd>
            <dt>役割</dt><dd>\(session.roles.sorted().map(\.words).joined(separator: "・"))</dd></dl>
            <h2>文字の大きさ</h2>
            <form class="row" method="post" action="\(visit.path("/size"))">\(visit.token)
            <input type="hidden" name="back" value="\(visit.path("/me"))">\
            \(PageFrame.sizeButtons(visit, PageFrame.ofHeader))</form>
            <h2>パスワードを変える</h2>\(passwordForm(visit))
            <h2>パスキー</h2>\(OwnPasskeys.section(visit, passkeys))
            <h2>予備コード</h2>
            <p>認証アプリが使えないときのコードです。作り直すと、前のコードは使えなくなります。</p>
            \(proving(visit, "/me/codes", "codes", "予備コードを作り直す"))
            <h2>認証アプリ</h2>
            <p>スマートフォンを替えたときは、新しいアプリを登録します。</p>
            \(proving(visit, "/me/app", "app", "別の認証アプリを登録する"))
            <h2>メールでのお知らせ</h2>\(mailForm(visit))
            <h2>サインイン中の端末</h2>\(sessions(visit))
            """
        return PageFrame(title: "自分の設定", problems: problems).page(body, for: visit, at: nil)
    }

    private static func mailForm(_ visit: Visit) -> HTML {
        let typed = visit.form["mail"] ?? visit.session.preferences.mail?.text ?? ""
        return """
            <form method="post" action="\(visit.path("/me/mail"))">\(visit.token)
            <div class="field"><label for="mail">メールアドレス</label>
            <span class="hint" id="mail-hint">新着の書類や期限の近い送信があると、件数だけを多くても\
            10分に1回知らせます。\
            利用者の名前や書類の内容は書かれません。空欄にすると送りません。</span>
            <input type="text" id="mail" name="mail" inputmode="email" autocomplete="email" \
            aria-describedby="mail-hint" value="\(typed)"></div>
            <p><button>メールでのお知らせを保存する</button></p></form>
            """
    }

    private static func passwordForm(_ visit: Visit) -> HTML {
        """
        <form method="post" action="\(visit.path("/me/password"))">\(visit.token)
        \(passwordField("old", "いまのパスワード"))
        <div class="field"><label for="new">新しいパスワード</label>
        <span class="hint" id="new-hint">\(Limits.passwordScalarsLeast)文字以上。\
        あなただけの言葉をいくつか並べてください。空白も使えます。</span>
        <input type="password" id="new" name="new" autocomplete="new-password" \
        aria-describedby="new-hint" required></div>
        <p><button>パスワードを変える</button></p></form>
        """
    }

    /// A form that asks for nothing but the password.
    private static func proving(
        _ visit: Visit,
        _ path: String,
        _ id: String,
        _ verb: String
    ) -> HTML {
        """
        <form method="post" action="\(visit.path(path))">\(visit.onceToken)
        \(passwordField(id, "いまのパスワード"))<p><button>\(own: verb)</button></p></form>
        """
    }

    static func passwordField(_ id: String, _ label: String) -> HTML {
        """
        <div class="field"><label for="\(id)">\(own: label)</label>
        <input type="password" id="\(id)" name="password" autocomplete="current-password" \
        required></div>
        """
    }

    private static func sessions(_ visit: Visit) -> HTML {
        let lines = visit.office.staff.sessions(of: visit.session.account)
        let hasOthers = lines.contains { $0.id != visit.session.id }
        let form = SessionTable(lines: lines, own: visit.session.id)
        return """
            <form method="post" action="\(visit.path("/me/sessions"))">\(visit.token)
            \(form.html)\(HTML.when(hasOthers, """
                <p><button name="all" value="yes">ほかの端末をすべて終了する</button></p>
                """))</form>
            """
    }
}

/// Where somebody is signed in, each with a button that ends it.
struct SessionTable {
    let lines: [SessionLine]
    /// The one of the request, which 終了 ends.
    let own: SessionID?

    var html: HTML {
        let rows = lines.map { line -> HTML in
            let isOwn = line.id == own
            let state = isOwn ? "この端末" : line.isLocked ? "画面ロック中" : "使用中"
            let end: HTML = HTML.when(
                !isOwn,
                """
                <button class="plain" name="session" value="\(line.id.text)">終了する</button>
                """
            )
            return """
                <tr><td>\(TimeWords.element(line.signedInAt))</td>
                <td>\(TimeWords.element(line.seenAt))</td><td>\(line.address)</td>
                <td>\(own: state)</td><td>\(end)</td></tr>
                """
        }
        return """
            <table><caption>サインイン中の端末 \(lines.count) 台</caption><thead><tr>
            <th scope="col">サインイン</th><th scope="col">最後の操作</th>
            <th scope="col">アドレス</th><th scope="col">状態</th><th scope="col">操作</th></tr>
            </thead><tbody>\(rows)</tbody></table>
            """
    }
}
