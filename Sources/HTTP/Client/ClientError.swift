import Primitives

/// Why a call got no answer.
package enum ClientError: Explained, Equatable {
    case resolve
    case connect
    /// The server's certificate is not of our roots, or not for that name.
    case untrusted
    /// The server ended TLS with an alert: it does not take our certificate or our version.
    case peerRejectedUs
    /// `sent`: bytes of the request had left.
    case timeout(sent: Bool)
    case tooLarge
    case aborted(sent: Bool)
    case malformed

    package var code: String {
        switch self {
        case .resolve: "resolve"
        case .connect: "connect"
        case .untrusted: "untrusted"
        case .peerRejectedUs: "peerRejectedUs"
        case .timeout: "timeout"
        case .tooLarge: "tooLarge"
        case .aborted: "aborted"
        case .malformed: "malformed"
        }
    }

    package var summary: String {
        switch self {
        case .resolve: "The server's name was not found."
        case .connect: "The server cannot be reached."
        case .untrusted: "The server's certificate is not trusted."
        case .peerRejectedUs: "The server refused our certificate."
        case .timeout: "The server did not answer in time."
        case .tooLarge: "The answer is larger than agreed."
        case .aborted: "The connection broke before the answer was whole."
        case .malformed: "The answer is not correct HTTP."
        }
    }

    package var advice: String {
        switch self {
        case .resolve: "Check the configured address and the name service."
        case .connect, .timeout, .aborted: "Check the network; the call is repeated by itself."
        case .untrusted: "Compare the server's certificate with the services store."
        case .peerRejectedUs: "Check whether our certificate has ended or was revoked."
        case .tooLarge, .malformed: "Report it to the operator of the server."
        }
    }

    /// All may pass: the courier repeats the same bytes, since submission is idempotent.
    package var isTemporary: Bool { true }
}
