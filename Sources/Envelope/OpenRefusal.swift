package import Delivery
import Primitives

/// Why a received message is not taken in.
package enum OpenRefusal: Explained, Equatable {
    /// Answered with a *refused* receipt that carries `code`. `detail` is for the local log only
    /// and holds no content.
    case refused(RefusalCode, step: Int, detail: String)
    /// Not answered: something on the exchange's or our own side must be mended first.
    case held(HoldReason)

    package enum HoldReason: String, CaseIterable, Sendable {
        /// The exchange's receipt does not verify: the exchange must mend it.
        case receiptUnusable
        /// A revocation list is missing or older than 72 hours.
        case listStale
        /// The directory does not know the exchange yet.
        case directoryUnverified
        /// Our own key store failed; nothing is said about the message.
        case keyUnusable
        /// The sender has lost its keys and begun anew: its fingerprint is to be compared first.
        case senderKeyChanged
    }

    package var isHeld: Bool { if case .held = self { true } else { false } }

    /// The public code, or why the message is held; the reason in the access log.
    package var reasonCode: String {
        switch self {
        case .refused(let code, _, _): code.rawValue
        case .held(let reason): reason.rawValue
        }
    }

    package var code: String { isHeld ? "quarantined" : reasonCode }

    package var summary: String {
        isHeld ? "The message is held (\(reasonCode))." : "The message was refused (\(reasonCode))."
    }

    package var advice: String {
        switch self {
        case .refused: "The sender was told by a signed receipt; telephone if it is urgent."
        case .held(.keyUnusable): "Mend the key store of this gateway; the message is not lost."
        case .held(.senderKeyChanged):
            "Call the sender and compare the digits of `renkei directory fingerprint`."
        case .held: "Call the operator of the exchange; the message is not lost."
        }
    }

    package var isTemporary: Bool { isHeld }

    static func no(_ code: RefusalCode, _ step: Int, _ detail: String = "") -> OpenRefusal {
        .refused(code, step: step, detail: detail)
    }
}
