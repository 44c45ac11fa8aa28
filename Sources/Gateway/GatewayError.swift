package import Audit
package import Consent
package import Cryptography
package import Directory
package import Envelope
package import ExchangeAPI
package import Primitives
package import Sheets
package import Storage

/// Why an act of a gateway did not happen.
package enum GatewayError: Explained {
    case store(StoreError)
    case keyStore(KeyStoreError)
    case dataKey(DataKeyFault)
    case exchange(ExchangeError)
    case directory(DirectoryRefusal)
    case consent(ConsentRefusal)
    case sheet(InvalidSheet)
    case seal(SealError)
    case evidence(EvidenceFault)
    /// The recipient at `index` of the sheet is no member, or named twice.
    case recipientUnknown(index: Int)
    /// More than one member fits the recipient at `index` of the sheet.
    case recipientAmbiguous(index: Int)
    /// The sheet goes to others than the one that was named beside it.
    case notARecipient
    /// An extract names none of what one of its form may have, or nobody would get the whole.
    case extractUnfit
    /// A recipient that cannot be reached this way, and how else it can be.
    case recipientUnreachable(DirectoryRefusal, Reach)
    /// The sheet names another organisation as its sender.
    case notOurSheet
    case notFound
    /// Another sheet was sent under this idempotency key.
    case keyTaken
    /// The act does not fit the state, for example confirming what was refused.
    case outOfOrder
    /// Its sender took it back before anybody here opened it.
    case alreadyWithdrawn
    /// Shown only after a person has decided: it is set apart.
    case quarantined
    /// The sheet this answers is not here.
    case answeredUnknown
    /// The sheet is for a desk that the person does not work at.
    case otherDesk(DeskID)
    /// Nobody reviews what they have done in an emergency themselves.
    case ownEmergency
    /// Nobody decides alone what a person is given of what is held back.
    case ownRequest
    /// There is no such desk at that member; or there is one already.
    case deskUnknown, deskTaken
    /// The digits to compare were not shown, or are others by now.
    case fingerprintChanged
    /// The own sheet this corrects is not here, or is of another type or thread.
    case correctedUnknown
    /// A record of consent that was withdrawn is not to be given again under its number.
    case consentWithdrawn
    /// The directory has no fax number of a recipient.
    case faxUnknown
    /// What is for staff alone lies on no fax machine.
    case faxWithheld
    /// The organisation has not joined an exchange yet.
    case notEnrolled
    /// The joining paper, the exchange's root or its answer do not fit together.
    case enrolment(EnrolmentFault)
    case malformed(DecodingRefusal)
    /// This computer's clock is too far from the exchange's to sign anything.
    case clockOff
    /// The own signing certificate is no longer good: nothing is signed until it is renewed.
    case certificateEnded(isRevoked: Bool)
    /// The exchange shows another directory than it has signed; the last good one is used on.
    case directoryForked
    /// What would be erased is not what was shown.
    case planChanged
    /// No PDF, JPEG or PNG of a size that is taken.
    case formUnfit
    /// The day of completion is to come, or before the last that happened.
    case completionUnfit
    /// Of what is to be erased something is held, or still under way.
    case keptBack
    /// Nobody erases anything alone.
    case secondPersonMissing
    /// The disk is not known to be an older copy of itself.
    case nothingToRecover

    /// How people reach a member without this program.
    package struct Reach: Sendable {
        package let name: String
        package let telephone: TelephoneNumber?
        package let fax: TelephoneNumber?
    }

    package enum EnrolmentFault: String, Sendable {
        case wrongRoot, wrongAnswer, certificateDiffers, alreadyJoined
    }

    private var inner: (any Explained)? {
        switch self {
        case .store(let error): error
        case .keyStore(let error): error
        case .dataKey(let error): error
        case .exchange(let error): error
        case .directory(let error), .recipientUnreachable(let error, _): error
        case .consent(let error): error
        case .sheet(let error): error
        case .seal(let error): error
        case .evidence(let error): error
        case .malformed(let error): error
        case .recipientUnknown, .recipientAmbiguous, .notARecipient, .extractUnfit, .notOurSheet,
            .notFound,
            .keyTaken, .outOfOrder, .quarantined, .alreadyWithdrawn, .answeredUnknown,
            .correctedUnknown,
            .otherDesk, .ownEmergency, .ownRequest, .deskUnknown, .deskTaken,
            .fingerprintChanged, .consentWithdrawn, .faxUnknown, .faxWithheld,
            .notEnrolled, .enrolment, .clockOff, .certificateEnded, .directoryForked,
            .planChanged, .formUnfit, .completionUnfit, .keptBack, .secondPersonMissing,
            .nothingToRecover:
            nil
        }
    }

    package var code: String {
        if let inner { return inner.code }
        return switch self {
        case .recipientUnknown: "unknownRecipient"
        case .recipientAmbiguous: "recipientAmbiguous"
        case .notARecipient: "notARecipient"
        case .extractUnfit: "extractUnfit"
        case .notOurSheet: "notOurSheet"
        case .keyTaken: "messageIdConflict"
        case .outOfOrder: "outOfOrder"
        case .quarantined: "quarantined"
        case .alreadyWithdrawn: "alreadyWithdrawn"
        case .answeredUnknown: "answeredUnknown"
        case .correctedUnknown: "correctedUnknown"
        case .otherDesk: "otherDesk"
        case .ownEmergency: "ownEmergency"
        case .ownRequest: "ownRequest"
        case .deskUnknown: "deskUnknown"
        case .deskTaken: "deskTaken"
        case .fingerprintChanged: "fingerprintChanged"
        case .consentWithdrawn: "consentRecordWithdrawn"
        case .faxUnknown: "faxUnknown"
        case .faxWithheld: "faxWithheld"
        case .notEnrolled: "notEnrolled"
        case .enrolment(let fault): "enrolment" + fault.rawValue.capitalizedFirst
        case .clockOff: "clockOff"
        case .certificateEnded(let isRevoked): isRevoked ? "revoked" : "certificateExpired"
        case .directoryForked: "forkSeen"
        case .planChanged: "planChanged"
        case .formUnfit: "formUnfit"
        case .completionUnfit: "completionUnfit"
        case .keptBack: "keptBack"
        case .secondPersonMissing: "secondPersonMissing"
        case .nothingToRecover: "nothingToRecover"
        default: "notFound"
        }
    }

    package var summary: String {
        if let inner { return inner.summary }
        return switch self {
        case .recipientUnknown(let index):
            "Recipient \(index + 1) of the sheet is not a member of the exchange."
        case .recipientAmbiguous(let index):
            "More than one member fits recipient \(index + 1) of the sheet."
        case .notARecipient: "The sheet goes to others than the member that was named."
        case .extractUnfit:
            "An extract names what its form does not have for one, or nobody gets the whole sheet."
        case .notOurSheet: "The sheet names another organisation as its sender."
        case .keyTaken: "Another sheet was sent under this idempotency key."
        case .outOfOrder: "This cannot be done in the state the message is in."
        case .alreadyWithdrawn: "Its sender took the message back before it was opened."
        case .quarantined: "The message is set apart and not shown."
        case .answeredUnknown: "The sheet that this answers is not here."
        case .correctedUnknown: "The sheet that this corrects was not sent from here."
        case .otherDesk: "The sheet is for another desk."
        case .ownEmergency: "Nobody reviews their own emergency access."
        case .ownRequest: "Who took a request in does not decide on what is held back."
        case .deskUnknown: "There is no such desk."
        case .deskTaken: "There is a desk of this name already."
        case .fingerprintChanged: "These are not the digits that were shown."
        case .consentWithdrawn: "This record of consent was withdrawn."
        case .faxUnknown: "The directory has no fax number of a recipient."
        case .faxWithheld: "This sheet is for staff alone and goes on no fax."
        case .notEnrolled: "This organisation has not joined an exchange."
        case .enrolment(let fault): "Joining failed (\(fault.rawValue))."
        case .clockOff: "This computer's clock differs from the exchange's by over 5 minutes."
        case .certificateEnded(let isRevoked):
            "The signing certificate of this organisation "
                + (isRevoked ? "is revoked." : "has ended.")
        case .directoryForked: "The directory of the exchange is not the one it has signed."
        case .formUnfit: "The scan is no PDF, JPEG or PNG, or larger than 4 MiB."
        case .planChanged: "What would be erased is not what was shown."
        case .completionUnfit: "The work cannot have been completed on that day."
        case .keptBack: "Some of it is held, or still under way."
        case .secondPersonMissing: "Erasing needs two named people."
        case .nothingToRecover: "This data folder is no older copy of itself."
        default: "There is no such message, member or record here."
        }
    }

    package var advice: String {
        if let inner { return inner.advice }
        return switch self {
        case .recipientUnknown:
            "Check the office number in the sheet against the directory, or send it on paper."
        case .recipientAmbiguous:
            "Give the office number in the sheet; if it is there, call the exchange's operator."
        case .notARecipient: "Correct the recipients in the sheet, or name one of them."
        case .extractUnfit:
            "Name fields of the form's body, each recipient once, and leave one who gets all of it."
        case .notOurSheet: "Send it from the organisation named, or correct the sheet."
        case .keyTaken: "Send it under a key of its own."
        case .outOfOrder: "Look at its state with `renkei track` or `renkei inbox list`."
        case .alreadyWithdrawn: "Ask the sender by telephone if you need to know more."
        case .quarantined: "Call the operator of the exchange; nothing is lost."
        case .answeredUnknown: "Answer from the inbox: `renkei inbox reply`."
        case .ownEmergency, .ownRequest: "Ask another person with this role."
        case .otherDesk: "Ask that desk, or an administrator to add you to it."
        case .deskUnknown:
            "See those of others with `renkei directory show`, own ones with `gateway desk list`."
        case .fingerprintChanged:
            "Show the digits with `renkei directory fingerprint`, and compare all of them."
        case .consentWithdrawn: "Record a consent that was given anew under a new record number."
        case .faxUnknown: "Send it by post, or ask the recipient to state its number."
        case .faxWithheld: "Send it by the exchange, or by post to the person in charge there."
        case .deskTaken: "Give it another id, or change it with `renkei gateway desk hours`."
        case .correctedUnknown: "Take `supersedes` and `threadId` from the sheet as it was sent."
        case .notEnrolled: "Join with the paper of the operator: `renkei gateway enrol`."
        case .enrolment: "Stop and call the operator at the number on the paper."
        case .clockOff: "Set the clock of this computer; queued sheets go out by themselves then."
        case .certificateEnded:
            "Call the operator for a new certificate; queued sheets go out by themselves then."
        case .directoryForked: "Call the operator and an auditor; the last good one is used on."
        case .formUnfit: "Scan the form again with less resolution, as PDF, JPEG or PNG."
        case .planChanged: "Show the list again, look at it, and confirm that one."
        case .completionUnfit:
            "Give a day from the last that happened (`gateway retention plan`) to today."
        case .keptBack:
            "See `gateway retention plan`; release it, or wait until it is over, and try again."
        case .secondPersonMissing: "Name with `--with` the person who has checked the list."
        case .nothingToRecover: "Start the service; there is nothing to recover."
        default: "Check the number; list with `renkei inbox list` or `renkei track`."
        }
    }

    package var isTemporary: Bool {
        if let inner { return inner.isTemporary }
        return switch self {
        case .clockOff, .certificateEnded, .directoryForked: true
        default: false
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
