import Delivery
import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 緊急閲覧・緊急例外の確認: a second person looks at what was done in an emergency. Whom it is about
/// stands nowhere here; who may see the sheet opens it.
enum ReviewPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/reviews", to: &router) { visit, _ async throws(PageRefusal) in
            try await visit.demand(.reviewEmergency)
            return .page(try await page(visit))
        }
        door.post("/reviews/{review}", to: &router, review)
        FigurePages.add(to: &router, door)
    }

    private static let most = 50

    private static func review(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.reviewEmergency)
        guard let id = EmergencyID(captures.text("review")) else { throw .notFound }
        let verdict = visit.form["verdict"].flatMap(EmergencyVerdict.init(rawValue:))
        let comment = visit.form["comment"] ?? ""
        var problems: [HTML] = []
        if verdict == nil { problems.append("<a href=\"#v\(id.text)\">確認済か不適切かを選んでください</a>") }
        let isNeeded = verdict == .unjustified || !comment.isEmpty
        if isNeeded, let problem = visit.problem(withText: comment) {
            problems.append("<a href=\"#c\(id.text)\">\(problem)</a>")
        }
        guard let verdict, problems.isEmpty else {
            return .page(try await page(visit, problems, of: id), status: 400)
        }
        let reader = visit.reader
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.review(id, verdict, comment, by: reader)
        }
        return .seeOther(visit.path("/reviews"))
    }

    private static func page(
        _ visit: Visit,
        _ problems: [HTML] = [],
        of typed: EmergencyID? = nil
    ) async throws(PageRefusal) -> HTML {
        let known = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.emergencies(limit: most)
        }
        let waiting = known.waiting.map { Self.waiting($0, visit, isTyped: $0.row.id == typed) }
        let none: HTML = "<p class=\"good\">確認を待っているものはありません。</p>"
        let body: HTML = """
            <p>緊急閲覧と、同意の緊急例外による送信を、行った人とは別の窓口責任者が3営業日以内に確認します。</p>
            \(waiting.isEmpty ? none : HTML(joining: waiting))\(reviewed(known.reviewed, visit))
            <p><a href="\(visit.path("/figures/emergencies"))">緊急例外の統計</a></p>
            """
        return PageFrame(title: "緊急閲覧・緊急例外の確認", problems: problems)
            .page(body, for: visit, at: .today)
    }

    private static func waiting(
        _ item: OrganisationGateway.Emergency,
        _ visit: Visit,
        isTyped: Bool
    ) -> HTML {
        let late: HTML = HTML.when(
            item.isOverdue,
            "<span class=\"label full\">期限超過</span> "
        )
        return """
            <section class="note" aria-labelledby="h\(item.row.id.text)">
            <h2 id="h\(item.row.id.text)">\(late)\(item.row.kind.words) \
            \(TimeWords.element(item.row.usedAt))</h2>\(facts(item, visit))
            \(form(item, visit, isTyped: isTyped))</section>
            """
    }

    private static func facts(_ item: OrganisationGateway.Emergency, _ visit: Visit) -> HTML {
        let note = item.note
        let reason = note.reason.flatMap(OrganisationGateway.EmergencyReason.init)?.words
        let place: HTML =
            item.desk.map { "<dt>宛先の窓口</dt><dd>\(visit.deskName($0))</dd>" }
            ?? .nothing
        let due: HTML = item.dueOn.map { "<dt>確認の期限</dt><dd>\(TimeWords.day($0))</dd>" } ?? .nothing
        return """
            <dl><dt>行った人</dt><dd>\(note.name)（\(visit.label(note.role.text, "Profession"))）</dd>
            <dt>書類</dt><dd><a href="\(path(item, visit))">\(visit.name(of: item.sheetType))</a></dd>
            \(place)<dt>理由</dt><dd>\(reason.map { "\($0)<br>" as HTML } ?? .nothing)\
            \(HTML.lines(note.text))</dd>\(due)</dl>
            """
    }

    private static func path(_ item: OrganisationGateway.Emergency, _ visit: Visit) -> String {
        let kind = item.row.kind == .reading ? "sheets" : item.isPaper ? "paper" : "sent"
        return visit.path("/\(kind)/\(item.row.message.messageID)")
    }

    private static func form(
        _ item: OrganisationGateway.Emergency,
        _ visit: Visit,
        isTyped: Bool
    ) -> HTML {
        guard item.row.account != visit.session.account else {
            return "<p>ご自身が行ったものです。ほかの窓口責任者が確認します。</p>"
        }
        let id = item.row.id.text
        let typed = isTyped ? visit.form : PostedForm()
        let choices = EmergencyVerdict.allCases.map { verdict -> HTML in
            let isChosen = typed["verdict"].map { $0.hasSameBytes(as: verdict.rawValue) } ?? false
            return """
                <label class="choice"><input type="radio" name="verdict" required \
                value="\(verdict.rawValue)"\(HTML.when(isChosen, " checked"))>\
                \(verdict.words)</label>
                """
        }
        return """
            <form method="post" action="\(visit.path("/reviews/\(id)"))">\(visit.token)
            <fieldset id="v\(id)"><legend>確認の結果<span class="must">※必須</span></legend>\
            <div class="choices">\(choices)</div></fieldset>
            <div class="field"><label for="c\(id)">コメント</label>
            <span class="hint" id="k\(id)">不適切のときは必ず入力してください。患者・利用者の名前は書かないでください。</span>
            <textarea id="c\(id)" name="comment" aria-describedby="k\(id)">
            \(typed["comment"] ?? "")</textarea></div>
            <p><button class="main">確認を記録する</button></p></form>
            """
    }

    private static func reviewed(
        _ items: [OrganisationGateway.Emergency],
        _ visit: Visit
    ) -> HTML {
        guard !items.isEmpty else { return .nothing }
        let rows = items.map { item -> HTML in
            let review = item.note.review
            let result: HTML =
                item.row.review.map { "\($0.verdict.words) \(TimeWords.element($0.at))" }
                ?? .nothing
            return """
                <tr><td>\(TimeWords.element(item.row.usedAt))</td><td>\(item.row.kind.words)</td>
                <td>\(item.note.name)</td>
                <td><a href="\(path(item, visit))">\(visit.name(of: item.sheetType))</a></td>
                <td>\(result)</td>
                <td>\(review?.name ?? "")<br>\(HTML.lines(review?.comment ?? ""))</td></tr>
                """
        }
        return """
            <h2>確認したもの</h2>
            <table><caption>確認の新しい順（最大 \(most) 件）</caption><thead><tr><th scope="col">日時</th>
            <th scope="col">種類</th><th scope="col">行った人</th><th scope="col">書類</th>
            <th scope="col">結果</th><th scope="col">確認した人・コメント</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }
}

extension EmergencyKind {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .reading: "緊急閲覧"
        case .consent: "緊急例外（同意なしの送信）"
        }
    }
}

extension EmergencyVerdict {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .justified: "確認済"
        case .unjustified: "不適切"
        }
    }
}
