import BrowserKit
import Foundation
import Primitives

extension Person {
    /// Another lead of the clinic's reception.
    fileprivate static let otherLead = Person(
        id: "minami",
        name: "南 千歳",
        profession: "nurse",
        roles: "deskLead"
    )
}

extension Walk {
    /// The clinic gets a second desk, at which its doctor does not work, and a sheet for it.
    ///
    /// - Returns: the number of the sheet.
    fileprivate func sendToOtherDesk() async throws -> String {
        let desk = ["gateway", "desk", "add", "visit", "--name", "訪問診療の窓口"]
        try await house.renkei(desk + House.Place.clinic.acting, .clinic)
        let atReception = ["gateway", "user", "change", Person.doctor.id, "--desks", "main"]
        try await house.renkei(atReception + House.Place.clinic.acting, .clinic)
        try await eventually("the care office knows the desk") {
            let found = try await house.renkei(["directory", "show", "9910100123"], .care)
            return found.contains("訪問診療の窓口") ? true : nil
        }
        let sheet = House.demoData.appendingPathComponent("care-liaison.json").path
        let send = ["send", sheet, "--desk", "visit", "--wait", "delivered", "--json"]
        let printed = try await house.renkei(send + House.Place.care.acting, .care)
        let line = printed.split(separator: "\n").last.map(String.init) ?? ""
        guard let number = try JSON(reading: Array(line.utf8))["messageId"]?.string else {
            throw Missing("a number in: \(printed)")
        }
        return number
    }
}

extension Desk {
    /// Opens a page of the office whose page is open.
    fileprivate func go(_ path: String) async throws {
        let address = try await browser.url
        try await browser.open(address.replacing(/(\/o\/[^\/]+).*/) { "\($0.1)" + path })
    }

    fileprivate func prove(_ field: String, _ button: String) async throws {
        try await browser.find(field).fill(Person.password)
        try await use(button)
    }

    /// A new sheet in which a name has been typed and not saved.
    fileprivate func begin(_ sheet: String, of name: String) async throws {
        try await use("新規作成")
        try await use(sheet)
        try await use("次へ: 利用者と用件")
        try await browser.find("[name='/patient/fullName']").fill(name)
    }

    /// Posts the form on the page as a second window would, with another name.
    fileprivate func saveInOtherWindow() async throws {
        try await postInOtherWindow(
            "form.action",
            """
            new FormData(form)
            typed.set('/patient/fullName', '幻野 ハナ')
            typed.set('next', 'save')
            """
        )
    }

    /// Discards the draft on the page as a second window would.
    fileprivate func discardInOtherWindow() async throws {
        try await postInOtherWindow("form.action + '/discard'", "new FormData(form)")
    }

    private func postInOtherWindow(_ address: String, _ typed: String) async throws {
        let accepted = try await browser.run(
            """
            const form = document.querySelector('main form[method=post]')
            const typed = \(typed)
            return fetch(\(address), {method: 'POST', body: new URLSearchParams(typed)})
              .then(answer => answer.ok)
            """
        )
        guard accepted.bool == true else { throw Missing("what another window did") }
    }
}

extension Stop {
    /// What somebody meets who changes their mind, and two who write in one draft.
    static let drafts = [
        Stop("下書き-衝突") { walk in
            try await walk.care.begin("入院時情報提供書", of: "幻野 ハル")
            try await walk.care.saveInOtherWindow()
            try await walk.care.use("一時保存")
        },
        Stop("下書き-衝突のあと") { walk in try await walk.care.use("選んだ内容で保存する") },
        Stop("下書き-破棄") { walk in try await walk.care.use("この下書きを破棄する") },
        Stop("下書き-破棄のあと") { walk in try await walk.care.use("破棄する") },
        Stop("下書き-ほかで破棄された") { walk in
            try await walk.care.begin("入院時情報提供書", of: "幻野 ハル")
            try await walk.care.discardInOtherWindow()
            try await walk.care.use("一時保存")
        },
        Stop("訂正版の記入") { walk in
            try await walk.care.use("送信箱")
            try await walk.care.use("入院時情報提供書")
            try await walk.care.use("訂正版を作る")
        },
    ]

    /// 緊急閲覧 of a sheet for another desk, and what a second lead says of it.
    static let emergency = [
        Stop("診療所-ほかの窓口の書類", .clinic) { walk in
            let number = try await walk.sendToOtherDesk()
            try await walk.doctor.go("/sheets/\(number)")
        },
        Stop("診療所-緊急閲覧の理由", .clinic) { walk in
            try await walk.doctor.use(first: "main a[href$='/emergency']")
        },
        Stop("診療所-緊急閲覧で読む", .clinic) { walk in
            let browser = try walk.doctor.browser
            try await browser.find("[name=reason]").click()
            try await browser.find("#text").fill("救急搬送の受け入れ中で、内服薬の確認が必要です。")
            try await walk.doctor.use("理由を記録して開く")
        },
        Stop("診療所-緊急閲覧の確認待ち", .clinic) { walk in
            let desk = try walk.doctor
            try await desk.use("終了")
            let code = try await walk.house.hire(.otherLead, at: .clinic)
            try await desk.signInFirst(code, of: .otherLead)
            try await desk.use(first: "a[href$='/reviews']")
        },
        Stop("診療所-緊急閲覧を確認した", .clinic) { walk in
            try await walk.doctor.browser.find("[name=verdict]").click()
            try await walk.doctor.use("確認を記録する")
        },
    ]

    /// What an administrator does with accounts, at an office with two desks.
    static let staff = [
        Stop("職員-追加の誤り") { walk in
            let desk = ["gateway", "desk", "add", "visit", "--name", "訪問の窓口"]
            try await walk.house.renkei(desk + House.Place.care.acting, .care)
            try await walk.care.use("職員")
            var filler = SheetFiller(fields: [
                ("signInName", ["satou"]), ("displayName", ["佐藤 花子"]), ("profession", ["nurse"]),
            ])
            try await filler.fill(at: walk.care)
            try await walk.care.use("職員を追加する")
        },
        Stop("職員-渡すコード") { walk in
            var filler = SheetFiller(fields: [("profession", ["nurse"]), ("roles", ["reader"])])
            try await filler.fill(at: walk.care)
            try await walk.care.use("職員を追加する")
        },
        Stop("職員-窓口") { walk in try await walk.care.use(first: "td a[href$='/desks']") },
        Stop("職員-役割") { walk in
            try await walk.care.use("職員の一覧へ戻る")
            try await walk.care.use(first: "td a[href$='/roles']")
        },
        Stop("職員-停止の確認") { walk in
            try await walk.care.use("職員の一覧へ戻る")
            try await walk.care.use("停止する")
        },
    ]

    /// What everybody sets for themselves.
    static let own = [
        Stop("自分の設定-誤り") { walk in
            try await walk.care.use(first: ".who a")
            try await walk.care.browser.find("#codes").fill("違うパスワードです")
            try await walk.care.use("予備コードを作り直す")
        },
        Stop("自分の設定-予備コード") { walk in
            try await walk.care.prove("#codes", "予備コードを作り直す")
        },
        Stop("自分の設定-認証アプリ") { walk in
            try await walk.care.use("自分の設定へ戻る")
            try await walk.care.prove("#app", "別の認証アプリを登録する")
        },
        Stop("自分の設定-パスキー") { walk in
            try await walk.care.use("やめる")
            try await walk.care.fill("パスキーの呼び名", "受付のPC")
            try await walk.care.prove("#passkey-password", "パスキーを追加する")
        },
        Stop("自分の設定-パスキーができた") { walk in
            let authenticator = try await walk.care.browser.addAuthenticator()
            try await walk.care.use("パスキーを作る")
            try await authenticator.remove()
        },
        Stop("自分の設定-メール") { walk in
            try await walk.care.use("自分の設定へ戻る")
            try await walk.care.fill("メールアドレス", "haruka@example.jp")
            try await walk.care.use("メールでのお知らせを保存する")
        },
    ]

    /// How the pages end and begin again.
    static let endings = [
        Stop("病院-確認コード", .hospital) { walk in
            try await walk.hospital.open("/")
            try await walk.hospital.fill("職員ID", Person.socialWorker.id)
            try await walk.hospital.fill("パスワード", Person.password)
            try await walk.hospital.use("サインイン")
        },
        Stop("サインインが必要") { walk in
            try await walk.care.fill("パスワード", Person.password)
            try await walk.care.use("再開する")
            try await walk.care.begin("入院時情報提供書", of: "幻野 ハナ")
            try await walk.care.browser.forgetCookies()
            try await walk.care.use("一時保存")
        },
        Stop("機関を選ぶ") { walk in
            try await walk.house.takeIn(
                ["--name", "架空橋訪問看護ステーション", "--type", "visitingNurseStation"],
                at: .care
            )
            try await walk.care.browser.open(walk.house.pages(of: .care))
        },
    ]
}
