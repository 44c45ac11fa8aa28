/// What an auditor asks of an access log without reading it by hand. The names are those under
/// which auditors know the questions.
package enum AuditQuestion: String, CaseIterable, Sendable {
    /// Who saw this patient's sheets, when, in what role, for what purpose.
    case looksAtPatient = "Q1"
    /// How often and in what order, by person and day.
    case looksInOrder = "Q2"
    /// What this person opened, printed, exported.
    case looksByPerson = "Q3"
    /// 緊急閲覧 with reason and review.
    case emergencyReadings = "Q4"
    /// What was sent and has not arrived.
    case notArrived = "Q5"
    /// What arrived and nobody opened, or opened and nobody confirmed.
    case notTakenOver = "Q6"
    case outsideHours = "Q7"
    /// Attempts to send without a consent.
    case withoutConsent = "Q8"
    /// What of this patient went out and came in.
    case provisions = "Q9"
    /// Sent on the emergency exception of consent, with review.
    case emergencyExceptions = "Q10"
    /// Looks by people who have done nothing else for this patient.
    case withoutRelation = "Q11"
    /// Far more looks in a day than this person usually has.
    case unusualAmounts = "Q12"
    /// Sign-ins that failed, and people who have not signed in for long.
    case signIns = "Q13"
    /// What was done by maintenance, beside what was approved.
    case maintenance = "Q14"
    /// Of keys, settings, accounts and roles.
    case changes = "Q15"
    /// Taken in from a key after the date from which it is not to be trusted.
    case fromRevokedKeys = "Q16"
    /// What was printed, exported or sent on paper, and where to.
    case takenAway = "Q17"
    /// Who has looked at the log, and with what remark.
    case reviews = "Q18"
    /// What happened to the log itself.
    case wholeness = "Q19"

    /// Whom a question is about.
    package enum Subject: Sendable { case office, patient, person }

    package var subject: Subject {
        switch self {
        case .looksAtPatient, .looksInOrder, .provisions: .patient
        case .looksByPerson: .person
        default: .office
        }
    }

    /// Whether its answer is made of entries, which alone can be FHIR AuditEvents.
    package var isOfEntries: Bool {
        switch self {
        case .notArrived, .notTakenOver, .fromRevokedKeys, .unusualAmounts: false
        default: true
        }
    }

    /// A person sees something of a sheet, or takes it along.
    package static let looks: Set<AuditEvent> = [
        .sheetOpened, .sheetPrinted, .sheetExported, .attachmentSaved,
    ]

    /// The events whose leaves answer it, as far as leaves alone do.
    package var events: Set<AuditEvent> {
        switch self {
        case .looksAtPatient, .looksInOrder:
            Self.looks.union([.breakGlassUsed, .auditQueried, .auditExported, .consentShown])
        case .looksByPerson, .outsideHours: Self.looks.union([.breakGlassUsed])
        case .emergencyReadings: [.breakGlassUsed, .breakGlassReviewed]
        case .notArrived, .notTakenOver, .fromRevokedKeys: []
        case .withoutConsent: [.consentDenied]
        case .provisions: [.messageSigned, .messageDelivered, .paperSent]
        case .emergencyExceptions: [.consentEmergencyUsed, .consentEmergencyReviewed]
        case .unusualAmounts, .withoutRelation: [.sheetOpened]
        case .signIns: [.sessionLogin, .sessionSecondFactor]
        case .maintenance: Self.maintaining
        case .changes: Self.changing
        case .takenAway: Self.taking
        case .reviews: [.auditReviewed]
        case .wholeness:
            [.treeOpened, .treeClosed, .treeRecovered, .backupRestored, .auditAlarm]
        }
    }

    private static let taking: Set<AuditEvent> = [
        .sheetPrinted, .sheetExported, .attachmentSaved, .paperPrinted, .paperSent,
        .paperAcknowledged, .auditExported,
    ]

    /// A person does something for a patient, or takes it upon themselves.
    package static let care: Set<AuditEvent> = [
        .sheetDrafted, .sheetChanged, .sheetAssigned, .messageSigned, .messageQueued,
        .messageCancelled, .messageConfirmed, .messageReplied, .messageReturned,
        .consentRecorded, .consentChanged, .consentWithdrawn, .paperPrinted, .paperSent,
        .paperAcknowledged,
    ]

    package static let maintaining: Set<AuditEvent> = [
        .maintenanceApproved, .maintenanceStarted, .maintenanceEnded,
    ]

    package static let changing: Set<AuditEvent> = [
        .keyGenerated, .keyRotated, .keyDestroyed, .keyForeignCertificate,
        .keyUnwitnessedAccepted, .keyChangeHeld, .keyFingerprintChecked, .certificateRotated,
        .revocationApplied, .revocationReviewed, .settingChanged, .directoryChanged,
        .accountCreated, .accountChanged, .accountRoleChanged, .accountDisabled,
        .accountReviewed, .credentialAdded, .credentialRemoved, .credentialReset,
        .enrolmentStarted, .enrolmentCompleted, .retentionHeld, .retentionReleased,
        .retentionDestroyed, .retentionCompleted,
    ]
}
