import Audit
import Foundation
import Primitives
import Testing

/// The event catalogue, written out as auditors read it and compared in both directions. Leaves
/// stay for ever: whoever changes a line here changes a format.
struct AuditCatalogueTests {
    /// Event | action | agents | objects | purposes | outcomes; `+` demands a statement.
    static let keys = """
        authority.added | C | operator | certificate | administration | 0
        certificate.issued | C | operator peer | certificate | administration | 0
        certificate.revoked | D | operator peer | statement certificate | administration | 0
        certificate.rotated + | U | peer | statement | administration | 0
        directory.changed + | U | operator peer | statement | administration | 0
        list.published | C | system | statement | system | 0
        member.enrolled | C | operator peer | certificate | administration | 0
        membership.changed + | U | operator peer | statement | administration | 0
        policy.changed + | U | operator peer | statement | administration | 0
        tree.closed | C | system operator | tree | system | 0
        tree.opened | C | system operator | tree | system | 0
        tree.recovered | C | system operator | tree | system | 12
        """

    static let transport = """
        audit.alarm | E | system | statement | system | 8
        audit.exported | E | operator | report | review | 0
        backup.made | E | operator system | backup | maintenance | 0
        backup.restored | E | operator person | backup | maintenance | 0
        body.deleted | D | system | message | system | 0
        certificate.issued | C | operator peer | certificate | administration | 0
        certificate.revoked + | D | operator peer | statement | administration | 0
        connection.refused | E | peer | certificate | system | 8
        deadline.warned | E | system | message | system | 0
        delivery.conflict | U | system | message | system | 8
        enrolment.failed | C | peer | account | administration | 8
        message.accepted + | C | peer | message | system | 0
        message.confirmed + | U | peer | statement | system | 0
        message.conflict | C | peer | message | system | 8
        message.delivered + | U | peer | statement | system | 0
        message.duplicate | C | peer | message | system | 4
        message.expired + | D | system | message | system | 8
        message.opened + | U | peer | statement | system | 0
        message.refused + | U | peer | statement | system | 0
        message.released | R | peer | message | system | 0
        message.undeliverable + | U | operator system | message | administration | 8
        operator.action | U | operator | account | administration | 0
        process.started | E | system | setting | system | 0 4 12
        process.stopped | E | system | setting | system | 0 4 12
        quota.exceeded | E | peer | setting | system | 4
        rate.limited | E | peer | setting | system | 4
        receipt.rejected | U | peer | statement | system | 8
        retention.destroyed | D | system | tree | legal | 0
        retention.held | U | operator | tree | legal | 0
        retention.released | U | operator | tree | legal | 0
        submission.rejected | C | peer | message | system | 4 8
        tree.closed | C | system operator | tree | system | 0
        tree.opened | C | system operator | tree | system | 0
        tree.recovered | C | system operator | tree | system | 12
        withdrawal.answered + | U | system peer | statement | system | 0 4
        withdrawal.requested + | U | peer | message | system | 0
        """

    static let access = """
        account.changed | U | person | account | administration | 0
        account.created | C | person | account | administration | 0
        account.disabled | D | person | account | administration | 0
        account.reviewed | U | person | account | administration | 0
        account.roleChanged | U | person | account | administration | 0
        attachment.saved | E | person software | part | care patientRequest legal breakGlass | 0 4
        audit.alarm | E | system | tree | system | 4 8 12
        audit.exported | E | person | report | review | 0
        audit.queried | R | person | report | review | 0
        audit.reviewed | U | person | report | review | 0
        backup.made | E | system person | backup | maintenance | 0
        backup.restored | E | operator person | backup | maintenance | 0
        breakGlass.reviewed | U | person | part | review | 0 8
        breakGlass.used | R | person | part | breakGlass | 0
        consent.changed | U | person | consent | care | 0
        consent.denied | E | system person | consent | care | 8
        consent.emergencyReviewed | U | person | consent | review | 0 8
        consent.emergencyUsed | E | person | consent | emergency | 0
        consent.granted | E | system | consent | care | 0
        consent.recorded | C | person | consent | care | 0
        consent.shown | R | person | consent | care | 0
        consent.withdrawn | D | person | consent | care | 0
        credential.added | C | person | account | administration | 0
        credential.removed | D | person | account | administration | 0
        credential.reset | U | person | account | administration | 0
        deadline.escalated | E | system | message | system | 0
        deadline.passed | E | system | message | system | 0 4
        deadline.warned | E | system | message | system | 0 4
        disclosure.released | U | person | part | patientRequest | 0 8
        disclosure.requested | C | person | part | patientRequest | 0
        enrolment.completed | C | system person | account | administration | 0 8
        enrolment.started | C | person | account | administration | 0 8
        key.changeHeld | E | system | certificate | administration | 4
        key.destroyed | D | system person | certificate | administration | 0 8
        key.expiryWarned | E | system | certificate | administration | 0
        key.fingerprintChecked | E | person | certificate | administration | 0
        key.foreignCertificate | E | system person | certificate | administration | 0 4 12
        key.generated | C | system person | certificate | administration | 0 8
        key.rotated | U | system person | certificate | administration | 0 8
        key.unlocked | E | system person | certificate | administration | 0 8
        key.unwitnessedAccepted | E | person | tree | administration | 0
        maintenance.approved | E | person | setting | maintenance | 0
        maintenance.ended | E | person | setting | maintenance | 0
        maintenance.started | E | person | setting | maintenance | 0
        message.accepted + | U | peer | statement | system | 0 8
        message.cancelled | D | person software | message | care | 0
        message.confirmed | U | person | message | care | 0
        message.conflict | C | peer | message | system | 8
        message.delivered + | C | peer | message | care | 0
        message.duplicate | C | peer | message | system | 4
        message.expired + | U | peer | statement | system | 0 8
        message.freed | U | system person | message | system | 0
        message.held | U | system person software | message | care | 0
        message.quarantined | U | system person | message | system | 4
        message.queued | C | person software | message | care | 0
        message.refused | C | peer | message | care | 4 8
        message.replied | U | person peer | message | care | 0
        message.resealed | C | system | message | care | 0
        message.returned | U | person peer | message | care | 0
        message.sent | C | system | message | care | 0
        message.signed | E | person | message | care | 0 8
        message.undeliverable + | U | peer | statement | system | 0 8
        paper.acknowledged | E | person | message | care | 0
        paper.printed | E | person | message | care | 0
        paper.sent | E | person | message | care | 0
        process.started | E | system | setting | system | 0 4 12
        process.stopped | E | system | setting | system | 0 4 12
        receipt.readopted + | C | system | statement | system | 4
        receipt.received + | C | peer system | statement | system | 0
        receipt.rejected | C | peer system | statement | system | 8
        receipt.sent + | C | peer system | statement | system | 0
        retention.completed | U | person | message | administration | 0
        retention.destroyed | D | person | report | legal patientRequest | 0
        retention.held | U | person | message | legal | 0
        retention.released | U | person | message | legal | 0
        revocation.applied | U | system | certificate | administration | 0
        revocation.reviewed | U | person | message | administration | 0
        right.refused | E | person | account | administration | 4
        session.ended | E | person | account |  | 0
        session.locked | E | person | account |  | 0
        session.login | E | person | account |  | 0 4 8
        session.secondFactor | E | person | account |  | 0 4
        setting.changed | U | person | setting | administration | 0
        sheet.assigned | U | person | part | care | 0
        sheet.changed | U | person software | part | care | 0
        sheet.discarded | D | person software | part | care | 0
        sheet.drafted | C | person software | part | care | 0
        sheet.exported | E | person software | part | care patientRequest legal | 0 4
        sheet.opened | R | person | part | care emergency breakGlass review | 0 4 8
        sheet.printed | E | person software | part | care patientRequest legal | 0 4
        tree.closed | C | system operator | tree | system | 0
        tree.opened | C | system operator | tree | system | 0
        tree.recovered | C | system operator | tree | system | 12
        withdrawal.answered + | U | system person | message | care | 0 4
        withdrawal.requested | U | system person | message | care | 0 4
        """

    @Test(arguments: [
        (TreeKind.keys, keys), (.transport, transport), (.access, access),
    ])
    func `the catalogue of a tree is exactly this table`(tree: TreeKind, table: String) {
        let written = AuditEvent.allCases.compactMap { event in
            AuditCatalogue.rule(event, in: tree).map { line(event, $0) }
        }
        #expect(written.sorted() == table.split(separator: "\n").map(String.init))
    }

    @Test(arguments: [("KEYS", keys), ("TRANSPORT", transport), ("ACCESS", access)])
    func `the second verifier has the same tables`(name: String, table: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Deploy/verify/catalogue.py").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("\n\(name) = \"\"\"\n\(table)\n\"\"\"\n"))
    }

    private func line(_ event: AuditEvent, _ rule: AuditRule) -> String {
        [
            event.rawValue + (rule.recordsStatement ? " +" : ""),
            rule.action.rawValue,
            rule.agents.map(\.rawValue).joined(separator: " "),
            rule.objects.map(\.rawValue).joined(separator: " "),
            rule.purposes.map(\.rawValue).joined(separator: " "),
            rule.outcomes.map { String($0.rawValue) }.joined(separator: " "),
        ].joined(separator: " | ")
    }

    @Test(arguments: [
        (AuditEvent.connectionRefused, TreeKind.transport, "revoked unknown expired"),
        (.breakGlassUsed, .access, "patientEmergency deskAbsent safety other"),
        (.breakGlassReviewed, .access, "unjustified"),
        (.consentEmergencyReviewed, .access, "unjustified"),
        (
            .consentDenied, .access,
            "none person scope recipient expired withdrawn family statement left"
        ),
        (
            .auditAlarm, .access,
            "noQuorum forkSeen receiptWithoutLeaf receiptBackdated leafNotExpected clockOff gap "
                + "reconciliationDiffers"
        ),
        (.auditAlarm, .transport, "reconciliationDiffers"),
        (.treeRecovered, .access, "restored rolledBack"),
        (.receiptReadopted, .access, "restored"),
    ])
    func `a closed list of reasons has these codes`(
        event: AuditEvent,
        tree: TreeKind,
        reasons: String
    ) throws {
        let rule = try #require(AuditCatalogue.rule(event, in: tree))
        #expect(rule.reasons.joined(separator: " ") == reasons)
        #expect(rule.reasons.allSatisfy { AuditReason($0) != nil })
    }
}
