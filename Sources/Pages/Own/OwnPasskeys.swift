import HTTP
import Primitives
import Staff

/// パスキー: set up and taken away by their owner. Making one needs the script of the pages; the
/// codes of the app are the way without it.
enum OwnPasskeys {
    static func add(to router: inout Router, _ door: Door) {
        door.post("/me/passkeys", to: &router) { visit, _ async throws(PageRefusal) in
            try await OwnPages.act(visit, offer)
        }
        door.post("/me/passkeys/made", to: &router) { visit, _ async throws(PageRefusal) in
            try await OwnPages.act(visit, enrol)
        }
        door.post("/me/passkeys/remove", to: &router) { visit, _ async throws(PageRefusal) in
            try await OwnPages.act(visit) { visit async throws(StaffRefusal) in
                let name = visit.form["passkey"] ?? ""
                try await visit.office.staff.removePasskey(name, of: visit.session)
                return .seeOther(visit.path("/me"))
            }
        }
    }

    /// After the password: the page on which the browser makes it.
    private static func offer(_ visit: Visit) async throws(StaffRefusal) -> Response {
        let label = visit.form["label"] ?? ""
        guard label.isPersonName else { throw .badName }
        let question = try await visit.office.staff.passkeyOffer(
            for: visit.session,
            password: try OwnPages.password("password", visit),
            at: visit.request.remoteAddress
        )
        let body: HTML = """
            <p>ボタンを押すと、この端末かセキュリティキーが、指紋・顔・暗証番号などを求めます。</p>
            \(PasskeyForm(
                path: visit.path("/me/passkeys/made"),
                act: .make,
                question: question,
                hidden: "\(visit.token)<input type=\"hidden\" name=\"label\" value=\"\(label)\">",
                verb: "パスキーを作る"
            ).html)
            <p><a class="button" href="\(visit.path("/me"))">やめる</a></p>
            """
        return .page(PageFrame(title: "パスキーを作る").page(body, for: visit, at: nil))
    }

    private static func enrol(_ visit: Visit) async throws(StaffRefusal) -> Response {
        let made: MadePasskey
        do throws(DecodingRefusal) {
            made = try MadePasskey(reading: (visit.form["passkey"] ?? "").bytes)
        } catch { throw .passkeyRefused }
        let label = visit.form["label"] ?? ""
        try await visit.office.staff.enrolPasskey(made, named: label, of: visit.session)
        return OwnPages.done(visit, "パスキーを登録しました", "次のサインインから、確認コードの代わりに使えます。")
    }

    /// The part of the settings.
    static func section(_ visit: Visit, _ passkeys: [PasskeyLine]) -> HTML {
        guard visit.office.staff.hasPasskeys else {
            return "<p>この画面のアドレスではパスキーを使えません。認証アプリの確認コードを使ってください。</p>"
        }
        return """
            <p>確認コードの代わりに、指紋・顔・暗証番号やセキュリティキーを使えます。</p>
            \(table(visit, passkeys))
            <form method="post" action="\(visit.path("/me/passkeys"))">\(visit.token)
            <div class="field"><label for="label">パスキーの呼び名</label>
            <span class="hint" id="label-hint">例: 受付のPC、わたしのスマートフォン</span>
            <input type="text" id="label" name="label" class="short" autocomplete="off" \
            aria-describedby="label-hint" required></div>
            \(OwnPages.passwordField("passkey-password", "いまのパスワード"))
            <p><button>パスキーを追加する</button></p></form>
            """
    }

    private static func table(_ visit: Visit, _ passkeys: [PasskeyLine]) -> HTML {
        guard !passkeys.isEmpty else { return "<p class=\"note\">登録されたパスキーはありません。</p>" }
        let rows = passkeys.map { passkey -> HTML in
            """
            <tr><td>\(passkey.label)</td><td>\(TimeWords.element(passkey.createdAt))</td>
            <td><button class="plain" name="passkey" value="\(passkey.name)">削除する</button></td>
            </tr>
            """
        }
        return """
            <form method="post" action="\(visit.path("/me/passkeys/remove"))">\(visit.token)
            <table><caption>登録したパスキー</caption><thead><tr><th scope="col">呼び名</th>
            <th scope="col">登録</th><th scope="col">操作</th></tr></thead><tbody>\(rows)</tbody>
            </table></form>
            """
    }
}

/// A form that the script fills with what the browser's passkey says; without the script it says
/// what else there is.
struct PasskeyForm {
    enum Act: String { case make, show }

    let path: String
    let act: Act
    let question: PasskeyQuestion
    var hidden: HTML = .nothing
    let verb: String

    var html: HTML {
        """
        <form method="post" action="\(path)" data-passkey="\(act.rawValue)" \
        data-question="\(question.json.canonicalText)">\(hidden)
        <input type="hidden" name="passkey" value="">
        <p><button class="main">\(own: verb)</button></p>
        <p class="problem" role="alert" hidden>パスキーを使えませんでした。もう一度押すか、ほかの方法を使ってください。</p>
        <noscript><p>パスキーにはJavaScriptが要ります。確認コードやパスワードを使ってください。</p></noscript></form>
        """
    }
}
