import Primitives

/// Why a CMS message was not taken.
package enum CMSRefusal: Explained, Equatable {
    case tooLarge
    /// Not the one accepted form; the detail is for the local log and holds no content.
    case malformed(DERRefusal)
    /// The key is not among the recipients.
    case wrongRecipient
    /// Key, wrapped key, nonce, ciphertext or tag do not belong together: one case for every cause.
    case cannotOpen
    /// Digest or signature does not hold.
    case badSignature
    /// Another certificate than the expected one made, or is named by, the signature.
    case wrongSigner
    /// Our own key store failed; nothing is said about the message.
    case keyStore(KeyStoreError)

    package var code: String {
        switch self {
        case .tooLarge: "tooLarge"
        case .malformed: "malformed"
        case .wrongRecipient: "wrongRecipient"
        case .cannotOpen: "undecryptable"
        case .badSignature: "badSignature"
        case .wrongSigner: "wrongSigner"
        case .keyStore(let error): error.code
        }
    }

    package var summary: String {
        switch self {
        case .tooLarge: "The message is larger than the format allows."
        case .malformed(let refusal): "The message is not in the agreed form (\(refusal.detail))."
        case .wrongRecipient: "The message is not sealed to this key."
        case .cannotOpen: "The message could not be opened."
        case .badSignature: "The signature of the message does not hold."
        case .wrongSigner: "The message was signed with another certificate than stated."
        case .keyStore(let error): error.summary
        }
    }

    package var advice: String {
        switch self {
        case .tooLarge: "Ask the sender to reduce the attachments."
        case .malformed, .badSignature: "Ask the sender's vendor to check the program that made it."
        case .wrongRecipient, .cannotOpen:
            "Ask the sender to fetch the directory and to send again to the present key."
        case .wrongSigner: "Ask the sender to renew its certificate."
        case .keyStore(let error): error.advice
        }
    }

    package var isTemporary: Bool {
        if case .keyStore(let error) = self { return error.isTemporary }
        return false
    }
}
