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

    package var description: String { "an opened envelope" }

    /// Steps 6 to 9: the strict reader, the own key, decryption, the strict reader again.
    ///
    /// - Parameters:
    ///   - arrival: steps 1 to 4 have passed.
    ///   - keys: own encryption keys by name, current first; at most `Limits.encryptionKeys`.
    ///   - store: where they are.
    /// - Throws: `OpenRefusal`. All key, unwrap and tag failures are the one code `undecryptable`.
    package init(
        _ arrival: Arrival,
        keys: [KeyID: KeyHandle],
        store: any KeyStore
    ) async throws(OpenRefusal) {
        let envelope: AuthEnvelopedData
        do throws(CMSRefusal) {
            envelope = try AuthEnvelopedData(
                reading: arrival.submission.sealed,
                limit: Limits.sealedBytes
            )
        } catch { throw .no(.malformed, 6, error.code) }
        guard let keyID = envelope.recipientKeyIDs.first(where: { keys[$0] != nil }),
            let key = keys[keyID]
        else { throw .no(.wrongRecipient, 7) }
        let plain: [UInt8]
        do throws(CMSRefusal) {
            plain = try await envelope.open(keyID: keyID) { point async throws(KeyStoreError) in
                try await store.derive(key, point: point)
            }
        } catch { throw .no(.undecryptable, 8) }
        do throws(CMSRefusal) {
            content = try SignedData(reading: plain, limit: Limits.sealedBytes)
        } catch { throw .no(.malformed, 9, error.code) }
        self.arrival = arrival
        self.keyID = keyID
        recipientKeyIDs = envelope.recipientKeyIDs
    }
}
