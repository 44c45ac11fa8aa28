/// Every bound of the system, with its unit in its name. A limit has a test at, below and above it.
/// Configuration may move one only within the range written beside it there.
package enum Limits {
    // Bytes of the formats (envelope).
    package static let routingBytes = 8 * 1024
    package static let statementBytes = 64 * 1024
    package static let manifestBytes = 256 * 1024
    package static let contentBytes = 2 * 1024 * 1024
    package static let sealedBytes = 2 * 1024 * 1024 + 64 * 1024
    package static let chunkPlainBytes = 4 * 1024 * 1024
    package static let chunkSealedBytes = 4 * 1024 * 1024 + 4 * 1024
    /// What a message can carry at all: 1 GiB of attachments, in sealed chunks.
    package static let messageBytes = chunks * chunkSealedBytes + sealedBytes
    /// What an exchange allows a message unless its operator says otherwise.
    package static let messageBytesAllowed = 256 * 1024 * 1024
    /// An evidence file holds statements and the content, no chunks.
    package static let evidenceBytes = 64 * 1024 * 1024
    /// A part above this travels in chunks, so that a message is opened in little memory.
    package static let unchunkedPartBytes = 256 * 1024
    /// By this format; the form of a sheet allows less.
    package static let attachmentBytes = chunks * chunkPlainBytes
    // Attachments of one sheet, by its form.
    package static let attachedFiles = 10
    /// The scan of a signed form.
    package static let consentFormBytes = 4 * 1024 * 1024
    package static let attachedFileBytes = 20 * 1024 * 1024
    package static let attachedNameScalars = 120
    /// A form with one of them.
    package static let attachedFormBytes = attachedFileBytes + 1024 * 1024
    package static let sealedProofsBytes = 256 * 1024
    /// Carried from one member to another; what is older than `bodiesAfterEnd` is dropped.
    package static let pairProofBytes = 64 * 1024 * 1024
    package static let certificateBytes = 2 * 1024
    package static let leafBytes = 1024

    // Counts of the formats.
    package static let recipients = 20
    package static let parts = 64
    package static let chunks = 256
    package static let jsonDepth = 16
    package static let generalJSONDepth = 64
    package static let derDepth = 16
    package static let seenCheckpoints = 8
    /// With the log's own line a checkpoint has at most 16.
    package static let witnesses = 15
    /// Private encryption keys tried for one message: the current one and those not yet retired.
    package static let encryptionKeys = 4

    // Printing.
    package static let paperJobBytes = 8 * 1024 * 1024
    package static let paperDocuments = 50
    package static let paperPages = 500
    package static let paperBytes = 32 * 1024 * 1024

    // Life of a message.
    package static let lifeMinimum = Duration.minutes(10)
    package static let lifeMaximum = Duration.days(30)
    /// Two clocks may differ this much before anything is refused for its time.
    package static let clockTolerance = Duration.minutes(5)
    /// How long a recipient's certificate must still last for a message that lives longer: its
    /// next one is on the way, and the key itself opens old mail for years.
    package static let keyOutlook = Duration.hours(24)
    /// Of one message's chunks, before other messages get their turn.
    package static let chunkTurn = Duration.seconds(5)
    /// Beyond this no checkpoint is signed: its time would be believed for ever.
    package static let checkpointClockTolerance = Duration.seconds(5)
    /// A decision older than this is not committed: what it read may be stale.
    package static let decisionAge = Duration.seconds(10)
    package static let conflictRetries = 5

    // Calls between gateway and exchange.
    package static let batchItems = 100
    package static let batchBytes = 16 * 1024 * 1024
    package static let frameLineBytes = 16 * 1024
    package static let waitSeconds = 30
    package static let parkedWaitsPerMember = 8
    package static let pageItems = 100
    /// How far back a mailbox tells what was acknowledged.
    package static let endedDays = 400
    /// Ids in a statement about a day: with its certificates it stays below `statementBytes`.
    package static let reconciledIDs = 1000
    /// A day is compared that long after its end, when what was on its way has come.
    package static let reconciliationGrace = Duration.hours(3)
    /// How old a day may be that is still compared.
    package static let reconciledDays = 35

    // Group commit.
    package static let commitWindow = Duration.milliseconds(5)
    package static let commitBatch = 200
    package static let commitBatchBytes = 4 * 1024 * 1024
    package static let writerQueue = 2000

    // HTTP.
    package static let requestLineBytes = 8 * 1024
    package static let fieldLineBytes = 8 * 1024
    package static let headBytes = 16 * 1024
    package static let fieldCount = 64
    package static let chunkLineBytes = 32
    package static let chunkSizeDigits = 8
    package static let handshakeDeadline = Duration.seconds(10)
    package static let headDeadline = Duration.seconds(10)
    package static let idleKeepAlive = Duration.seconds(75)
    package static let requestsPerConnection = 10_000
    package static let handlerDeadline = Duration.seconds(30)
    package static let writeStall = Duration.seconds(30)
    package static let runningHandlers = 256
    /// Beside them, for calls that need no certificate.
    package static let strangersHandlers = 16
    /// Entries, new keys and moved revocations of one member: what stands in `keys` for ever.
    package static let directoryChangesBurst = 200
    package static let directoryChangesPerDay = 24
    package static let enrolmentsPerAddressAndHour = 10
    package static let connections = 10_000
    package static let connectionsPerIdentity = 64
    package static let connectionsPerAddress = 200
    package static let drain = Duration.seconds(30)

    // Backups. What is sealed at once, and so held in memory.
    package static let backupPieceBytes = 4 * 1024 * 1024
    /// Of one file: 512 GiB.
    package static let backupPieces = 131_072
    package static let backupManifestBytes = 32 * 1024 * 1024
    /// For so long an opening key that was destroyed may be in a backup.
    package static let keyBackups = Duration.days(30)

    // What an auditor is asked to look at.
    /// Half of what a busy desk receives in a day, by one person.
    package static let unusualPatientsPerHour = 20
    /// Once is a slip, twice is somebody who asks a colleague.
    package static let unusualRefusalsPerHour = 3
    /// A quarter, as often as an auditor looks.
    package static let unusualSpan = Duration.days(92)

    // Retention.
    package static let bodiesAfterEnd = Duration.days(30)
    package static let transportFiscalYears = 5
    /// Leaves whose openings go in one transaction.
    package static let forgottenAtOnce = 1000
    /// Steps of forgetting in one round of housekeeping, so that nothing else waits long.
    package static let forgettingSteps = 5
    /// For so long a year must have been over, by a clock that nobody sets.
    package static let forgettingPatience = Duration.hours(24)
    package static let eventsKept = Duration.days(400)
    package static let unclaimedChunks = Duration.hours(24)
    /// Longer at an office: a message that comes over a slow line is not fetched twice.
    package static let unclaimedChunksOfOffice = Duration.days(7)
    /// After how long a leaf of `keys` that no quorum has seen is told to the operator, and to
    /// members.
    package static let quorumLateForOperator = Duration.hours(1)
    package static let quorumLateForMembers = Duration.hours(24)
    /// How long a witness that was taken off the list is still asked.
    package static let formerWitnesses = Duration.days(30)
    package static let joiningCode = Duration.hours(72)
    package static let joiningTries = 5

    // Staff.
    package static let accounts = 10_000
    package static let displayNameScalars = 100
    package static let remarkScalars = 1000
    package static let accountReview = Duration.days(182)
    /// 定期点検: a log is looked through every month.
    package static let inspectionDays = 31
    /// So many of the newest reviews are looked at for the last inspection.
    package static let inspectionReach = 1000
    /// Whoever has not signed in for so long is told to the auditor.
    package static let accountUnused = Duration.days(90)
    package static let passwordScalarsLeast = 13
    package static let passwordBytes = 1024
    /// Each waits for a tenth of a second of one thread; more would wait longer than anybody does.
    package static let waitingPasswords = 64
    package static let throttledNames = 10_000
    package static let signInsUnderway = 2000
    package static let signInLife = Duration.minutes(10)
    package static let codeTries = 5
    package static let spareCodes = 8
    package static let passkeys = 10
    /// Of what a browser hands over for one.
    package static let passkeyBytes = 16 * 1024
    package static let passkeyNameBytes = 1023
    package static let passkeyLife = Duration.minutes(5)
    package static let givenCodeLife = Duration.hours(24)
    package static let sessions = 20_000
    package static let sessionsPerAccount = 20
    package static let idleUntilLock = Duration.minutes(15)
    package static let sessionLife = Duration.hours(12)
}
