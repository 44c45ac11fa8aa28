import Delivery
import Gateway
import HTTP
import Primitives
import Staff

/// サインイン: 職員ID and password, then what else is needed, step by step.
enum SignIn {
    static func add(to router: inout Router, _ door: Door) {
        door.stranger(.get, "/signin", to: &router) { office, request, _ throws(PageRefusal) in
            try page(office, request, door)
        }
        door.stranger(.post, "/signin", to: &router) { office, request, form in
            await answer(office, request, door) { () async throws(StaffRefusal) in
                guard let password = Password(form["password"] ?? "") else {
                    throw .notAuthenticated
                }
                return try await office.staff.signIn(
                    form["name"] ?? "",
                    password: password,
                    from: request.remoteAddress
                )
            }
        }
        for step in ["code", "password", "enrol", "passkey"] {
            door.stranger(.post, "/signin/\(step)", to: &router) { office, request, form in
                await answer(office, request, door) { () async throws(StaffRefusal) in
                    try await next(step, office, request, form)
                }
            }
        }
        LockPages.add(to: &router, door)
    }

    private static func next(
        _ step: String,
        _ office: Office,
        _ request: Request,
        _ form: PostedForm
    ) async throws(StaffRefusal) -> SignInStep {
        guard let token = Cookie.pending.token(in: request).flatMap({ PendingToken($0) }) else {
            throw .signInLapsed
        }
        let code = form["code"] ?? ""
        switch step {
        case "code":
            return try await office.staff.giveCode(code, for: token, from: request.remoteAddress)
        case "enrol": return try await office.staff.enrol(code, for: token)
        case "passkey":
            guard let shown = ShownPasskey(typed: form) else { throw .notAuthenticated }
            return try await office.staff.givePasskey(
                shown,
                for: token,
                from: request.remoteAddress
            )
        default:
            guard let password = Password(form["password"] ?? "") else {
                throw .passwordTooShort(atLeast: Limits.passwordScalarsLeast)
            }
            return try await office.staff.setPassword(password, for: token)
        }
    }

    /// The step that is waited for, or the first one.
    private static func page(
        _ office: Office,
        _ request: Request,
        _ door: Door
    ) throws(PageRefusal) -> Response {
        guard let token = Cookie.pending.token(in: request).flatMap({ PendingToken($0) }) else {
            return .page(first(office, nil))
        }
        do throws(StaffRefusal) {
            return .page(show(try office.staff.step(of: token), office, nil))
        } catch {
            return .page(first(office, nil), cookies: [Cookie.pending.cleared])
        }
    }

    private static func answer(
        _ office: Office,
        _ request: Request,
        _ door: Door,
        _ act: () async throws(StaffRefusal) -> SignInStep
    ) async -> Response {
        do throws(StaffRefusal) {
            let step = try await act()
            switch step {
            case .done(let done):
                let cookies = [Cookie.session.set(done.token.text), Cookie.pending.cleared]
                guard !done.spareCodes.isEmpty else {
                    return .seeOther("/o/\(office.gateway.member)", cookies: cookies)
                }
                return .page(spareCodes(done.spareCodes, office), cookies: cookies)
            case .needsCode(let token), .needsNewPassword(let token), .needsEnrolment(let token, _):
                return .seeOther(
                    Door.signInPath(office),
                    cookies: [Cookie.pending.set(token.text)]
                )
            }
        } catch {
            let said = door.parts.say(error)
            let words = "\(said.summary)\(said.advice)"
            // Whoever began anew is not led back to the step of another sign-in.
            let isFirst = request.path.last?.hasSameBytes(as: "signin") ?? true
            let pending =
                isFirst
                ? nil : Cookie.pending.token(in: request).flatMap { PendingToken($0) }
            let again = Result { () throws(StaffRefusal) -> SignInStep? in
                try pending.map(office.staff.step)
            }
            if case .success(let step?) = again {
                return .page(show(step, office, words), status: 400)
            }
            return .page(first(office, words), status: 400, cookies: [Cookie.pending.cleared])
        }
    }

    // MARK: The pages

    private static func first(_ office: Office, _ problem: String?) -> HTML {
        frame("サインイン", problem).plain(
            """
            <p>\(office.name)</p>
            <form method="post" action="\(Door.signInPath(office))">
            <div class="field"><label for="name">職員ID</label>
            <input type="text" id="name" name="name" autocomplete="username" \
            required autofocus></div>
            <div class="field"><label for="password">パスワード</label>
            <span class="hint" id="password-hint">初めての方は、管理者から受け取ったコードを入力します。</span>
            <input type="password" id="password" name="password" autocomplete="current-password" \
            aria-describedby="password-hint" required></div>
            <p><button class="main">サインイン</button></p></form>
            <p>端末や確認コードの機器をなくしたときは、管理者に再発行を依頼してください。</p>
            """,
            office.name
        )
    }

    private static func show(_ step: SignInStep, _ office: Office, _ problem: String?) -> HTML {
        let path = Door.signInPath(office)
        switch step {
        case .needsCode(let token):
            return frame("確認コード", problem).plain(
                """
                <form method="post" action="\(path)/code">
                \(AppOffer.codeField("認証アプリの6桁、または予備コード"))
                <p><button class="main">次へ</button></p></form>
                \(passkey(token, office))
                """,
                office.name
            )
        case .needsNewPassword:
            return frame("新しいパスワード", problem).plain(
                """
                <form method="post" action="\(path)/password">
                <div class="field"><label for="password">新しいパスワード</label>
                <span class="hint" id="password-hint">\(Limits.passwordScalarsLeast)文字以上。\
                あなただけの言葉をいくつか並べてください。空白も使えます。</span>
                <input type="password" id="password" name="password" autocomplete="new-password" \
                aria-describedby="password-hint" required autofocus></div>
                <p><button class="main">パスワードを決める</button></p></form>
                """,
                office.name
            )
        case .needsEnrolment(_, let offer):
            return frame("認証アプリの登録", problem).plain(
                """
                \(AppOffer.html(offer))
                <form method="post" action="\(path)/enrol">\(AppOffer.codeField("アプリの6桁"))
                <p><button class="main">登録する</button></p></form>
                """,
                office.name
            )
        case .done: return .nothing
        }
    }

    /// The other way, where the person has one.
    private static func passkey(_ token: PendingToken, _ office: Office) -> HTML {
        let question: PasskeyQuestion?
        do throws(StaffRefusal) { question = try office.staff.passkeyQuestion(for: token) } catch {
            return .nothing
        }
        return question.map { question in
            let form = PasskeyForm(
                path: Door.signInPath(office) + "/passkey",
                act: .show,
                question: question,
                verb: "パスキーを使う"
            )
            return "<h2>パスキー</h2>\(form.html)"
        } ?? .nothing
    }

    private static func spareCodes(_ codes: [String], _ office: Office) -> HTML {
        PageFrame(title: "予備コード").plain(
            """
            \(SpareCodes.html(codes))
            <p><a class="button main" href="/o/\(office.gateway.member.text)">本日の画面へ進む</a></p>
            """,
            office.name
        )
    }

    private static func frame(_ title: String, _ problem: String?) -> PageFrame {
        PageFrame(title: title, problems: problem.map { ["\($0)"] } ?? [])
    }
}
