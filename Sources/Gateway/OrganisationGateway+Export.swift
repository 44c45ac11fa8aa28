package import Audit
import Delivery
package import Envelope
package import Primitives
import Sheets
import Storage

// What leaves the program as a file, and what of others is looked at: on record before it is given.
extension OrganisationGateway {
    /// Gives an attachment of a received sheet to a named person to keep. Saving from a sheet that
    /// is unopened opens it. `number` is its place in the sheet's list, from 0.
    ///
    /// - Throws: `notFound` where the sheet has no such attachment.
    package func saved(
        _ number: Int,
        _ permit: ReadingPermit
    ) async throws(GatewayError) -> ReceivedAttachment {
        let isNew = try await !isSeen(permit.key)
        let opened = isNew ? try await open(permit) : try await readable(permit.key)
        guard opened.attachments.indices.contains(number) else { throw .notFound }
        guard let name = ObjectName("attachment-\(number + 1)") else { throw .notFound }
        try await note(.attachmentSaved, name, permit, about: opened.sheet)
        return opened.attachments[number]
    }

    /// The evidence of a delivery as a file, without the content, given to a named person.
    package func exported(
        _ permit: DeskPermit,
        to recipient: MemberID?
    ) async throws(GatewayError) -> EvidenceFile {
        let file = try await evidence(of: permit.key, to: recipient, withContent: false)
        try await note(.sheetExported, Self.evidencePart, permit.reading)
        return file
    }

    /// The certificate of one recipient's delivery, given to a named person on paper.
    package func certificate(
        _ permit: DeskPermit,
        to recipient: MemberID?
    ) async throws(GatewayError) -> DeliveryCertificate {
        let certificate = try await certificate(of: permit.key, to: recipient)
        try await note(.sheetPrinted, Self.certificatePart, permit.reading)
        return certificate
    }

    /// A draft that somebody reads who did not begin it. Whoever it is about is on record as well.
    package func noteReading(
        draft id: MessageID,
        about patient: String?,
        bornOn birthDate: Day?,
        by agent: Agent
    ) async throws(GatewayError) {
        var act = facts(.sheetOpened, by: agent, on: .part(Self.draftPart, of: id))
        act.purpose = .care
        act.patient = patient.map {
            AuditPatient(named: $0, birthDate: birthDate?.description)
        }
        try await record([act])
    }

    func note(
        _ event: AuditEvent,
        _ part: ObjectName,
        _ permit: ReadingPermit,
        about sheet: Sheet? = nil
    ) async throws(GatewayError) {
        let key = permit.key
        var act = facts(event, by: permit.agent, on: .part(part, of: key.messageID))
        if key.from != member { act.peer = PartyID(key.from) }
        act.purpose = permit.purpose
        act.patient = sheet?.auditPatient
        try await record([act])
    }

    static let draftPart = fixed("draft")
    private static let evidencePart = fixed("evidence")
    private static let certificatePart = fixed("certificate")

    private static func fixed(_ text: String) -> ObjectName {
        guard let name = ObjectName(text) else { preconditionFailure("a fixed name") }
        return name
    }
}
