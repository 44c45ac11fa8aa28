package import Primitives

/// Why a leaf, checkpoint, proof or opening was not taken.
package enum AuditRefusal: Explained, Equatable {
    case malformed(DecodingRefusal)
    /// Another tree than the one that was asked about.
    case wrongOrigin
    /// No signature line by the log key that was expected.
    case unknownKey
    case badSignature
    /// The leaf is not in the tree that the checkpoint names.
    case notIncluded
    /// The leaf records another statement.
    case otherStatement
    /// The opening does not belong to the commitment, or its key is another.
    case wrongOpening

    package var code: String {
        switch self {
        case .malformed(let refusal): refusal.code
        case .wrongOrigin: "wrongOrigin"
        case .unknownKey: "unknownLogKey"
        case .badSignature: "badSignature"
        case .notIncluded: "notIncluded"
        case .otherStatement: "otherStatement"
        case .wrongOpening: "wrongOpening"
        }
    }

    package var summary: String {
        switch self {
        case .malformed(let refusal): refusal.summary
        case .wrongOrigin: "The evidence is of another log."
        case .unknownKey: "The checkpoint is not signed by the key of its log."
        case .badSignature: "The signature of the checkpoint does not hold."
        case .notIncluded: "The log entry is not in the log that the checkpoint names."
        case .otherStatement: "The log entry records another statement."
        case .wrongOpening: "The value is not the one that was committed to."
        }
    }

    package var advice: String {
        switch self {
        case .malformed(let refusal): refusal.advice
        case .wrongOrigin: "Ask for the proof of the log that the receipt names."
        case .unknownKey: "Check the log key in the policy of the exchange."
        case .badSignature, .notIncluded, .otherStatement:
            "Keep the file and tell the issuer and an auditor: it may show a changed log."
        case .wrongOpening: "Ask for the opening again; do not rely on the value shown."
        }
    }

    package var isTemporary: Bool { false }
}
