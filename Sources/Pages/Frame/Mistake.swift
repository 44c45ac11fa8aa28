import Gateway
import HTTP
import Paper
import Primitives
import Staff
import Storage

/// The page of a refusal: what happened, what to do, and the number to tell.
struct Mistake {
    let status: Int
    let title: String
    let text: HTML
    let advice: HTML
    /// The page on which it may still be done.
    private var way: (path: String, label: String)?

    init(_ refusal: PageRefusal, _ parts: PagesParts) {
        switch refusal {
        case .notFound, .http(.notFound):
            self.init(404, "ページが見つかりません", "その書類やページはありません。", "一覧からもう一度お選びください。")
        case .foreign, .staff(.formForeign):
            self.init(
                403,
                "もう一度お試しください",
                "画面が古くなっているため、操作を受け付けませんでした。何も送られていません。",
                "前の画面に戻り、読み込み直してから操作してください。"
            )
        case .http(.malformed), .http(.methodNotAllowed), .http(.targetTooLong):
            self.init(
                refusal.status,
                "ページを開けません",
                "アドレスか送られた内容を読めませんでした。何も変わっていません。",
                """
                アドレスを入力したときは、最後の「/」などの余分な文字を取ってください。\
                そうでないときは、最初の画面からお進みください。
                """
            )
        case .http(.wrongHost):
            self.init(
                refusal.status,
                "この名前では開けません",
                "この画面は、決められた名前でだけ開けます。",
                "案内されたアドレス（https:// で始まります）で開いてください。分からないときは運用者に聞いてください。"
            )
        case .otherDesk(let desk):
            let may = StaffRight.emergencyAccess.roles.map(\.words).joined(separator: "・")
            self.init(
                403,
                "ほかの窓口あての書類です",
                "この書類は窓口「\(desk.name)」あてです。その窓口の職員だけが開けます。",
                """
                その窓口の職員に頼むか、管理者に窓口の追加を依頼してください。\
                急変などで待てないときは、理由を記録して緊急閲覧ができます（できる役割: \(may)）。
                """
            )
            way = desk.emergency.map { (path: $0, label: "緊急閲覧へ進む") }
        case .notTheirDesk(let name, let desk):
            self.init(
                400,
                "担当にできません",
                "\(name) さんは窓口「\(desk)」の職員ではないため、この書類を開けません。何も変わっていません。",
                "その窓口の職員を選ぶか、管理者に窓口の追加を依頼してください。"
            )
        case .staff(.rightMissing(let right)):
            let roles = right.roles.map(\.words).joined(separator: "・")
            self.init(
                403,
                "この操作の権限がありません",
                "この操作ができる役割: \(roles)。",
                "その役割の人に頼むか、管理者に役割の追加を依頼してください。"
            )
        case .staff(let error):
            let said = parts.say(error)
            self.init(error.isTemporary ? 503 : 400, Self.notDone, said)
        case .paper(let error):
            let said = parts.say(error)
            self.init(error.isTemporary ? 503 : 400, "印刷できませんでした", said)
        case .gateway(let error):
            let said = parts.say(error)
            self.init(Self.status(of: error), Self.notDone, said)
        case .http(let failure):
            let said = parts.say(failure)
            self.init(failure.status, Self.notDone, said)
        }
    }

    private static let notDone = "処理できませんでした"

    private init(_ status: Int, _ title: String, _ said: (summary: String, advice: String)) {
        self.init(status, title, "\(said.summary)", "\(said.advice)")
    }

    private init(_ status: Int, _ title: String, _ text: HTML, _ advice: HTML) {
        self.status = status
        self.title = title
        self.text = text
        self.advice = advice
    }

    private static func status(of error: GatewayError) -> Int {
        switch error {
        case .notFound: 404
        case .store(.conflict): 409
        default: error.isTemporary ? 503 : 400
        }
    }

    func body(trace: String, back: String) -> HTML {
        let link: HTML =
            way.map { "<p><a class=\"button\" href=\"\($0.path)\">\(own: $0.label)</a></p>" }
            ?? .nothing
        return """
            <div class="problem"><p>\(text)</p><p>\(advice)</p></div>
            \(link)
            <p>問い合わせ番号: \(trace)</p>
            <p><a class="button" href="\(back)">本日の画面へ戻る</a></p>
            """
    }
}

extension PageRefusal {
    fileprivate var status: Int {
        if case .http(let failure) = self { failure.status } else { 400 }
    }
}

extension StaffRole {
    /// 役割.
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .author: "作成者"
        case .sender: "送信者"
        case .reader: "閲覧者"
        case .deskLead: "窓口責任者"
        case .administrator: "管理者"
        case .auditor: "監査者"
        case .operator: "運用者"
        }
    }
}
