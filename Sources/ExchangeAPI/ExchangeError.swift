import Primitives

/// What a call to the exchange may end with.
package enum ExchangeError: Explained, Equatable {
    /// The exchange said no.
    case refused(Refusal)
    /// No usable answer came; `sent` tells whether bytes of the request had left.
    case unreachable(reason: String, sent: Bool)
    /// The exchange's certificate, or ours in its eyes, is not trusted.
    case untrusted
    /// The answer was not in the agreed form.
    case badAnswer

    package var code: String {
        switch self {
        case .refused(let refusal): refusal.code
        case .unreachable: "exchangeUnreachable"
        case .untrusted: "exchangeUntrusted"
        case .badAnswer: "exchangeAnswerMalformed"
        }
    }

    package var summary: String {
        switch self {
        case .refused(let refusal): refusal.summary
        case .unreachable(let reason, _): "The exchange cannot be reached (\(reason))."
        case .untrusted: "The exchange or this gateway could not prove who it is."
        case .badAnswer: "The exchange answered in a form this program does not understand."
        }
    }

    package var advice: String {
        switch self {
        case .refused(let refusal): refusal.advice
        case .unreachable: "Check the network; the program tries again by itself."
        case .untrusted: "Check the trust folder and the transport certificate."
        case .badAnswer: "Check that the address is that of the exchange, and the versions."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .refused(let refusal): refusal.isTemporary
        case .unreachable, .untrusted, .badAnswer: true
        }
    }
}
