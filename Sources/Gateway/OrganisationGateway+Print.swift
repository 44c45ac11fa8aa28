package import Audit
package import Delivery
import Directory
import Envelope
package import Primitives
package import Sheets
import Storage

// What leaves the program on paper.
extension OrganisationGateway {
    /// A received sheet as it is printed, with what stands at the foot of its pages.
    package struct PrintedSheet: Sendable, CustomStringConvertible {
        package let key: MessageKey
        package let sheet: Sheet
        package let form: FilledForm
        /// The newest version, where this one is superseded.
        package let newest: MessageID?
        package let printedAt: Timestamp

        package var description: String { "a printed sheet" }
    }

    /// Gives a sheet to a named person on paper. Printing what is unopened opens it. The leaf of
    /// this act is committed before the sheet is returned.
    package func printed(
        _ permit: DeskPermit,
        purpose: AuditPurpose = .care
    ) async throws(GatewayError) -> PrintedSheet {
        let key = permit.key
        let opened = try await openedForPrinting(permit)
        guard let form = catalogue.filledForm(of: opened) else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        var act = facts(
            .sheetPrinted,
            by: permit.agent,
            on: .part(Self.sheetPart, of: key.messageID)
        )
        act.peer = PartyID(key.from)
        act.purpose = purpose
        act.patient = opened.auditPatient
        try await record([act])
        return PrintedSheet(
            key: key,
            sheet: opened,
            form: form,
            newest: try await newestVersion(of: key),
            printedAt: time.now
        )
    }

    private func openedForPrinting(_ permit: DeskPermit) async throws(GatewayError) -> Sheet {
        if try await inboxRow(permit.key).state == .delivered {
            return try await open(permit.reading).sheet
        }
        return try await readable(permit.key).sheet
    }

    /// The certificate of one recipient's delivery, from evidence that was verified again.
    package func certificate(
        of key: MessageKey,
        to recipient: MemberID?
    ) async throws(GatewayError) -> DeliveryCertificate {
        let file = try await evidence(of: key, to: recipient, withContent: true)
        let root = view.root
        let now = time.now
        return try wrap(GatewayError.evidence) { () throws(EvidenceFault) in
            try DeliveryCertificate(file, root: root, now: now, catalogue)
        }
    }
}
