import Audit
import Cryptography
import Delivery
import Directory
import Gateway
import HTTP
import Japanese
import Paper
import Primitives
import Sheets
import Staff
import Storage

/// 紙で送る: sheets that go by fax or post, and how far each has come. What no receipt proves, people
/// note: who sent it, and that the recipient told the number on its cover sheet.
enum PaperPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/paper", to: &router, list)
        door.get("/paper/{message}", to: &router, show)
        door.post("/paper/{message}/print", to: &router, draw)
        door.post("/paper/{message}/sent", to: &router, noteSent)
        door.post("/paper/{message}/acknowledged", to: &router, noteAcknowledged)
    }

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let paging = Paging(visit.request.query("page"))
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.papers(paging.slice)
        }
        let lines = found.rows.map { route in
            """
            <tr><td>\(state(route.leastAdvanced))</td>
            <td>\(route.copies.map { visit.name(of: $0.to) }.joined(separator: "、"))</td>
            <td>\(route.patientName ?? "")</td>
            <td><a href="\(visit.path("/paper/\(route.id)"))">\
            \(visit.name(of: route.sheet.type))</a></td>
            <td>\(TimeWords.element(route.begun.at))</td></tr>
            """ as HTML
        }
        let table: HTML =
            lines.isEmpty
            ? """
            <p class="note">紙で送った書類はありません。\
            紙で送るには、書類を作り、送信前の確認で「紙で送る」を選びます。</p>
            """
            : """
            <table><caption>紙で送った書類（新しい順）</caption><thead><tr><th scope="col">状態</th>
            <th scope="col">宛先</th><th scope="col">利用者名</th><th scope="col">書類</th>
            <th scope="col">作成</th></tr></thead><tbody>\(lines)</tbody></table>
            """
        let body: HTML = "\(table)\(paging.links(visit.path("/paper"), total: found.total))"
        return .page(PageFrame(title: "紙で送った書類").page(body, for: visit, at: .outbox))
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        return .page(page(try await route(visit, captures), visit, nil))
    }

    private static func route(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> PaperRoute {
        guard let id = MessageID(captures.text("message")) else { throw .notFound }
        return try await visit.ask { gateway throws(GatewayError) in try await gateway.paper(id) }
    }

    // MARK: Acts

    private static func draw(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.send)
        guard let id = MessageID(captures.text("message")) else { throw .notFound }
        let agent = visit.agent
        // Without a word about it, what shows less.
        let way = visit.form["way"].flatMap(PaperRoute.Way.init) ?? .fax
        let printed: PaperRoute
        do throws(GatewayError) {
            printed = try await visit.gateway.printedPaper(id, as: way, by: agent)
        } catch .faxUnknown {
            let problem: HTML = "宛先帳にFAX番号がない宛先があります。郵送用に印刷するか、宛先に番号を確かめてもらってください"
            let route = try await route(visit, captures)
            return .page(page(route, visit, nil, [problem]), status: 400)
        } catch .faxWithheld {
            let route = try await route(visit, captures)
            return .page(page(route, visit, nil, [noFax(route, visit)]), status: 400)
        } catch { throw .gateway(error) }
        let documents = PaperMail(visit: visit, route: printed, way: way).documents
        return try await PrintPages.draw(documents, "paper-\(id).pdf", visit)
    }

    private static func noteSent(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.send)
        guard let peer = visit.form["to"].flatMap({ MemberID($0) }) else { throw .notFound }
        return try await note(.sent, for: peer, visit, captures)
    }

    /// Only whoever has the cover sheet in hand can tell its number.
    private static func noteAcknowledged(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.send)
        let route = try await route(visit, captures)
        guard let peer = visit.form["to"].flatMap({ MemberID($0) }),
            let copy = route.copies.first(where: { $0.to == peer })
        else { throw .notFound }
        guard digits(visit.form["code"]).hasSameBytes(as: copy.code) else {
            return .page(page(route, visit, peer), status: 400)
        }
        return try await note(.acknowledged, for: peer, visit, captures)
    }

    /// What was heard on the telephone, however it was typed.
    private static func digits(_ typed: String?) -> String {
        Width.narrowed(typed ?? "").filter { $0.isASCII && $0.isNumber }
    }

    private static func note(
        _ step: PaperRoute.Step,
        for peer: MemberID,
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        guard let id = MessageID(captures.text("message")) else { throw .notFound }
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.note(step, of: id, for: peer, by: agent)
        }
        return .seeOther(visit.path("/paper/\(id)"))
    }

    // MARK: The page

    /// `wrong`: of whose copy another number was typed.
    private static func page(
        _ route: PaperRoute,
        _ visit: Visit,
        _ wrong: MemberID?,
        _ problems: [HTML] = []
    ) -> HTML {
        let copies = route.copies.map { copy($0, of: route, visit, isWrong: $0.to == wrong) }
        let path = visit.path("/paper/\(route.id)")
        let printing = HTML.when(visit.session.may(.send), printing(route, path, visit))
        let body: HTML = """
            <p class="note">この書類は電子では送られません。印刷して、FAX か郵送で送ってください。\
            送ったあと「送付した」を、先方から電話で受取番号を聞いたら「受け取りを確認した」を押してください。</p>
            <dl><dt>書類</dt><dd>\(visit.name(of: route.sheet.type))</dd>
            <dt>利用者（患者）</dt><dd>\(route.patientName ?? English.said("（なし）"))</dd>
            <dt>作成</dt><dd>\(words(route.begun))</dd>
            <dt>管理番号</dt><dd>\(route.id.text)</dd></dl>
            \(printing)\(copies)
            <p><a href="\(visit.path("/paper"))">紙で送った書類の一覧</a></p>
            """
        let problem: HTML = "<a href=\"#code\">受取番号が違います。先方に送付票の6桁の数字をもう一度聞いてください</a>"
        let told = problems + (wrong == nil ? [] : [problem])
        return PageFrame(title: "紙で送る", problems: told)
            .page(body, for: visit, at: .outbox)
    }

    private static func printing(_ route: PaperRoute, _ path: String, _ visit: Visit) -> HTML {
        guard visit.catalogue.staffOnlyBanners(of: route.sheet).isEmpty else {
            return """
                <form method="post" action="\(path)/print">\(visit.token)
                <p class="note">\(noFax(route, visit))</p>
                <p><button class="main" name="way" value="post">郵送用に印刷する（PDF）</button></p></form>
                """
        }
        return """
            <form method="post" action="\(path)/print">\(visit.token)
            <p>FAX用では、書類の中でも利用者の氏名を伏せ（●京●郎）、生年月日・住所・電話・被保険者番号と、\
            虐待の疑いなど取扱いに注意が必要な欄を載せません。先方とは電話で利用者を確かめてください。</p>
            <p class="row"><button class="main" name="way" value="fax">FAX用に印刷する（PDF）</button>
            <button name="way" value="post">郵送用に印刷する（PDF）</button></p></form>
            """
    }

    /// Why a sheet goes on no fax (C-15), and what to do.
    private static func noFax(_ route: PaperRoute, _ visit: Visit) -> HTML {
        let banner = visit.catalogue.staffOnlyBanners(of: route.sheet).joined(separator: "・")
        return """
            「\(banner)」の書類は、FAXでは送れません。先方の担当者あての親展で郵送するか、\
            電子で受け取る宛先なら、新しい書類として電子で送ってください。
            """
    }

    private static func copy(
        _ copy: PaperRoute.Copy,
        of route: PaperRoute,
        _ visit: Visit,
        isWrong: Bool
    ) -> HTML {
        let unknown = English.said("宛先帳にありません")
        let telephone = visit.gateway.view.telephone(of: copy.to)?.text ?? unknown
        let fax = visit.gateway.view.fax(of: copy.to)?.text ?? unknown
        return """
            <h2>\(visit.name(of: copy.to))</h2><p>\(state(copy.step))</p>
            <dl><dt>FAX</dt><dd class="tel">\(fax)</dd>
            <dt>電話</dt><dd class="tel">\(telephone)</dd>
            \(copy.sent.map { "<dt>送付</dt><dd>\(words($0))</dd>" as HTML } ?? .nothing)
            \(copy.acknowledged.map { "<dt>受け取りの確認</dt><dd>\(words($0))</dd>" as HTML }
                ?? .nothing)</dl>
            \(visit.session.may(.send) ? act(copy, of: route, visit, isWrong: isWrong) : .nothing)
            """
    }

    /// What comes next for a copy.
    private static func act(
        _ copy: PaperRoute.Copy,
        of route: PaperRoute,
        _ visit: Visit,
        isWrong: Bool
    ) -> HTML {
        let path = visit.path("/paper/\(route.id)")
        let hidden: HTML = """
            \(visit.token)<input type="hidden" name="to" value="\(copy.to.text)">
            """
        if copy.acknowledged != nil { return .nothing }
        if copy.sent == nil {
            return """
                <form method="post" action="\(path)/sent">\(hidden)
                <p><button>送付した</button></p></form>
                """
        }
        let id: HTML = isWrong ? "code" : "code-\(copy.to.text)"
        let mark: HTML = HTML.when(isWrong, " aria-invalid=\"true\"")
        return """
            <form method="post" action="\(path)/acknowledged">\(hidden)
            <div class="field"><label for="\(id)">先方から聞いた受取番号（6桁）</label>
            <input type="text" class="short" inputmode="numeric" id="\(id)" \
            name="code"\(mark)></div>
            <p><button>受け取りを確認した</button></p></form>
            """
    }

    private static func words(_ note: PaperRoute.Note) -> HTML {
        "\(TimeWords.element(note.at)) \(note.by)"
    }

    static func state(_ step: PaperRoute.Step?) -> HTML {
        let (shape, label, color): (String, String, String) =
            switch step {
            case nil: ("◷", "未送付", "")
            case .sent: ("●", "送付済", "blue")
            case .acknowledged: ("✓", "受け取り確認済", "green")
            }
        return """
            <span class="state \(color)"><span aria-hidden="true">\(shape)</span>
            \(own: label)</span>
            """
    }
}

/// The pieces of mail of a paper route: for each recipient a cover sheet and the sheet.
struct PaperMail {
    let visit: Visit
    let route: PaperRoute
    let way: PaperRoute.Way

    var documents: [PaperDocument] {
        let foot = PaperDocument.Foot(
            message: route.id,
            sha256: SHA256.hash(route.sheet.bytes),
            printedAt: visit.now,
            by: visit.agent.name
        )
        guard let sheet = document(foot) else { return [] }
        return route.copies.flatMap { copy in
            let cover = CoverSheet(
                to: party(copy.to, at: copy.desk),
                from: party(visit.gateway.member, person: visit.session.displayName),
                title: visit.name(of: route.sheet.type),
                patient: route.patientName,
                code: copy.code
            )
            return [
                PaperDocument(cover: cover, message: route.id, watermark: visit.watermark), sheet,
            ]
        }
    }

    private func document(_ foot: PaperDocument.Foot) -> PaperDocument? {
        let (sheet, mark) = (route.sheet, visit.watermark)
        switch way {
        case .fax:
            return visit.catalogue.faxForm(of: sheet).map {
                PaperDocument(fax: $0, of: sheet, foot: foot, watermark: mark)
            }
        case .post:
            return visit.catalogue.filledForm(of: sheet).map {
                PaperDocument($0, of: sheet, foot: foot, watermark: mark)
            }
        }
    }

    private func party(
        _ member: MemberID,
        at desk: DeskID? = nil,
        person: String? = nil
    ) -> CoverSheet.Party {
        CoverSheet.Party(
            name: visit.name(of: member, at: desk),
            telephone: visit.gateway.view.telephone(of: member, at: desk)?.text,
            fax: visit.gateway.view.fax(of: member)?.text,
            person: person
        )
    }
}

extension PaperRoute {
    var patientName: String? { sheet.json["patient"]?["fullName"]?.string }

    /// That of the copy that is least far.
    var leastAdvanced: Step? {
        let steps = copies.map(\.step)
        return steps.contains(nil) ? nil : steps.contains(.sent) ? .sent : .acknowledged
    }
}

extension PaperRoute.Copy {
    /// nil: only printed.
    var step: PaperRoute.Step? {
        acknowledged != nil ? .acknowledged : sent != nil ? .sent : nil
    }
}
