import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 書類を読む: a received sheet as its form, and what can be done with it.
enum SheetPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/sheets/{message}", to: &router, show)
        door.get("/sheets/{message}/attachments/{number}", to: &router, save)
        door.get("/sheets/{message}/return", to: &router, askReturn)
        door.post("/sheets/{message}/return", to: &router, sendBack)
        door.post("/sheets/{message}/confirm", to: &router, confirm)
        door.post("/sheets/{message}/reply", to: &router, reply)
    }

    /// The first display of the body is 開封: on record, and receipted, before it is shown.
    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let key = try await key(visit, captures)
        let permit = try await visit.readingPermit(key)
        let opened = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.open(permit)
        }
        let newest = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.newestVersion(of: key)
        }
        let withdrawal = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.withdrawals(of: [key])[key]
        }
        let sheet = opened.sheet
        let notices = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.withdrawals(behind: sheet, from: key.from)
        }
        let receipts = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.receipts(of: key)
        }
        let waiting = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.expectations(of: key)
        }
        // One fewer is unopened than when this was asked for.
        let visit = await visit.counted()
        let thread = try await ThreadList(opened.sheet.threadID, around: key, visit)
        let page = SheetPage(
            visit: visit,
            opened: opened,
            until: permit.until,
            row: try await visit.ask { gateway throws(GatewayError) in
                try await gateway.rows(of: [key]).received[key]
            },
            receipts: receipts,
            isOwed: waiting.contains(where: \.name.isOwed),
            thread: thread
        )
        let title = visit.name(of: opened.sheet.type)
        let body: HTML = """
            \(old(newest, visit))\(withdrawal.map { _ in withdrawn } ?? .nothing)\
            \(notices.map { ConsentWords.banner($0, visit) })\(page.body)
            """
        return .page(PageFrame(title: title).page(body, for: visit, at: .inbox))
    }

    private static func old(_ newest: MessageID?, _ visit: Visit) -> HTML {
        guard let newest else { return .nothing }
        return """
            <p class="problem">この書類には新しい版があります。\
            <a href="\(visit.path("/sheets/\(newest)"))">新しい版を開く</a></p>
            """
    }

    private static var withdrawn: HTML {
        """
        <p class="problem">差出機関がこの書類の取消を求めています。内容を使わず、差出機関に電話で確かめてください。</p>
        """
    }

    private static func save(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let permit = try await visit.readingPermit(try await key(visit, captures))
        guard let number = Decimal.value(captures.text("number").utf8) else { throw .notFound }
        let attachment = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.saved(number, permit)
        }
        let gateway = visit.gateway
        // Its own name may tell of a person; the ending says which program opens it.
        let ending = FileKind(mediaType: attachment.mediaType).map { "." + $0.endings[0] } ?? ""
        let name = "attachment-\(number + 1)\(ending)"
        let next = Lock(0)
        return Response(
            status: 200,
            fields: PageFields.all
                + [("Content-Disposition", "attachment; filename=\"\(name)\"")],
            body: .stream(type: "application/octet-stream") { () async throws(HTTPFailure) in
                let piece = next.withLock { number -> Int in
                    number += 1
                    return number - 1
                }
                guard piece < attachment.pieceCount else { return nil }
                return try await wrap({ _ in HTTPFailure.internalFailure }) {
                    () async throws(GatewayError) in
                    try await gateway.piece(piece, of: attachment)
                }
            }
        )
    }

    private static func confirm(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.confirm)
        let permit = try await received(visit, captures)
        _ = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.confirm(permit)
        }
        return .seeOther(visit.path("/sheets/\(permit.key.messageID)?done=confirmed"))
    }

    /// Begins a reply: recipient, patient and thread are those of the sheet.
    private static func reply(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.reply)
        let permit = try await received(visit, captures)
        let sheet = try await visit.read(permit)
        let rules = visit.catalogue.delivery(of: sheet.type)
        guard let type = visit.form["type"].flatMap({ SheetType($0) }),
            rules?.replies.contains(where: { $0.type == type }) ?? false
        else { throw .notFound }
        let draft = Draft(
            answering: sheet,
            from: permit.key.from,
            with: type,
            visit.parts.random
        )
        return try await DraftPages.begin(draft, visit)
    }

    // MARK: 宛先違い・人違い

    private static func askReturn(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.reply)
        let key = try await received(visit, captures).key
        let body: HTML = """
            <p>差出機関（\(visit.name(of: key.from))）に、この書類が届くべき先でなかったことをすぐに知らせます。\
            取り消すことはできません。</p>
            <form method="post" action="\(visit.path("/sheets/\(key.messageID)/return"))">\
            \(visit.onceToken)
            <fieldset><legend>どちらですか<span class="must">※必須</span></legend>
            <label class="choice"><input type="radio" name="reason" value="wrongRecipient" \
            required>\
            宛先違い（当機関あての書類ではない）</label>
            <label class="choice"><input type="radio" name="reason" value="wrongPatient" required>\
            人違い（当機関の利用者・患者ではない）</label></fieldset>
            <div class="field"><label for="handling">届いた書類をどうしたか</label>
            <span class="hint" id="handling-hint">患者・利用者の情報は書かないでください。\
            例: 印刷せず、担当者だけが開いて閉じました。</span>
            <textarea id="handling" name="handling" \
            aria-describedby="handling-hint"></textarea></div>
            <p class="row"><button class="main">宛先違い・人違いを知らせる</button>
            <a class="button" href="\(visit.path("/sheets/\(key.messageID)"))">戻る</a></p></form>
            """
        return .page(PageFrame(title: "宛先違い・人違いの連絡").page(body, for: visit, at: .inbox))
    }

    private static func sendBack(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.reply)
        let permit = try await received(visit, captures)
        guard let reason = visit.form["reason"].flatMap(OrganisationGateway.ReturnReason.init)
        else { throw .notFound }
        let handling = visit.form["handling"].flatMap { $0.isEmpty ? nil : $0 }
        let queued = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.returnSheet(permit, because: reason, handling: handling)
        }
        return .seeOther(visit.path("/sent/\(queued.messageID)"))
    }

    private static func received(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> DeskPermit {
        try await visit.permit(try await key(visit, captures))
    }

    static func key(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> MessageKey {
        guard let message = MessageID(captures.text("message")) else { throw .notFound }
        return try await visit.ask { gateway throws(GatewayError) in
            try await gateway.inboxKey(message)
        }
    }
}
