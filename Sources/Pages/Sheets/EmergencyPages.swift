import Delivery
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 緊急閲覧: a sheet for another desk, with a reason, for half an hour. Nothing of the sheet is shown
/// here, and nothing anywhere before the reason is on record.
enum EmergencyPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/sheets/{message}/emergency", to: &router, ask)
        door.post("/sheets/{message}/emergency", to: &router, open)
    }

    private static func ask(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.emergencyAccess)
        let row = try await row(visit, captures)
        guard !visit.reader.reaches(row) else { return .seeOther(sheet(row, visit)) }
        return .page(page(visit, row))
    }

    private static func open(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.emergencyAccess)
        let row = try await row(visit, captures)
        guard !visit.reader.reaches(row) else { return .seeOther(sheet(row, visit)) }
        let reason = visit.form["reason"].flatMap(OrganisationGateway.EmergencyReason.init)
        let text = visit.form["text"] ?? ""
        var problems: [HTML] = []
        if reason == nil { problems.append("<a href=\"#reason\">緊急閲覧の理由を選んでください</a>") }
        if let problem = visit.problem(withText: text) {
            problems.append("<a href=\"#text\">\(problem)</a>")
        }
        guard let reason, problems.isEmpty else {
            return .page(page(visit, row, problems), status: 400)
        }
        let reader = visit.reader
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.openInEmergency(row.key, because: reason, text, by: reader)
        }
        return .seeOther(sheet(row, visit))
    }

    private static func row(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> InboxRow {
        let key = try await SheetPages.key(visit, captures)
        let row = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.rows(of: [key]).received[key]
        }
        guard let row else { throw .notFound }
        return row
    }

    private static func sheet(_ row: InboxRow, _ visit: Visit) -> String {
        visit.path("/sheets/\(row.key.messageID)")
    }

    private static func page(_ visit: Visit, _ row: InboxRow, _ problems: [HTML] = []) -> HTML {
        let chosen = visit.form["reason"] ?? ""
        let reasons = OrganisationGateway.EmergencyReason.allCases.map { reason -> HTML in
            let state: HTML = reason.rawValue.hasSameBytes(as: chosen) ? " checked" : .nothing
            return """
                <label class="choice"><input type="radio" name="reason" required \
                value="\(reason.rawValue)"\(state)>\(reason.words)</label>
                """
        }
        let path = sheet(row, visit)
        let body: HTML = """
            <dl><dt>書類</dt><dd>\(visit.name(of: row.sheet?.sheetType))</dd>
            <dt>差出機関</dt><dd>\(visit.name(of: row.key.from))</dd>
            <dt>宛先の窓口</dt><dd>\(row.sheet?.desk.map(visit.deskName) ?? "")</dd>
            <dt>受信</dt><dd>\(TimeWords.element(row.receivedAt))</dd></dl>
            <div class="problem"><p>あなたの窓口あての書類ではありません。その窓口を待てないときだけ開いてください。</p>
            <ul><li>この書類だけを、30分間、あなただけが読めます。印刷・返信・受領確認はできません。</li>
            <li>氏名・時刻・理由が記録され、窓口責任者が3営業日以内に確認します。取り消せません。</li>
            <li>未開封の書類は「開封」になり、差出機関に氏名と緊急閲覧であることが伝わります。</li></ul></div>
            <form method="post" action="\(path)/emergency">\(visit.onceToken)
            <fieldset id="reason"><legend>理由<span class="must">※必須</span></legend>\
            \(reasons)</fieldset>
            <div class="field"><label for="text">いま何が起きているか\
            <span class="must">※必須</span></label>
            <span class="hint" id="text-hint">患者・利用者の名前は書かないでください。\
            例: 救急搬送の受け入れ中で、内服薬の確認が必要。</span>
            <textarea id="text" name="text" required aria-describedby="text-hint">
            \(visit.form["text"] ?? "")</textarea></div>
            <p class="row"><button class="main">理由を記録して開く</button>
            <a class="button" href="\(visit.path("/inbox"))">開かずに戻る</a></p></form>
            """
        return PageFrame(title: "緊急閲覧", problems: problems).page(body, for: visit, at: .inbox)
    }
}

extension OrganisationGateway.EmergencyReason {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .patientEmergency: "急変・救急の対応"
        case .deskAbsent: "窓口の職員が不在で、期限に間に合わない"
        case .safety: "虐待・災害など、本人の安全の確保"
        case .other: "その他"
        }
    }
}

extension Visit {
    /// What is wrong with a text that must say why.
    func problem(withText text: String) -> HTML? {
        if text.allSatisfy(\.isWhitespace) { return "理由を文章で入力してください" }
        let most = OrganisationGateway.emergencyTextScalars
        return text.unicodeScalars.count > most ? "\(most)文字以内で入力してください" : nil
    }
}
