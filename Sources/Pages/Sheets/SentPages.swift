import Delivery
import Directory
import Envelope
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 送信完了・配達状況: what became of an own sheet, and what can still be done.
enum SentPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/sent/{message}", to: &router, show)
        door.get("/sent/{message}/sheet", to: &router, sheet)
        door.post("/sent/{message}/withdraw", to: &router, withdraw)
        door.get("/evidence/{message}", to: &router, evidence)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let message = try message(captures)
        let course = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.course(of: message)
        }
        let key = MessageKey(from: visit.gateway.member, messageID: message)
        let receipts = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.receipts(of: key)
        }
        let addOn = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.addOn(of: course.row)
        }
        let returns = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.returns(of: course.row)
        }
        let head = try await visit.ask { gateway throws(GatewayError) in
            try await visit.parts.heads.head(ofSent: course.row, at: gateway)
        }
        let extracts = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.extracts(of: message)
        }
        let thread = try await ThreadList(course.row.thread, around: key, visit)
        let page = SentPage(
            visit: visit,
            course: course,
            receipts: receipts,
            addOn: addOn,
            returns: returns,
            head: head,
            extracts: extracts,
            thread: thread
        )
        let isQueued = course.row.copies.contains { $0.state == .queued }
        let title = isQueued ? "送信を受け付けました" : "配達状況"
        return .page(PageFrame(title: title).page(page.body, for: visit, at: .outbox))
    }

    private static func sheet(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let message = try message(captures)
        let agent = visit.agent
        let sheet = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.review(message, by: agent)
        }
        let form = visit.catalogue.filledForm(of: sheet)
        let body: HTML = """
            <p class="noprint"><a class="button" href="\(visit.path("/sent/\(message)"))">\
            配達状況へ戻る</a></p>
            \(form.map(SheetView.html) ?? .nothing)
            """
        let title = visit.name(of: sheet.type) + English.said("（控え）")
        return .page(PageFrame(title: title).page(body, for: visit, at: .outbox))
    }

    private static func withdraw(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.withdraw)
        let message = try message(captures)
        guard let reason = visit.form["reason"].flatMap(RetractionReason.init(rawValue:)) else {
            throw .notFound
        }
        let agent = visit.agent
        _ = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.withdraw(message, because: reason, by: agent)
        }
        return .seeOther(visit.path("/sent/\(message)"))
    }

    /// The evidence file, of a sent or a received message; with the content, for a third party.
    private static func evidence(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.printSheets)
        let permit = try await visit.permit(of: captures.text("message"))
        let message = permit.key.messageID
        let to = visit.request.query("to").flatMap { MemberID($0) }
        let file = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.exported(permit, to: to)
        }
        return .file(file.bytes, name: "evidence-\(message).tar", type: "application/x-tar")
    }

    private static func message(_ captures: Captures) throws(PageRefusal) -> MessageID {
        guard let message = MessageID(captures.text("message")) else { throw .notFound }
        return message
    }
}
