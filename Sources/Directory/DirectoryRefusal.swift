import Primitives

/// Why a change does not enter the directory, or why nobody can seal to a recipient.
package enum DirectoryRefusal: Explained, Equatable {
    // Look-ups; codes of `exchange-api.md` 12.
    case unknownRecipient
    case paperOnlyRecipient
    case memberSuspended
    case recipientKeyUnusable
    /// The recipient has lost its keys and begun anew: its fingerprint is to be compared first.
    case recipientKeyChanged
    /// The recipient's key stands in the log, but not enough witnesses have seen it there.
    case keyUnwitnessed
    /// The recipient's entry does not accept this sheet, or none of our suites.
    case recipientCannotRead

    // Replay.
    case statement(StatementRefusal)
    /// The chain does not hold, or the list is not signed by its authority.
    case untrusted
    /// The certificate's subject or role does not fit the leaf.
    case wrongSubject
    /// One key, one certificate.
    case keyTaken
    case unknownCertificate
    /// No membership is known.
    case unknownMember
    /// An entry, policy or list number that does not rise as it must.
    case numberNotRising

    package var code: String {
        switch self {
        case .unknownRecipient: "unknownRecipient"
        case .paperOnlyRecipient: "paperOnlyRecipient"
        case .memberSuspended: "memberSuspended"
        case .recipientKeyUnusable: "recipientKeyUnusable"
        case .recipientKeyChanged: "recipientKeyChanged"
        case .keyUnwitnessed: "keyUnwitnessed"
        case .recipientCannotRead: "recipientCannotRead"
        case .statement(let refusal): refusal.code
        case .untrusted: "untrusted"
        case .wrongSubject: "wrongSubject"
        case .keyTaken: "keyTaken"
        case .unknownCertificate: "certificateUnknown"
        case .unknownMember: "memberUnknown"
        case .numberNotRising: "numberNotRising"
        }
    }

    package var summary: String {
        switch self {
        case .unknownRecipient: "The recipient is not a member."
        case .paperOnlyRecipient: "The recipient can be reached on paper only."
        case .memberSuspended: "The member is suspended."
        case .recipientKeyUnusable: "The recipient has no usable key."
        case .recipientKeyChanged: "The recipient has new keys that nobody here has checked."
        case .recipientCannotRead: "The recipient does not take in this kind of sheet."
        case .keyUnwitnessed: "The witnesses have not yet seen the recipient's key."
        case .statement(let refusal): refusal.summary
        case .untrusted: "The certificate or list does not lead to the trusted root."
        case .wrongSubject: "The certificate is not of the party that the log entry names."
        case .keyTaken: "Another certificate has this key."
        case .unknownCertificate: "The certificate is not in the directory."
        case .unknownMember: "The registrar has not vouched for this member."
        case .numberNotRising: "The number does not follow the one before it."
        }
    }

    package var advice: String {
        switch self {
        case .unknownRecipient: "Choose the recipient from the directory."
        case .paperOnlyRecipient: "Print the sheet and send it by fax."
        case .memberSuspended: "Call the operator of the exchange."
        case .recipientKeyUnusable:
            "Call the recipient: its key has ended, was revoked or must be checked."
        case .recipientKeyChanged:
            "Call the recipient and compare the digits of `renkei directory fingerprint`."
        case .keyUnwitnessed:
            "It goes out by itself when they have; after an hour call the operator."
        case .recipientCannotRead:
            "Send another form, or this one on paper; the recipient may have to update."
        case .statement(let refusal): refusal.advice
        case .untrusted, .wrongSubject, .keyTaken, .unknownCertificate,
            .unknownMember:
            "Call the operator of the exchange; keep the entry as evidence."
        case .numberNotRising: "Fetch the directory and make the change again."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .memberSuspended, .recipientKeyUnusable, .recipientKeyChanged, .keyUnwitnessed:
            true
        case .statement(let refusal): refusal.isTemporary
        case .unknownRecipient, .paperOnlyRecipient, .recipientCannotRead, .untrusted,
            .wrongSubject, .keyTaken, .unknownCertificate, .unknownMember, .numberNotRising:
            false
        }
    }
}
