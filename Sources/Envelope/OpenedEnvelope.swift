package import Cryptography
import Delivery
package import Primitives

/// Decrypted, tag checked, and nothing more: nobody may read it yet.
package struct OpenedEnvelope: Sendable, CustomStringConvertible {
    let arrival: Arrival
    let content: SignedData
    /// Own key it was sealed to.
    let keyID: KeyID
    let recipientKeyIDs: [KeyID]

    package var description: String { "OpenedEnvelope" }
}

extension OpenedEnvelope {
    /// Steps 6 to 9: the strict reader, the own key, decryption, the strict reader again. `keys`
    /// are the own encryption keys by name, at most `Limits.encryptionKeys`.
    ///
    /// - Throws: `OpenRefusal`. All key, unwrap and tag failures are the one code `undecryptable`.
    package init(
        _ arrival: Arrival,
        keys: [KeyID: KeyHandle],
        store: any KeyStore
    ) async throws(OpenRefusal) {
        let sealed = try Self.read(arrival.submission.sealed)
        guard let keyID = sealed.recipientKeyIDs.first(where: { keys[$0] != nil }),
            let key = keys[keyID]
        else { throw .no(.wrongRecipient, 7) }
        self.init(
            arrival: arrival,
            content: try await Self.open(sealed, with: key, in: store),
            keyID: keyID,
            recipientKeyIDs: sealed.recipientKeyIDs
        )
    }

    /// Step 6.
    static func read(_ sealed: [UInt8]) throws(OpenRefusal) -> AuthEnvelopedData {
        try wrap({ OpenRefusal.no(.malformed, 6, $0.summary) }) { () throws(CMSRefusal) in
            try AuthEnvelopedData(reading: sealed, limit: Limits.sealedBytes)
        }
    }

    /// Steps 8 and 9.
    static func open(
        _ sealed: AuthEnvelopedData,
        with key: KeyHandle,
        in store: any KeyStore
    ) async throws(OpenRefusal) -> SignedData {
        let plain = try await wrap(OpenRefusal.init(decrypting:)) {
            () async throws(CMSRefusal) in try await sealed.open(with: key, in: store)
        }
        let content = try wrap({ OpenRefusal.no(.malformed, 9, $0.summary) }) {
            () throws(CMSRefusal) in try SignedData(reading: plain, limit: Limits.sealedBytes)
        }
        // A sheet has a binding, a statement has none: neither can pass for the other.
        guard content.binding != nil else { throw .no(.malformed, 9, "renkei-binding") }
        return content
    }
}

extension OpenRefusal {
    fileprivate init(decrypting refusal: CMSRefusal) {
        switch refusal {
        case .keyStore: self = .held(.keyUnusable)
        case .tooLarge, .malformed, .wrongRecipient, .cannotOpen, .badSignature, .wrongSigner:
            self = .no(.undecryptable, 8)
        }
    }
}
