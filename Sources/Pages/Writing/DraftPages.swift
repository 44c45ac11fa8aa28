import Audit
import Consent
import Cryptography
import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 新規作成 記入・送信前の確認: a draft is saved as typed; what is wrong stands at its field.
enum DraftPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/drafts/{draft}", to: &router, of(show))
        DraftSaving.add(to: &router, door)
        door.get("/drafts/{draft}/check", to: &router, of(check))
        door.post("/drafts/{draft}/send", to: &router, of(send, .send))
        door.post("/drafts/{draft}/paper", to: &router, of(takeToPaper, .send))
        door.post("/drafts/{draft}/correct", to: &router, of(correct))
        door.get("/drafts/{draft}/discard", to: &router, of(askDiscard))
        door.post("/drafts/{draft}/discard", to: &router, of(discard))
    }

    /// What is done with a draft that may be no more: shows what it has become then.
    static func of(
        _ act: @escaping @Sendable (DraftDesk) async throws(PageRefusal) -> Response,
        _ right: StaffRight = .draft
    ) -> Door.Body {
        { visit, captures async throws(PageRefusal) in
            try await visit.demand(right)
            guard let desk = try await DraftDesk(visit, captures) else {
                return try await sent(visit, captures)
            }
            return try await act(desk)
        }
    }

    static func begin(_ draft: Draft, _ visit: Visit) async throws(PageRefusal) -> Response {
        .seeOther(visit.path("/drafts/\(try await keep(draft, visit))"))
    }

    /// A new draft; `message`: with the attachments of that one.
    static func keep(
        _ draft: Draft,
        withFilesOf message: MessageID? = nil,
        _ visit: Visit
    ) async throws(PageRefusal) -> MessageID {
        let id = MessageID.make(at: visit.now, visit.parts.random)
        let (catalogue, today) = (visit.catalogue, visit.today)
        var draft = draft
        if let form = SheetMaker.form(of: draft.type, catalogue, on: today) {
            draft.prefill(form, on: today)
        }
        // What it begins with may be a whole sheet: another person who opens it is on record.
        draft.writer = Draft.Writer(visit.session)
        let bytes = draft.json.canonicalBytes
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            if let message {
                try await gateway.keep(draft: id, bytes, withFilesOf: message, by: agent)
            } else {
                try await gateway.keep(draft: id, bytes, over: nil, by: agent)
            }
        }
        return id
    }

    private static func show(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        // The files of a long form have a page of their own.
        guard !desk.step.hasFilesAlone else { return .seeOther(desk.path(of: desk.step)) }
        let isSentBack = desk.visit.request.query("wrong") != nil
        return .page(try await desk.writing(showsProblems: isSentBack))
    }

    private static func check(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let (visit, bytes, orders) = (desk.visit, desk.sheet, desk.draft.orders)
        let (report, parts) = try await visit.ask { gateway throws(GatewayError) in
            (
                try await gateway.report(bytes, with: orders),
                try await gateway.parts(of: bytes, orders)
            )
        }
        let problems = report.problems + desk.foreignConsent
        let sheets = parts.compactMap(visit.catalogue.stored)
        guard problems.isEmpty, let sheet = sheets.first else {
            guard desk.steps.count == 1 else {
                return .page(DraftFaults(desk: desk, problems: problems).html)
            }
            return .page(try await desk.writing(showsProblems: true))
        }
        let found = try await SendWarnings(desk, sheet)
        let page = CheckPage(
            visit: visit,
            desk: desk,
            sheet: sheet,
            extracts: Array(sheets.dropFirst()),
            report: report,
            found: found
        )
        return .page(page.html)
    }

    /// Sends exactly what the check showed, once: the draft's number is the key.
    private static func send(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let (visit, sheet) = (desk.visit, desk.sheet)
        guard isAsShown(desk) else { return .seeOther(visit.path("/drafts/\(desk.id)/check")) }
        var request = SendRequest(
            sheet: sheet,
            of: desk.id,
            in: desk.revision,
            with: desk.files
        )
        request.idempotencyKey = desk.key
        request.account = visit.session.account
        request.desks = desk.draft.desks
        request.extracts = desk.draft.orders
        let (asked, agent) = (request, visit.agent)
        let queued = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.send(asked, by: agent)
        }
        return .seeOther(visit.path("/sent/\(queued.messageID)"))
    }

    private static func isAsShown(_ desk: DraftDesk) -> Bool {
        desk.visit.form["sha256"]?.hasSameBytes(as: desk.shownSha256.hex) ?? false
    }

    /// 紙で送る, exactly what the check showed.
    private static func takeToPaper(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let (visit, sheet) = (desk.visit, desk.sheet)
        // On paper the whole sheet would go to everybody.
        guard isAsShown(desk), desk.draft.extracts.isEmpty else {
            return .seeOther(visit.path("/drafts/\(desk.id)/check"))
        }
        let (draft, agent) = ((id: desk.id, revision: desk.revision), visit.agent)
        let desks = desk.draft.desks
        let account = visit.session.account
        let route = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.takeToPaper(
                sheet,
                from: draft,
                at: desks,
                by: agent,
                account: account
            )
        }
        return .seeOther(visit.path("/paper/\(route.id)"))
    }

    /// The draft is no more: the button was pressed twice, or Back was used. Shows what was sent.
    static func sent(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        let key = DraftDesk.key(of: captures.text("draft"))
        let message = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.message(queuedAs: key)
        }
        if let message { return .seeOther(visit.path("/sent/\(message)")) }
        guard let id = MessageID(captures.text("draft")) else { throw .notFound }
        let route = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.paper(id)
        }
        return .seeOther(visit.path("/paper/\(route.id)"))
    }

    /// 訂正版にする, or, without an earlier message, 別件として送る again.
    private static func correct(_ stored: DraftDesk) async throws(PageRefusal) -> Response {
        var desk = stored
        let visit = desk.visit
        guard desk.draft.inReplyTo == nil else { throw .notFound }
        if let message = visit.form["message"].flatMap({ MessageID($0) }) {
            let agent = visit.agent
            let earlier = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.review(message, by: agent)
            }
            guard desk.draft.correct(earlier) else { throw .notFound }
        } else {
            desk.draft.standAlone(visit.parts.random)
        }
        guard try await desk.save(over: desk.revision) else {
            throw .gateway(.store(.conflict(nil)))
        }
        return .seeOther("\(desk.path)/check")
    }

    private static func askDiscard(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let visit = desk.visit
        let name = desk.draft.values[JSONPointer(tokens: ["patient", "fullName"])]?.first
        let body: HTML = """
            <p class="problem">この下書き（利用者名: \(name ?? English.said("未入力"))）を破棄します。\
            入力した内容はすべて消え、元に戻せません。何も送られません。</p>
            <form method="post" action="\(desk.path)/discard">\(visit.token)
            <p class="row"><button class="main">破棄する</button>
            <a class="button" href="\(desk.path)">記入に戻る</a></p></form>
            """
        return .page(
            PageFrame(title: visit.name(of: desk.draft.type) + English.said("の破棄"))
                .page(body, for: visit, at: .new)
        )
    }

    private static func discard(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let (visit, id, agent) = (desk.visit, desk.id, desk.visit.agent)
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.discard(draft: id, by: agent)
        }
        return .seeOther(visit.path("/new"))
    }
}
