/// Who can mend a refusal.
package enum WhoMustAct: String, CaseIterable, Sendable {
    case sender, recipient, `operator`, nobody
}

/// Whether and how the same matter may be sent again.
package enum Resend: String, CaseIterable, Sendable { case never, sameMessage, newMessage }

/// Why a recipient's gateway refuses a message; public, and without content (`envelope.md` 6).
package enum RefusalCode: String, CaseIterable, Sendable {
    case malformed, badSignature, damagedPart, tooLarge
    case wrongSuite, unsupportedSheet, wrongRecipient, undecryptable
    case wrongSigner, untrusted, certificateExpired, revoked
    case forwarded, replayed, expired
    case invalidSheet, directionNotAllowed, consentMissing

    package var whoMustAct: WhoMustAct {
        switch self {
        // A security event: the sender of the bytes is perhaps not the sender of the message.
        case .forwarded, .replayed: .nobody
        case .malformed, .badSignature, .damagedPart, .tooLarge, .wrongSuite, .unsupportedSheet,
            .wrongRecipient, .undecryptable, .wrongSigner, .untrusted, .certificateExpired,
            .revoked, .expired, .invalidSheet, .directionNotAllowed, .consentMissing:
            .sender
        }
    }

    package var resend: Resend { whoMustAct == .nobody ? .never : .newMessage }
}
