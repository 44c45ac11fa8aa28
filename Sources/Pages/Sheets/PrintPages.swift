import Audit
import Cryptography
import Delivery
import Gateway
import HTTP
import Paper
import Primitives
import Sheets
import Staff

/// 印刷: a received sheet and the 到着証明書 as A4 pages. Printing is on record before a page leaves.
enum PrintPages {
    static func add(to router: inout Router, _ door: Door) {
        door.post("/sheets/{message}/print", to: &router, sheet)
        door.post("/inbox/print", to: &router, several)
        door.get("/sent/{message}/certificate", to: &router, certificate)
    }

    private static func sheet(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.printSheets)
        let permit = try await visit.permit(of: captures.text("message"))
        let name = "sheet-\(permit.key.messageID).pdf"
        return try await draw([try await page(permit, visit)], name, visit)
    }

    /// まとめて印刷: what was ticked in the inbox, as one file. What is unopened is opened thereby.
    private static func several(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.printSheets)
        // All or none: nothing is opened where one of them may not be.
        let permits = try await visit.tickedPermits()
        guard !permits.isEmpty else { return .seeOther(visit.path("/inbox")) }
        var documents: [PaperDocument] = []
        for permit in permits { documents.append(try await page(permit, visit)) }
        return try await draw(documents, "sheets-\(visit.today).pdf", visit)
    }

    private static func page(
        _ permit: DeskPermit,
        _ visit: Visit
    ) async throws(PageRefusal) -> PaperDocument {
        let printed = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.printed(permit)
        }
        return PaperDocument(
            printed.form,
            of: printed.sheet,
            foot: PaperDocument.Foot(
                message: permit.key.messageID,
                sha256: SHA256.hash(printed.sheet.bytes),
                printedAt: printed.printedAt,
                by: permit.agent.name
            ),
            watermark: printed.newest == nil ? visit.watermark : "訂正あり"
        )
    }

    private static func certificate(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.printSheets)
        let permit = try await visit.permit(of: captures.text("message"))
        let message = permit.key.messageID
        let to = visit.request.query("to").flatMap { MemberID($0) }
        let certificate = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.certificate(permit, to: to)
        }
        let document = PaperDocument(
            certificate: certificate.form,
            foot: PaperDocument.Foot(
                message: message,
                sha256: certificate.receiptSha256,
                printedAt: visit.now
            ),
            watermark: visit.watermark
        )
        return try await draw([document], "certificate-\(message).pdf", visit)
    }

    static func draw(
        _ documents: [PaperDocument],
        _ name: String,
        _ visit: Visit
    ) async throws(PageRefusal) -> Response {
        let job = PaperJob(documents, madeAt: visit.now)
        let pdf = try await wrap(PageRefusal.paper) { () async throws(PaperRefusal) in
            try await visit.parts.press(job)
        }
        return .file(pdf, name: name, type: "application/pdf")
    }
}
