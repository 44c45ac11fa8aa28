package import Primitives

/// Why a statement is not believed. Codes are those of `envelope.md` 6 and `exchange-api.md` 12.
package enum StatementRefusal: Explained, Equatable {
    case tooLarge
    /// Not a SignedData of the profile, or not canonical JSON of the statement's form.
    case malformed(DecodingRefusal)
    /// A later kind of statement: it is kept and reported, and means nothing here.
    case unknownType
    /// Another kind of statement than was asked for.
    case otherType
    /// The signer's certificate is not in the directory, is another's, or has not the role.
    case wrongSigner
    case badSignature
    case untrusted
    case certificateExpired
    case revoked
    /// No revocation list covers the certificate, so nothing can be said: hold, do not refuse.
    case listMissing
    /// What the statement names by hash is not what lies before it.
    case hashDiffers
    /// The statement before it is not known.
    case outOfOrder

    package var code: String {
        switch self {
        case .tooLarge: "tooLarge"
        case .malformed, .unknownType, .otherType: "malformed"
        case .wrongSigner: "wrongSigner"
        case .badSignature: "badSignature"
        case .untrusted: "untrusted"
        case .certificateExpired: "certificateExpired"
        case .revoked: "revoked"
        case .listMissing: "listMissing"
        case .hashDiffers: "hashDiffers"
        case .outOfOrder: "outOfOrder"
        }
    }

    package var summary: String {
        switch self {
        case .tooLarge: "The statement is larger than allowed."
        case .malformed(let refusal): "The statement is not in its form (\(refusal.reason))."
        case .unknownType: "This kind of statement is not known to this version."
        case .otherType: "Another kind of statement was expected."
        case .wrongSigner: "The signer may not make this statement."
        case .badSignature: "The signature does not hold."
        case .untrusted: "The signer's certificate does not lead to the trusted root."
        case .certificateExpired: "The signer's certificate was not valid at that time."
        case .revoked: "The signer's certificate was revoked."
        case .listMissing: "The revocation list of the signer's authority is missing."
        case .hashDiffers: "The statement speaks of other bytes than those at hand."
        case .outOfOrder: "The statement before this one is missing."
        }
    }

    package var advice: String {
        switch self {
        case .tooLarge, .malformed, .otherType, .badSignature, .hashDiffers:
            "Tell the issuer's vendor; keep the bytes as evidence."
        case .unknownType: "Update this program."
        case .wrongSigner, .untrusted:
            "Fetch the directory again; if it stays so, call the issuer by telephone."
        case .certificateExpired, .revoked: "The issuer must renew its certificate."
        case .listMissing: "Fetch the directory; if it stays so, call the operator."
        case .outOfOrder: "Send or fetch the statement before it first."
        }
    }

    package var isTemporary: Bool { self == .outOfOrder || self == .listMissing }
}
