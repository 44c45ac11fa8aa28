package import Delivery
package import Primitives

/// Why a received message is not taken in.
package enum OpenRefusal: Explained, Equatable {
    /// Answered with a *refused* receipt that carries `code`. `detail` is for the local log only.
    case refused(RefusalCode, step: Int, detail: String)
    /// Not answered: something on the exchange's or our side must be mended first.
    case held(HoldReason)

    package enum HoldReason: String, Sendable {
        /// The exchange's receipt does not verify: the exchange must mend it.
        case receiptUnusable
        /// The newest revocation list is older than 72 hours.
        case listStale
        case directoryUnverified
    }

    package var code: String {
        switch self {
        case .refused(let code, _, _): code.rawValue
        case .held: "quarantined"
        }
    }

    package var summary: String {
        switch self {
        case .refused(let code, _, _): "The message was refused (\(code.rawValue))."
        case .held(let reason): "The message is held (\(reason.rawValue))."
        }
    }

    package var advice: String {
        switch self {
        case .refused: "The sender was told by a signed receipt; telephone if it is urgent."
        case .held: "Call the operator of the exchange; the message is not lost."
        }
    }

    package var isTemporary: Bool { if case .held = self { true } else { false } }

    static func no(
        _ code: RefusalCode,
        _ step: Int,
        _ detail: some CustomStringConvertible = ""
    ) -> OpenRefusal {
        .refused(code, step: step, detail: detail.description)
    }
}
