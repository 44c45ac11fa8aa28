package import Audit
package import Delivery
import Envelope
package import Primitives
package import Sheets
package import Storage

// What lists show of a sheet without showing the sheet.
extension OrganisationGateway {
    /// The head of a sheet: enough to find it in a list. Personal; never leaves the pages.
    package struct SheetHead: Sendable, CustomStringConvertible {
        package let type: SheetType
        package let threadID: ThreadID
        package let patientName: String?
        package let patientKana: String?
        package let patientBirthDate: String?
        package let urgency: SheetUrgency
        package let wantsReply: Bool
        package let replyDueOn: Day?
        /// The whole sheet of which it is an extract (抜粋).
        package let extractOf: SheetID?

        package var description: String { "SheetHead" }

        init(_ sheet: Sheet) {
            type = sheet.type
            threadID = sheet.threadID
            patientName = sheet.json["patient"]?["fullName"]?.string
            patientKana = sheet.json["patient"]?["fullNameKana"]?.string
            patientBirthDate = sheet.json["patient"]?["birthDate"]?.string
            urgency = sheet.urgency
            wantsReply = sheet.wantsReply
            replyDueOn = sheet.replyDueOn
            extractOf = sheet.extract?.whole
        }
    }

    /// nil for what was set apart or refused.
    package func head(ofReceived key: MessageKey) async throws(GatewayError) -> SheetHead? {
        do {
            return catalogue.stored(try await inboxBundle(key).sheet).map(SheetHead.init)
        } catch GatewayError.outOfOrder { return nil }
    }

    package func head(of paper: PaperRoute) -> SheetHead { SheetHead(paper.sheet) }

    package func head(ofSent row: OutboxRow) async throws(GatewayError) -> SheetHead {
        SheetHead(try await draftedSheet(row))
    }

    /// Shows an own sheet to a named person; like a received one it is on record before.
    package func review(
        _ message: MessageID,
        by agent: Agent,
        purpose: AuditPurpose = .care
    ) async throws(GatewayError) -> Sheet {
        let sheet = try await draftedSheet(try await track(message))
        var act = facts(.sheetOpened, by: agent, on: .part(Self.sheetPart, of: message))
        act.purpose = purpose
        act.patient = sheet.auditPatient
        try await record([act])
        return sheet
    }
}
