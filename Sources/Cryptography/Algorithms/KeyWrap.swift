import CCrypto

/// AES-256 key wrap (RFC 3394) of 32-byte keys: 32 bytes in, 40 out.
package enum KeyWrap {
    package static let wrappedBytes = 40

    package static func wrap(_ key: SecretBytes, with wrappingKey: SecretBytes) -> [UInt8] {
        precondition(key.count == AESGCM.keyBytes, "only 32-byte keys are wrapped")
        var wrapped = [UInt8](repeating: 0, count: wrappedBytes)
        let written = unsafe wrapped.withUnsafeMutableBytes { output in
            unsafe key.withPointer { input in
                unsafe process(input, into: output, with: wrappingKey, isWrapping: true)
            }
        }
        precondition(written == wrappedBytes, "key wrap fails only without memory")
        return wrapped
    }

    /// - Throws: `cannotOpen` unless `wrapped` is 40 bytes made with this key.
    package static func unwrap(
        _ wrapped: [UInt8],
        with wrappingKey: SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard wrapped.count == wrappedBytes, wrappingKey.count == AESGCM.keyBytes else {
            throw .cannotOpen
        }
        // OpenSSL may write a block more than it reports, so the room is that of the input.
        let room = unsafe try SecretBytes(count: wrappedBytes) {
            (output) throws(CryptographyError) in
            let written = unsafe wrapped.withUnsafeBytes { input in
                unsafe process(input, into: output, with: wrappingKey, isWrapping: false)
            }
            guard written == AESGCM.keyBytes else { throw .cannotOpen }
        }
        return unsafe room.withPointer { source in
            unsafe SecretBytes(count: AESGCM.keyBytes) { target in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<32]))
            }
        }
    }

    /// - Returns: the number of bytes written, or nil when the library did not answer exactly 1.
    private static func process(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer,
        with key: SecretBytes,
        isWrapping: Bool
    ) -> Int? {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        Library.clearErrors()
        defer { Library.clearErrors() }
        unsafe EVP_CIPHER_CTX_set_flags(context, Int32(EVP_CIPHER_CTX_FLAG_WRAP_ALLOW))
        let initialised = unsafe Algorithms.aes256Wrap.withPointer { algorithm in
            unsafe key.withPointer { key in
                unsafe EVP_CipherInit_ex2(
                    context,
                    algorithm,
                    key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    nil,
                    isWrapping ? 1 : 0,
                    nil
                )
            }
        }
        var written: Int32 = 0
        guard initialised == 1,
            unsafe EVP_CipherUpdate(
                context,
                output.baseAddress?.assumingMemoryBound(to: UInt8.self),
                &written,
                input.baseAddress?.assumingMemoryBound(to: UInt8.self),
                Int32(input.count)
            ) == 1
        else { return nil }
        return Int(written)
    }
}
