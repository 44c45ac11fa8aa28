import Audit
import Cryptography
import Primitives
import Staff

/// The parts that all pages of a signed-in person share: head, header, navigation, footer.
struct PageFrame: Sendable {
    /// Places of the navigation, in its order.
    enum Place: String, CaseIterable, Sendable {
        case today, inbox, outbox, new, people, consents, directory, audit, staff, status

        var label: String {
            switch self {
            case .today: "本日"
            case .inbox: "受信箱"
            case .outbox: "送信箱"
            case .new: "新規作成"
            case .people: "利用者"
            case .consents: "同意"
            case .directory: "宛先帳"
            case .audit: "監査"
            case .staff: "職員"
            case .status: "状態"
            }
        }

        /// Any of these shows it.
        var rights: [StaffRight] {
            switch self {
            case .today: [.readSheets, .seeStatus, .manageStaff, .seeAllEntries]
            case .inbox, .outbox, .people: [.readSheets]
            case .new: [.draft]
            case .consents: [.recordConsent]
            case .directory: [.draft, .readSheets, .manageStaff]
            case .audit: [.seeAllEntries]
            case .staff: [.manageStaff]
            case .status: [.seeStatus]
            }
        }

        /// Below the organisation's path.
        var path: String { self == .today ? "/" : "/" + rawValue }
    }

    let title: String
    /// In place of the title where it names a person, which no title may.
    var heading: HTML?
    var problems: [HTML] = []
    var isRefused = false
    /// The form `draft` is being filled in: what leads away from the page is a button of it, which
    /// saves first.
    var isWriting = false

    /// A page outside of any session.
    func plain(_ body: HTML, _ organisation: String, size: Account.TextSize = .medium) -> HTML {
        document(
            """
            <main id="main"><div class="sign">\(summary)<h1>\(own: title)</h1>
            \(body)</div></main>
            """,
            organisation,
            size
        )
    }

    /// A page of a signed-in person.
    func page(_ body: HTML, for visit: Visit, at place: Place?) -> HTML {
        let session = visit.session
        let links = Place.allCases.filter { $0.rights.contains(where: session.may) }.map {
            item -> HTML in
            let current: HTML = item == place ? " aria-current=\"page\"" : .nothing
            let news = item == .inbox ? Unopened.mark(visit) : .nothing
            let label: HTML = "\(own: item.label)\(news)"
            return isWriting
                ? "<li>\(leaving(item.path, label, current))</li>"
                : "<li><a href=\"\(visit.path(item.path))\"\(current)>\(label)</a></li>"
        }
        return document(
            """
            <a class="skip" href="#main">本文へ</a>
            \(HTML.when(isWriting, Self.first))
            <header class="top"><span class="org">\(visit.office.name)</span>
            <span class="who">\(who(visit))</span>
            \(isWriting ? tools(visit) : forms(visit))</header>
            <nav class="main" aria-label="主なページ"><ul>\(links)</ul></nav>
            \(visit.banners)
            <main id="main">\(summary)<h1>\(heading ?? "\(own: title)")</h1>
            \(body)</main>
            """,
            visit.office.name,
            session.preferences.textSize
        )
    }

    /// What is wrong with a form, above everything else, with links to its fields (P6).
    private var summary: HTML {
        guard !problems.isEmpty else { return .nothing }
        return """
            <div class="problem" role="alert" id="problems" tabindex="-1" autofocus>
            <h2>確認が必要な項目が \(problems.count) 件あります</h2>
            <ul>\(problems.map { "<li>\($0)</li>" as HTML })</ul></div>
            """
    }

    /// The first button of a form is the one that Enter presses: it must save and stay.
    private static var first: HTML {
        """
        <button form="draft" name="go" value="save" class="skip">入力を保存する</button>
        """
    }

    private static let ofDraft: HTML = "form=\"draft\" name=\"go\""
    static let ofHeader: HTML = "name=\"size\""

    /// The person, which leads to their own settings.
    private func who(_ visit: Visit) -> HTML {
        let role = visit.label(visit.session.agent.role.text, "Profession")
        let name: HTML = "\(visit.session.displayName)（\(role)）"
        return isWriting
            ? "<button form=\"draft\" name=\"go\" value=\"/me\" class=\"plain\">\(name)</button>"
            : "<a href=\"\(visit.path("/me"))\">\(name)</a>"
    }

    private func leaving(_ place: String, _ label: HTML, _ state: HTML = .nothing) -> HTML {
        "<button form=\"draft\" name=\"go\" value=\"\(place)\"\(state)>\(label)</button>"
    }

    private func tools(_ visit: Visit) -> HTML {
        """
        <span>文字 \(Self.sizeButtons(visit, Self.ofDraft))</span>
        <button form="draft" name="go" value="lock" class="plain">画面ロック</button>
        <button form="draft" name="go" value="signout" class="plain">終了</button>
        """
    }

    private func forms(_ visit: Visit) -> HTML {
        let back: HTML = "<input type=\"hidden\" name=\"back\" value=\"\(visit.here)\">"
        return """
            <form method="post" action="\(visit.path("/size"))" aria-label="文字の大きさ">\
            \(visit.token)\(back)文字 \(Self.sizeButtons(visit, Self.ofHeader))</form>
            <form method="post" action="\(visit.path("/lock"))">\(visit.token)\(back)\
            <button class="plain">画面ロック</button></form>
            <form method="post" action="\(visit.path("/signout"))">\(visit.token)\
            <button class="plain">終了</button></form>
            """
    }

    static func sizeButtons(_ visit: Visit, _ target: HTML) -> HTML {
        HTML(
            joining: Account.TextSize.allCases.map { size in
                let pressed = size == visit.session.preferences.textSize ? "true" : "false"
                return """
                    <button class="plain" \(target) value="\(size.rawValue)" \
                    aria-pressed="\(pressed)">\(own: size.label)</button>
                    """
            }
        )
    }

    /// To the other language, by way of the first page: what was posted has no address.
    private static var switches: HTML {
        let (code, name) = English.spoken == nil ? ("en", "English") : ("ja", "日本語")
        return """
            <p class="noprint"><a href="/?lang=\(code)" lang="\(code)" hreflang="\(code)">\
            \(name)</a></p>
            """
    }

    private func document(_ body: HTML, _ organisation: String, _ size: Account.TextSize) -> HTML {
        let mark = problems.isEmpty && !isRefused ? "" : "エラー: "
        return """
            <html lang="\(English.spoken == nil ? "ja" : "en")" class="\(size.rawValue)"><head>\
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(own: mark)\(own: title) – \(organisation)</title>
            <link rel="stylesheet" href="\(Assets.stylePath)">
            <script src="\(Assets.scriptPath)" defer></script></head><body>
            \(body)
            <footer><p>連携 Renkei \(Assets.version)</p>\
            \(isWriting ? .nothing : Self.switches)</footer>
            </body></html>
            """
    }
}

extension Account.TextSize {
    /// 文字の大きさ.
    var label: String {
        switch self {
        case .small: "小"
        case .medium: "中"
        case .large: "大"
        }
    }
}

/// What the pages refer to by path. The name changes with the content, so that it may be kept.
enum Assets {
    static let version = "0.1.0"
    static let stylePath = "/assets/style-\(mark(Style.text)).css"
    static let scriptPath = "/assets/script-\(mark(Script.text)).js"

    private static func mark(_ text: String) -> String {
        String(SHA256.hash(text.bytes).hex.prefix(12))
    }
}
