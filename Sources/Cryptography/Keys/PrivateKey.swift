import CCrypto
import Primitives

/// A private key in memory: P-256, or Ed25519 for log keys. Never leaves this module.
struct PrivateKey: Sendable {
    enum Algorithm { case p256, ed25519 }

    let algorithm: Algorithm
    private let key: LibraryObject

    /// A fresh key from libcrypto's private generator.
    static func generate(_ algorithm: Algorithm) throws(CryptographyError) -> PrivateKey {
        let context = try unsafe Library.object(
            algorithm == .p256
                ? P256.parameters.withPointer { unsafe EVP_PKEY_CTX_new($0, nil) }
                : EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil)
        ) { unsafe EVP_PKEY_CTX_free($0) }
        let key = try unsafe context.withPointer { (context) throws(CryptographyError) in
            var key: OpaquePointer?
            try unsafe Library.check(EVP_PKEY_keygen_init(context))
            try unsafe Library.check(EVP_PKEY_keygen(context, &key))
            return try unsafe Library.object(key) { unsafe EVP_PKEY_free($0) }
        }
        return PrivateKey(algorithm: algorithm, key: key)
    }

    /// The key that `pkcs8` (PrivateKeyInfo, DER) holds.
    static func read(
        _ algorithm: Algorithm,
        pkcs8: SecretBytes
    ) throws(CryptographyError) -> PrivateKey {
        Library.clearErrors()
        let key = try unsafe Library.object(
            pkcs8.withPointer { bytes in
                var cursor = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return unsafe d2i_PrivateKey(
                    algorithm == .p256 ? EVP_PKEY_EC : EVP_PKEY_ED25519,
                    nil,
                    &cursor,
                    bytes.count
                )
            }
        ) { unsafe EVP_PKEY_free($0) }
        return PrivateKey(algorithm: algorithm, key: key)
    }

    /// PrivateKeyInfo as PEM, in locked memory.
    func pem() throws(CryptographyError) -> SecretBytes {
        try unsafe encoded { memory, key in
            unsafe PEM_write_bio_PKCS8PrivateKey(memory, key, nil, nil, 0, nil, nil)
        }
    }

    /// PrivateKeyInfo as DER, in locked memory.
    func pkcs8() throws(CryptographyError) -> SecretBytes {
        try unsafe encoded { memory, key in
            unsafe i2d_PKCS8PrivateKey_bio(memory, key, nil, nil, 0, nil, nil)
        }
    }

    private func encoded(
        _ write: (OpaquePointer, OpaquePointer) -> Int32
    ) throws(CryptographyError) -> SecretBytes {
        let memory = try unsafe Library.object(BIO_new(BIO_s_secmem())) { unsafe BIO_free_all($0) }
        return try unsafe memory.withPointer { (memory) throws(CryptographyError) in
            try unsafe Library.check(key.withPointer { unsafe write(memory, $0) })
            var start: UnsafeMutablePointer<CChar>?
            let count = unsafe renkei_memory_contents(memory, &start)
            guard count > 0, let start = unsafe start else { throw Library.failure() }
            return unsafe SecretBytes(count: count) { target in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: start, count: count))
            }
        }
    }

    /// P-256: the 65-byte point. Ed25519: the 32 bytes.
    func publicBytes() throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: PublicPoint.byteCount)
        var count = bytes.count
        let outcome = unsafe key.withPointer { key in
            algorithm == .p256
                ? unsafe EVP_PKEY_get_octet_string_param(
                    key,
                    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                    &bytes,
                    bytes.count,
                    &count
                )
                : unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count)
        }
        try Library.check(outcome)
        return Array(bytes.prefix(count))
    }

    /// ECDSA over a SHA-256 digest; DER `r, s`.
    func sign(_ digest: Digest) throws(CryptographyError) -> [UInt8] {
        precondition(algorithm == .p256)
        let context = try context()
        return try unsafe context.withPointer { (context) throws(CryptographyError) in
            try unsafe Library.check(EVP_PKEY_sign_init(context))
            var signature = [UInt8](repeating: 0, count: 80)
            var count = signature.count
            try unsafe Library.check(
                EVP_PKEY_sign(context, &signature, &count, digest.bytes, digest.bytes.count)
            )
            return Array(signature.prefix(count))
        }
    }

    /// Ed25519 over the whole message; 64 bytes.
    func sign(note: [UInt8]) throws(CryptographyError) -> [UInt8] {
        precondition(algorithm == .ed25519)
        let context = try unsafe Library.object(EVP_MD_CTX_new()) { unsafe EVP_MD_CTX_free($0) }
        return try unsafe context.withPointer { (context) throws(CryptographyError) in
            try unsafe Library.check(
                key.withPointer { unsafe EVP_DigestSignInit(context, nil, nil, nil, $0) }
            )
            var signature = [UInt8](repeating: 0, count: 64)
            var count = signature.count
            try unsafe Library.check(
                EVP_DigestSign(context, &signature, &count, note, note.count)
            )
            return signature
        }
    }

    /// ECDH: the x coordinate of the shared point, 32 bytes.
    func derive(_ peer: PublicPoint) throws(CryptographyError) -> SecretBytes {
        precondition(algorithm == .p256)
        let context = try context()
        return try unsafe context.withPointer { (context) throws(CryptographyError) in
            try unsafe Library.check(EVP_PKEY_derive_init(context))
            // No second validation: the point is on the curve, and P-256 has cofactor 1.
            try unsafe Library.check(
                peer.key.withPointer { unsafe EVP_PKEY_derive_set_peer_ex(context, $0, 0) }
            )
            return try unsafe SecretBytes(count: 32) { (output) throws(CryptographyError) in
                var count = output.count
                try unsafe Library.check(
                    EVP_PKEY_derive(
                        context,
                        output.baseAddress?.assumingMemoryBound(to: UInt8.self),
                        &count
                    )
                )
                guard count == output.count else { throw .unsuitableInput }
            }
        }
    }

    private func context() throws(CryptographyError) -> LibraryObject {
        try unsafe Library.object(key.withPointer { unsafe EVP_PKEY_CTX_new($0, nil) }) {
            unsafe EVP_PKEY_CTX_free($0)
        }
    }
}
