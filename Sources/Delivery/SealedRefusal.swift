package import Cryptography
package import Primitives

/// Why what was sealed beside a receipt is not taken.
package enum SealedRefusal: Explained, Equatable {
    case notOpened(CMSRefusal)
    case malformed(DecodingRefusal)
    /// Not the bytes that the receipt names.
    case hashDiffers
    /// About another message, or the openings are not those of the receipt's commitments.
    case otherReceipt

    package var code: String {
        switch self {
        case .notOpened(let refusal): refusal.code
        case .malformed(let refusal): refusal.code
        case .hashDiffers: "hashDiffers"
        case .otherReceipt: "otherReceipt"
        }
    }

    package var summary: String {
        switch self {
        case .notOpened(let refusal): refusal.summary
        case .malformed(let refusal): refusal.summary
        case .hashDiffers: "The disclosure is not the one that the receipt names."
        case .otherReceipt: "The disclosure does not open the receipt."
        }
    }

    package var advice: String {
        switch self {
        case .notOpened(let refusal): refusal.advice
        case .malformed(let refusal): refusal.advice
        case .hashDiffers, .otherReceipt: "Ask the other party to send the disclosure again."
        }
    }

    package var isTemporary: Bool {
        if case .notOpened(let refusal) = self { refusal.isTemporary } else { false }
    }
}

/// Canonical JSON sealed to one party's encryption key: what the exchange carries and cannot read.
enum SealedNote {
    static func open(
        _ sealed: [UInt8],
        limit: Int,
        with key: KeyHandle,
        in store: any KeyStore
    ) async throws(SealedRefusal) -> JSON {
        let content = try await wrap(SealedRefusal.notOpened) {
            () async throws(CMSRefusal) in
            try await AuthEnvelopedData(reading: sealed, limit: limit).open(with: key, in: store)
        }
        return try wrap(SealedRefusal.malformed) { () throws(DecodingRefusal) in
            try JSON(canonical: content)
        }
    }
}
