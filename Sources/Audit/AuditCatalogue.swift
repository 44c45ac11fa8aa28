/// What a leaf of one event in one tree may hold.
package struct AuditRule: Sendable {
    package let action: AuditAction
    package let agents: [AgentKind]
    package let objects: [ObjectKind]
    /// The first one is meant where an entry names none.
    package let purposes: [AuditPurpose]
    package let outcomes: [AuditOutcome]
    /// Empty: any code. Only an outcome other than success must have a reason.
    package private(set) var reasons: [String] = []
    /// Whether the leaf must carry the hash of a statement.
    package private(set) var recordsStatement = false

    fileprivate init(
        _ action: AuditAction,
        _ agents: [AgentKind],
        _ objects: [ObjectKind],
        _ purposes: [AuditPurpose] = [.system],
        _ outcomes: [AuditOutcome] = [.success]
    ) {
        self.action = action
        self.agents = agents
        self.objects = objects
        self.purposes = purposes
        self.outcomes = outcomes
    }

    fileprivate func because(_ reasons: String...) -> AuditRule {
        var rule = self
        rule.reasons = reasons
        return rule
    }

    fileprivate var withStatement: AuditRule {
        var rule = self
        rule.recordsStatement = true
        return rule
    }
}

/// The event catalogue: which event may stand in which tree, and how.
package enum AuditCatalogue {
    /// - Returns: nil where the event has no place in trees of this kind.
    package static func rule(_ event: AuditEvent, in tree: TreeKind) -> AuditRule? {
        switch tree {
        case .keys: keys[event] ?? trees[event]
        case .transport: transport[event] ?? trees[event] ?? processes[event]
        case .access: access[event] ?? trees[event] ?? processes[event]
        }
    }

    private static let trees: [AuditEvent: AuditRule] = [
        .treeOpened: AuditRule(.create, [.system, .operator], [.tree]),
        .treeClosed: AuditRule(.create, [.system, .operator], [.tree]),
        .treeRecovered: AuditRule(
            .create,
            [.system, .operator],
            [.tree],
            [.system],
            [.majorFailure]
        ).because("restored", "rolledBack"),
    ]

    private static let processes: [AuditEvent: AuditRule] = [
        .processStarted: process,
        .processStopped: process,
        .backupRestored: AuditRule(.execute, [.operator, .person], [.backup], [.maintenance]),
    ]

    private static let process = AuditRule(
        .execute,
        [.system],
        [.setting],
        [.system],
        [.success, .minorFailure, .majorFailure]
    )

    private static let keys: [AuditEvent: AuditRule] = [
        .memberEnrolled: AuditRule(.create, registrars, [.certificate], [.administration]),
        .certificateIssued: AuditRule(.create, registrars, [.certificate], [.administration]),
        .certificateRevoked: AuditRule(
            .delete,
            registrars,
            [.statement, .certificate],
            [.administration]
        ),
        .certificateRotated: AuditRule(.update, [.peer], [.statement], [.administration])
            .withStatement,
        .listPublished: AuditRule(.create, [.system], [.statement]),
        .membershipChanged: change.withStatement,
        .directoryChanged: change.withStatement,
        .authorityAdded: AuditRule(.create, [.operator], [.certificate], [.administration]),
        .policyChanged: change.withStatement,
    ]

    private static let registrars: [AgentKind] = [.operator, .peer]
    private static let change = AuditRule(.update, registrars, [.statement], [.administration])

    private static let transport: [AuditEvent: AuditRule] = [
        .messageAccepted: AuditRule(.create, [.peer], [.message]).withStatement,
        .messageDuplicate: AuditRule(.create, [.peer], [.message], [.system], [.minorFailure]),
        .messageConflict: AuditRule(.create, [.peer], [.message], [.system], [.seriousFailure]),
        .submissionRejected: AuditRule(.create, [.peer], [.message], [.system], refused),
        .messageReleased: AuditRule(.read, [.peer], [.message]),
        .messageDelivered: relayed,
        .messageRefused: relayed,
        .messageOpened: relayed,
        .messageConfirmed: relayed,
        .receiptRejected: AuditRule(.update, [.peer], [.statement], [.system], [.seriousFailure]),
        .messageExpired: AuditRule(.delete, [.system], [.message], [.system], [.seriousFailure])
            .withStatement,
        .messageUndeliverable: AuditRule(
            .update,
            [.operator, .system],
            [.message],
            [.administration],
            [.seriousFailure]
        ).withStatement,
        .withdrawalRequested: AuditRule(.update, [.peer], [.message]).withStatement,
        .withdrawalAnswered: AuditRule(
            .update,
            [.system, .peer],
            [.statement],
            [.system],
            [.success, .minorFailure]
        ).withStatement,
        .deadlineWarned: AuditRule(.execute, [.system], [.message]),
        .deliveryConflict: AuditRule(
            .update,
            [.system],
            [.message],
            [.system],
            [.seriousFailure]
        ),
        .bodyDeleted: AuditRule(.delete, [.system], [.message]),
        .auditAlarm: AuditRule(.execute, [.system], [.statement], [.system], [.seriousFailure])
            .because("reconciliationDiffers"),
        .auditExported: AuditRule(.execute, [.operator], [.report], [.review]),
        .backupMade: AuditRule(.execute, [.operator, .system], [.backup], [.maintenance]),
        // Of transport keys, which are no leaves of `keys`: they grant no reading and no signing.
        .certificateIssued: AuditRule(.create, registrars, [.certificate], [.administration]),
        .certificateRevoked: AuditRule(.delete, registrars, [.statement], [.administration])
            .withStatement,
        .operatorAction: AuditRule(.update, [.operator], [.account], [.administration]),
        .retentionHeld: retention,
        .retentionReleased: retention,
        .retentionDestroyed: AuditRule(.delete, [.system], [.tree], [.legal]),
        .quotaExceeded: AuditRule(.execute, [.peer], [.setting], [.system], [.minorFailure]),
        .rateLimited: AuditRule(.execute, [.peer], [.setting], [.system], [.minorFailure]),
        .connectionRefused: AuditRule(
            .execute,
            [.peer],
            [.certificate],
            [.system],
            [.seriousFailure]
        ).because("revoked", "unknown", "expired"),
        .enrolmentFailed: AuditRule(
            .create,
            [.peer],
            [.account],
            [.administration],
            [.seriousFailure]
        ),
    ]

    private static let retention = AuditRule(.update, [.operator], [.tree], [.legal])
    private static let relayed = AuditRule(.update, [.peer], [.statement]).withStatement
    private static let refused: [AuditOutcome] = [.minorFailure, .seriousFailure]

    private static let access = sheetEvents.merging(messageEvents) { $1 }
        .merging(consentEvents) { $1 }.merging(houseEvents) { $1 }.merging(staffEvents) { $1 }

    private static let writers: [AgentKind] = [.person, .software]
    private static let either: [AgentKind] = [.system, .person]
    private static let anyone: [AgentKind] = [.system, .person, .software]

    private static let sheetEvents: [AuditEvent: AuditRule] = [
        .sheetDrafted: AuditRule(.create, writers, [.part], [.care]),
        .sheetChanged: AuditRule(.update, writers, [.part], [.care]),
        .sheetDiscarded: AuditRule(.delete, writers, [.part], [.care]),
        .sheetOpened: AuditRule(
            .read,
            [.person],
            [.part],
            [.care, .emergency, .breakGlass, .review],
            [.success, .minorFailure, .seriousFailure]
        ),
        .sheetPrinted: taken,
        .paperPrinted: onPaper,
        .paperSent: onPaper,
        .paperAcknowledged: onPaper,
        .sheetExported: taken,
        .attachmentSaved: AuditRule(
            .execute,
            writers,
            [.part],
            [.care, .patientRequest, .legal, .breakGlass],
            [.success, .minorFailure]
        ),
        .sheetAssigned: AuditRule(.update, [.person], [.part], [.care]),
        .breakGlassUsed: AuditRule(.read, [.person], [.part], [.breakGlass])
            .because("patientEmergency", "deskAbsent", "safety", "other"),
        .breakGlassReviewed: reviewed([.part]),
        .disclosureRequested: AuditRule(.create, [.person], [.part], [.patientRequest]),
        .disclosureReleased: AuditRule(.update, [.person], [.part], [.patientRequest], fallible)
            .because("ownRequest"),
    ]

    /// By a second person; 8: it was not justified.
    private static func reviewed(_ objects: [ObjectKind]) -> AuditRule {
        AuditRule(.update, [.person], objects, [.review], fallible).because("unjustified")
    }

    private static let onPaper = AuditRule(.execute, [.person], [.message], [.care])

    /// Leaves the program, on paper or as a file.
    private static let taken = AuditRule(
        .execute,
        writers,
        [.part],
        [.care, .patientRequest, .legal],
        [.success, .minorFailure]
    )

    private static let messageEvents: [AuditEvent: AuditRule] = [
        .messageQueued: AuditRule(.create, writers, [.message], [.care]),
        .messageHeld: AuditRule(.update, anyone, [.message], [.care]),
        .messageCancelled: AuditRule(.delete, writers, [.message], [.care]),
        .messageSigned: AuditRule(.execute, [.person], [.message], [.care], fallible),
        .messageSent: AuditRule(.create, [.system], [.message], [.care]),
        .messageResealed: AuditRule(.create, [.system], [.message], [.care]),
        .messageAccepted: told,
        .messageExpired: told,
        .messageUndeliverable: told,
        .messageDelivered: AuditRule(.create, [.peer], [.message], [.care]).withStatement,
        .messageRefused: AuditRule(.create, [.peer], [.message], [.care], refused),
        .messageDuplicate: AuditRule(.create, [.peer], [.message], [.system], [.minorFailure]),
        .messageConflict: AuditRule(.create, [.peer], [.message], [.system], [.seriousFailure]),
        .messageQuarantined: AuditRule(.update, either, [.message], [.system], [.minorFailure]),
        .messageFreed: AuditRule(.update, either, [.message]),
        .messageConfirmed: AuditRule(.update, [.person], [.message], [.care]),
        .messageReplied: AuditRule(.update, [.person, .peer], [.message], [.care]),
        .messageReturned: AuditRule(.update, [.person, .peer], [.message], [.care]),
        .settingChanged: AuditRule(.update, [.person], [.setting], [.administration]),
        .deadlineEscalated: AuditRule(.execute, [.system], [.message]),
        .receiptReceived: AuditRule(.create, [.peer, .system], [.statement]).withStatement,
        .receiptSent: AuditRule(.create, [.peer, .system], [.statement]).withStatement,
        .receiptReadopted: AuditRule(
            .create,
            [.system],
            [.statement],
            [.system],
            [.minorFailure]
        ).withStatement.because("restored"),
        .receiptRejected: AuditRule(
            .create,
            [.peer, .system],
            [.statement],
            [.system],
            [.seriousFailure]
        ),
        .deadlineWarned: AuditRule(.execute, [.system], [.message], [.system], answered),
        .deadlinePassed: AuditRule(.execute, [.system], [.message], [.system], answered),
        .withdrawalRequested: AuditRule(.update, either, [.message], [.care], answered),
        .withdrawalAnswered: AuditRule(.update, either, [.message], [.care], answered)
            .withStatement,
    ]

    private static let answered: [AuditOutcome] = [.success, .minorFailure]
    private static let fallible: [AuditOutcome] = [.success, .seriousFailure]
    private static let told = AuditRule(.update, [.peer], [.statement], [.system], fallible)
        .withStatement

    private static let consentEvents: [AuditEvent: AuditRule] = [
        .consentRecorded: AuditRule(.create, [.person], [.consent], [.care]),
        .consentChanged: AuditRule(.update, [.person], [.consent], [.care]),
        .consentShown: AuditRule(.read, [.person], [.consent], [.care]),
        .consentWithdrawn: AuditRule(.delete, [.person], [.consent], [.care]),
        .consentGranted: AuditRule(.execute, [.system], [.consent], [.care]),
        .consentDenied: AuditRule(.execute, either, [.consent], [.care], [.seriousFailure])
            .because(
                "none",
                "person",
                "scope",
                "recipient",
                "expired",
                "withdrawn",
                "family",
                "statement",
                "left"
            ),
        .consentEmergencyUsed: AuditRule(.execute, [.person], [.consent], [.emergency]),
        .consentEmergencyReviewed: reviewed([.consent]),
    ]

    /// Keys, enrolment and the log itself.
    private static let houseEvents: [AuditEvent: AuditRule] = [
        .enrolmentStarted: AuditRule(.create, [.person], [.account], [.administration], fallible),
        .enrolmentCompleted: AuditRule(.create, either, [.account], [.administration], fallible),
        .keyGenerated: AuditRule(.create, either, [.certificate], [.administration], fallible),
        .keyRotated: AuditRule(.update, either, [.certificate], [.administration], fallible),
        .keyDestroyed: AuditRule(.delete, either, [.certificate], [.administration], fallible),
        .keyChangeHeld: AuditRule(
            .execute,
            [.system],
            [.certificate],
            [.administration],
            [.minorFailure]
        ),
        .keyFingerprintChecked: AuditRule(
            .execute,
            [.person],
            [.certificate],
            [.administration]
        ),
        .keyExpiryWarned: AuditRule(.execute, [.system], [.certificate], [.administration]),
        .revocationApplied: AuditRule(.update, [.system], [.certificate], [.administration]),
        .revocationReviewed: AuditRule(.update, [.person], [.message], [.administration]),
        .keyUnlocked: AuditRule(.execute, either, [.certificate], [.administration], fallible),
        .keyForeignCertificate: AuditRule(
            .execute,
            either,
            [.certificate],
            [.administration],
            [.success, .minorFailure, .majorFailure]
        ),
        .keyUnwitnessedAccepted: AuditRule(.execute, [.person], [.tree], [.administration]),
        .auditQueried: AuditRule(.read, [.person], [.report], [.review]),
        .auditExported: AuditRule(.execute, [.person], [.report], [.review]),
        .auditReviewed: AuditRule(.update, [.person], [.report], [.review]),
        .backupMade: AuditRule(.execute, either, [.backup], [.maintenance]),
        .maintenanceApproved: maintenance,
        .maintenanceStarted: maintenance,
        .maintenanceEnded: maintenance,
        .retentionCompleted: AuditRule(.update, [.person], [.message], [.administration]),
        .retentionHeld: AuditRule(.update, [.person], [.message], [.legal]),
        .retentionReleased: AuditRule(.update, [.person], [.message], [.legal]),
        .retentionDestroyed: AuditRule(
            .delete,
            [.person],
            [.report],
            [.legal, .patientRequest]
        ),
        .auditAlarm: AuditRule(
            .execute,
            [.system],
            [.tree],
            [.system],
            [.minorFailure, .seriousFailure, .majorFailure]
        ).because(
            "noQuorum",
            "forkSeen",
            "receiptWithoutLeaf",
            "receiptBackdated",
            "leafNotExpected",
            "clockOff",
            "gap",
            "reconciliationDiffers"
        ),
    ]

    private static let maintenance = AuditRule(.execute, [.person], [.setting], [.maintenance])

    /// People, their accounts and what they sign in with.
    private static let staffEvents: [AuditEvent: AuditRule] = [
        .sessionLogin: AuditRule(
            .execute,
            [.person],
            [.account],
            [],
            [.success, .minorFailure, .seriousFailure]
        ),
        .sessionSecondFactor: AuditRule(.execute, [.person], [.account], [], answered),
        .sessionLocked: AuditRule(.execute, [.person], [.account], []),
        .sessionEnded: AuditRule(.execute, [.person], [.account], []),
        .accountCreated: AuditRule(.create, [.person], [.account], [.administration]),
        .accountChanged: AuditRule(.update, [.person], [.account], [.administration]),
        .accountRoleChanged: AuditRule(.update, [.person], [.account], [.administration]),
        .accountDisabled: AuditRule(.delete, [.person], [.account], [.administration]),
        .accountReviewed: AuditRule(.update, [.person], [.account], [.administration]),
        .credentialAdded: AuditRule(.create, [.person], [.account], [.administration]),
        .credentialRemoved: AuditRule(.delete, [.person], [.account], [.administration]),
        .credentialReset: AuditRule(.update, [.person], [.account], [.administration]),
        .rightRefused: AuditRule(
            .execute,
            [.person],
            [.account],
            [.administration],
            [.minorFailure]
        ),
    ]
}
