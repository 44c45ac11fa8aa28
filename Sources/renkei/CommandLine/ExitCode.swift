import Primitives

/// How the program ends; the numbers are those of sysexits where it has one.
enum ExitCode: Int32, Sendable, Equatable {
    /// Done; the check passed.
    case done = 0
    /// The check or the operation failed.
    case failed = 1
    case usage = 2
    /// File, message or member not found.
    case notFound = 66
    case unreachable = 69
    /// Try again later: locked, busy, maintenance.
    case temporary = 75
    /// Refused for a right, a consent or a certificate.
    case refused = 77
    case configuration = 78
}

extension ExitCode {
    /// The one table from errors to exit codes. A code it does not name is a plain failure.
    init(_ error: some Explained) {
        switch error.code {
        case "usage": self = .usage
        case "notFound", "unknownRecipient", "fileNotFound", "unknownMember", "unknownMessage",
            "noStore", "keyUnknown", "rootMissing", "accountUnknown",
            "tokenKeyMissing", "backupKeysMissing":
            self = .notFound
        case "exchangeUnreachable", "resolve", "connect", "timeout", "aborted":
            self = .unreachable
        case "fileForbidden", "peerRejectedUs", "certificateMissing", "certificateUnknown",
            "certificateExpired",
            "revoked",
            "memberSuspended", "notYourName", "enrolmentRefused", "consentMissing",
            "rightMissing", "directionNotAllowed", "untrusted", "wrongSigner", "unlockSecretWrong",
            "tokenPinWrong", "tokenPinDoubtful", "tokenPinLocked":
            self = .refused
        case "configuration", "selfTestFailed", "storeUnknownFile", "storeNewerSchema",
            "catalogueRefused", "schemaRefused", "keyFileExposed", "listenAddress",
            "serverCertificate", "credentialMissing", "secretExposed", "secretEmpty",
            "backupRecipientsMissing", "backupRecipientUnfit",
            "tokenNotNamed", "tokenModuleUnusable", "tokenAmbiguous", "tokenUnsuitable":
            self = .configuration
        default: self = error.isTemporary ? .temporary : .failed
        }
    }
}
