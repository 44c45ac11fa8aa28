import Audit
import Cryptography
import Gateway
import Paper
import Primitives
import Sheets

/// Answers with what is to be drawn; the command has its own worker draw it.
struct PrintDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        let message = try reader.value("message", MessageID.init(_:))
        guard name.hasSameBytes(as: "inbox.print") else {
            return try await certificate(message, &reader)
        }
        let key = try await gateway.inboxKey(message)
        let agent = try reader.agent()
        let permit = try await gateway.permit(key, for: .console(agent))
        let printed = try await gateway.printed(permit)
        let foot = PaperDocument.Foot(
            message: message,
            sha256: SHA256.hash(printed.sheet.bytes),
            printedAt: printed.printedAt,
            by: agent.name
        )
        let document = PaperDocument(
            printed.form,
            of: printed.sheet,
            foot: foot,
            watermark: printed.newest != nil
                ? "訂正あり" : gateway.settings.isTestExchange ? "練習" : nil
        )
        let job = PaperJob([document], madeAt: printed.printedAt)
        return ControlAnswer(
            [
                "messageId": .string(message.text),
                "newest": printed.newest.map { .string($0.text) },
            ],
            files: [job.bytes]
        )
    }

    private func certificate(
        _ message: MessageID,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let certificate = try await gateway.certificate(
            of: try await gateway.key(of: message),
            to: try reader.optionalValue("to", MemberID.init(_:))
        )
        let now = SystemTime().now
        let foot = PaperDocument.Foot(
            message: message,
            sha256: certificate.receiptSha256,
            printedAt: now
        )
        let document = PaperDocument(certificate: certificate.form, foot: foot)
        let job = PaperJob([document], madeAt: now)
        return ControlAnswer(["messageId": .string(message.text)], files: [job.bytes])
    }
}
