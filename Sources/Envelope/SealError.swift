package import Cryptography
package import Primitives

/// Why a permitted sheet could not be signed or sealed.
package enum SealError: Explained, Equatable {
    case keyStore(KeyStoreError)
    case library(CryptographyError)
    /// Recipients or times that a routing header cannot have.
    case routing(DecodingRefusal)
    /// Content, parts or chunks above their limits.
    case tooLarge
    /// An attachment listed in the sheet is absent, or is not the file the sheet describes.
    case attachmentDiffers(index: Int)
    /// A piece of an attachment that cannot be its next one.
    case pieceUnfit
    /// The signing certificate ends before the message would.
    case certificateEnding

    package var code: String {
        switch self {
        case .keyStore(let error): error.code
        case .library: "sealFailed"
        case .routing: "routingUnfit"
        case .tooLarge: "tooLarge"
        case .attachmentDiffers: "attachmentDiffers"
        case .pieceUnfit: "pieceUnfit"
        case .certificateEnding: "certificateExpired"
        }
    }

    package var summary: String {
        switch self {
        case .keyStore(let error): error.summary
        case .library(let error): error.summary
        case .routing(let refusal): "No message has these recipients or times (\(refusal.place))."
        case .tooLarge: "The message is larger than a message may be."
        case .attachmentDiffers(let index):
            "Attachment \(index + 1) is missing or differs from what the sheet says of it."
        case .pieceUnfit: "A piece of an attachment came out of turn or is too long."
        case .certificateEnding: "The signing certificate ends before the message would expire."
        }
    }

    package var advice: String {
        switch self {
        case .keyStore(let error): error.advice
        case .library: "Run the self-test; if it fails, call the operator."
        case .routing: "Send to at most 20 others, for ten minutes to thirty days."
        case .tooLarge: "Reduce the attachments."
        case .attachmentDiffers: "Attach the file again, with its size and hash in the sheet."
        case .pieceUnfit: "Send again from the beginning."
        case .certificateEnding: "Renew the certificate, then send again."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .keyStore(let error): error.isTemporary
        case .library(let error): error.isTemporary
        case .routing, .tooLarge, .attachmentDiffers, .pieceUnfit, .certificateEnding: false
        }
    }
}
