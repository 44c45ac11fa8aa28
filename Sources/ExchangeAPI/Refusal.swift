package import Delivery
import Primitives

/// A normal "no" of the exchange: one closed list, one table at the wire.
package struct Refusal: Explained, Equatable {
    /// Every code there is; the raw value is the last part of the problem's `type`.
    package enum Reason: String, Sendable, CaseIterable {
        case malformed, framesCut
        case certificateMissing, certificateUnknown, certificateExpired, revoked
        case memberSuspended, notYourName, enrolmentRefused
        case unknownRecipient, notFound
        case paperOnlyRecipient, recipientCannotRead, recipientKeyUnusable
        case messageIdConflict, contentSeen, statementConflict
        case outOfOrder, chunkMissing, deliveryClosed
        case alreadyWithdrawn, expired, receiptGone, cursorGone, bodyGone
        case tooLarge, unsupportedType, versionUnsupported
        case badSignature, recipientsDiffer, wrongSuite, hashDiffers, clockSkew
        case rateLimited, quotaExceeded
        case internalFailure, exchangeBusy, maintenance, readOnly, storageFull
    }

    /// One place the refusal speaks of, for example a recipient.
    package struct Detail: Sendable, Equatable {
        package let pointer: String
        package let code: String

        package init(pointer: String, code: String) {
            self.pointer = pointer
            self.code = code
        }
    }

    package let reason: Reason
    package let details: [Detail]
    /// Not before: a lower bound for the next try.
    package let retryAfterSeconds: Int?
    package let resend: Resend

    /// `resend` is given where it is not that of the table: a TLS key that has ended stops no
    /// message.
    package init(
        _ reason: Reason,
        details: [Detail] = [],
        retryAfterSeconds: Int? = nil,
        resend: Resend? = nil
    ) {
        self.reason = reason
        self.details = details
        self.retryAfterSeconds = retryAfterSeconds
        self.resend = resend ?? RefusalRow.of(reason).resend
    }

    /// Events up to `dropped` are no longer kept: with it a gateway that has rebuilt what they told
    /// goes on.
    package init(cursorGone dropped: Int64) {
        self.init(
            .cursorGone,
            details: [Detail(pointer: Self.cursorPointer, code: String(dropped))]
        )
    }

    /// The cursor of `cursorGone`.
    package var droppedCursor: Int64? {
        details.first { $0.pointer == Self.cursorPointer }.flatMap { Int64($0.code) }
    }

    private static let cursorPointer = "/after"

    package var code: String { reason.rawValue }
    package var summary: String { "The exchange refused this (\(code))." }
    package var advice: String { RefusalRow.of(reason).advice }
    package var isTemporary: Bool { resend == .sameMessage }
    package var status: Int { RefusalRow.of(reason).status }
    package var whoMustAct: WhoMustAct { RefusalRow.of(reason).whoMustAct }
}

/// One row of the problem table.
private struct RefusalRow {
    let status: Int
    let whoMustAct: WhoMustAct
    let resend: Resend
    let advice: String

    init(_ status: Int, _ whoMustAct: WhoMustAct, _ resend: Resend, _ advice: String) {
        self.status = status
        self.whoMustAct = whoMustAct
        self.resend = resend
        self.advice = advice
    }

    static func of(_ reason: Refusal.Reason) -> RefusalRow {
        switch reason {
        case .malformed: RefusalRow(400, .sender, .newMessage, vendor)
        case .framesCut: RefusalRow(400, .nobody, .sameMessage, waits)
        case .certificateMissing, .certificateUnknown:
            RefusalRow(403, .sender, .sameMessage, "Join the exchange, or renew the certificate.")
        case .certificateExpired, .revoked:
            RefusalRow(403, .sender, .newMessage, "Renew your certificate, then send again.")
        case .memberSuspended:
            RefusalRow(403, .operator, .sameMessage, "Call the operator of the exchange.")
        case .notYourName: RefusalRow(403, .sender, .never, vendor)
        case .enrolmentRefused:
            RefusalRow(403, .operator, .never, "Ask the operator for a new joining paper.")
        case .unknownRecipient, .notFound:
            RefusalRow(404, .sender, .newMessage, "Choose the recipient from the directory again.")
        case .paperOnlyRecipient:
            RefusalRow(409, .sender, .newMessage, "Send this recipient the paper form.")
        case .recipientCannotRead, .recipientKeyUnusable:
            RefusalRow(409, .sender, .newMessage, "Wait for the recipient's keys, or telephone.")
        case .messageIdConflict, .contentSeen, .statementConflict:
            RefusalRow(409, .sender, .never, vendor)
        case .outOfOrder, .chunkMissing: RefusalRow(409, .sender, .sameMessage, waits)
        case .deliveryClosed:
            RefusalRow(409, .recipient, .never, "Telephone the other side.")
        case .alreadyWithdrawn: RefusalRow(410, .nobody, .never, "Nothing: it was withdrawn.")
        case .expired: RefusalRow(410, .sender, .newMessage, "Send it again as a new message.")
        case .receiptGone:
            RefusalRow(410, .nobody, .never, "Nothing: the parties hold the receipt.")
        case .cursorGone: RefusalRow(410, .recipient, .never, waits)
        case .bodyGone: RefusalRow(410, .sender, .newMessage, "Ask the sender to send again.")
        case .tooLarge: RefusalRow(413, .sender, .newMessage, "Reduce the attachments.")
        case .unsupportedType: RefusalRow(415, .sender, .sameMessage, updates)
        case .versionUnsupported: RefusalRow(404, .sender, .sameMessage, updates)
        case .badSignature, .recipientsDiffer, .wrongSuite, .hashDiffers:
            RefusalRow(422, .sender, .newMessage, vendor)
        case .clockSkew:
            RefusalRow(422, .sender, .sameMessage, "Set the computer's clock, then send again.")
        case .rateLimited: RefusalRow(429, .nobody, .sameMessage, waits)
        case .quotaExceeded:
            RefusalRow(429, .recipient, .sameMessage, "The recipient must fetch its mail first.")
        case .internalFailure:
            RefusalRow(500, .operator, .sameMessage, "Call the operator if it goes on.")
        case .exchangeBusy: RefusalRow(503, .nobody, .sameMessage, waits)
        case .maintenance, .readOnly: RefusalRow(503, .operator, .sameMessage, waits)
        case .storageFull:
            RefusalRow(507, .operator, .sameMessage, "The operator must make room on the disk.")
        }
    }

    private static let vendor = "Ask the vendor of the sending program to correct it."
    private static let updates = "Update the program, then send again."
    private static let waits = "Nothing: the program tries again by itself."
}
