import CCrypto

/// The Ed25519 public key of a log or witness (RFC 8032).
package struct NotePublicKey: Hashable, Sendable {
    /// 32.
    package let bytes: [UInt8]
    private let key: LibraryObject

    package static let byteCount = 32

    /// - Throws: `unsuitableInput` unless there are 32 bytes. Whether they are a point is known at
    ///   verification only, where a wrong one verifies nothing.
    package init(_ bytes: [UInt8]) throws(CryptographyError) {
        guard bytes.count == NotePublicKey.byteCount else { throw .unsuitableInput }
        self.bytes = bytes
        key = try unsafe Library.object(
            EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        ) { unsafe EVP_PKEY_free($0) }
    }

    /// Takes the whole message; Ed25519 hashes it itself.
    package func verify(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        return KnownSignatures.isGood(.ed25519, bytes, signature, message) {
            defer { Library.clearErrors() }
            return unsafe key.withPointer { key in
                guard let context = unsafe EVP_MD_CTX_new() else { return false }
                defer { unsafe EVP_MD_CTX_free(context) }
                return unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                    && EVP_DigestVerify(
                        context,
                        signature,
                        signature.count,
                        message,
                        message.count
                    ) == 1
            }
        }
    }

    package static func == (left: NotePublicKey, right: NotePublicKey) -> Bool {
        left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
