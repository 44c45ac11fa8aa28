/// Everything that is recorded. A name means the same act in every tree; what a leaf of it may
/// hold, and in which trees, is `AuditCatalogue`.
package enum AuditEvent: String, CaseIterable, Sendable {
    // A message on its way, in both trees.
    case messageAccepted = "message.accepted"
    case messageDuplicate = "message.duplicate"
    case messageConflict = "message.conflict"
    case messageReleased = "message.released"
    case messageDelivered = "message.delivered"
    case messageRefused = "message.refused"
    case messageOpened = "message.opened"
    case messageConfirmed = "message.confirmed"
    case messageExpired = "message.expired"
    case messageUndeliverable = "message.undeliverable"
    case messageQueued = "message.queued"
    case messageHeld = "message.held"
    case messageCancelled = "message.cancelled"
    case messageSigned = "message.signed"
    case messageSent = "message.sent"
    case messageQuarantined = "message.quarantined"
    case messageFreed = "message.freed"
    case messageReplied = "message.replied"

    // Statements.
    case submissionRejected = "submission.rejected"
    case receiptRejected = "receipt.rejected"
    case receiptReceived = "receipt.received"
    case receiptSent = "receipt.sent"

    // Members, keys and the directory.
    case memberEnrolled = "member.enrolled"
    case enrolmentFailed = "enrolment.failed"
    case certificateIssued = "certificate.issued"
    case certificateRevoked = "certificate.revoked"
    case listPublished = "list.published"
    case membershipChanged = "membership.changed"
    case directoryChanged = "directory.changed"
    case authorityAdded = "authority.added"
    case policyChanged = "policy.changed"
    case enrolmentStarted = "enrolment.started"
    case enrolmentCompleted = "enrolment.completed"
    case keyGenerated = "key.generated"
    case keyUnlocked = "key.unlocked"
    case keyForeignCertificate = "key.foreignCertificate"

    // What a person sees and writes.
    case sheetOpened = "sheet.opened"
    case sheetDrafted = "sheet.drafted"
    case sheetDiscarded = "sheet.discarded"
    case attachmentSaved = "attachment.saved"
    case consentRecorded = "consent.recorded"
    case consentChanged = "consent.changed"
    case consentWithdrawn = "consent.withdrawn"
    case consentGranted = "consent.granted"
    case consentDenied = "consent.denied"
    case consentEmergencyUsed = "consent.emergencyUsed"

    // The log and the process.
    case quotaExceeded = "quota.exceeded"
    case rateLimited = "rate.limited"
    case connectionRefused = "connection.refused"
    case auditQueried = "audit.queried"
    case auditExported = "audit.exported"
    case auditAlarm = "audit.alarm"
    case treeOpened = "tree.opened"
    case treeClosed = "tree.closed"
    case processStarted = "process.started"
    case processStopped = "process.stopped"
}
