import CCrypto
package import Primitives

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    package static func code(for message: [UInt8], key: [UInt8]) -> Digest {
        unsafe key.withUnsafeBytes { key in unsafe code(for: message, key) }
    }

    package static func code(for message: [UInt8], secret: SecretBytes) -> Digest {
        unsafe secret.withPointer { key in unsafe code(for: message, key) }
    }

    private static func code(for message: [UInt8], _ key: UnsafeRawBufferPointer) -> Digest {
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        // A null key would mean "the key of the call before"; an empty key is a key.
        let empty: [UInt8] = [0]
        let made = unsafe empty.withUnsafeBytes { empty in
            unsafe HMAC(
                EVP_sha256(),
                key.baseAddress ?? empty.baseAddress,
                Int32(key.count),
                message,
                message.count,
                &output,
                nil
            )
        }
        precondition(unsafe made != nil, "HMAC fails only without memory")
        return SHA256.digest(output)
    }
}

/// Compares without telling by its time where the first difference is. Lengths are not secret.
package func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}
