import CCrypto

/// AES-256-GCM with a 12-byte nonce and a 16-byte tag, and no other lengths.
package enum AESGCM {
    package static let nonceBytes = 12
    package static let tagBytes = 16
    package static let keyBytes = 32

    /// Seals under a nonce of 12 bytes that was never used before with this key.
    package static func seal(
        _ plain: [UInt8],
        key: SecretBytes,
        nonce: [UInt8],
        additional: [UInt8]
    ) -> (cipher: [UInt8], tag: [UInt8]) {
        var tag = [UInt8](repeating: 0, count: tagBytes)
        let cipher = Library.demand { () throws(CryptographyError) in
            let context = try CipherContext(key: key, nonce: nonce, isSealing: true)
            try context.authenticate(additional)
            let cipher = try context.process(plain[...])
            try context.finish()
            try context.readTag(&tag)
            return cipher
        }
        return (cipher, tag)
    }

    /// - Throws: `cannotOpen` unless the tag is right. No plaintext is given out before that.
    package static func open(
        _ cipher: ArraySlice<UInt8>,
        tag: [UInt8],
        key: SecretBytes,
        nonce: [UInt8],
        additional: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard tag.count == tagBytes, nonce.count == nonceBytes, key.count == keyBytes else {
            throw .cannotOpen
        }
        let context = try CipherContext(key: key, nonce: nonce, isSealing: false)
        try context.authenticate(additional)
        try context.setTag(tag)
        let plain = try context.process(cipher)
        do throws(CryptographyError) { try context.finish() } catch { throw .cannotOpen }
        return plain
    }
}

private struct CipherContext: ~Copyable {
    private let context: LibraryObject

    init(key: SecretBytes, nonce: [UInt8], isSealing: Bool) throws(CryptographyError) {
        precondition(key.count == AESGCM.keyBytes && nonce.count == AESGCM.nonceBytes)
        let context = unsafe try Library.object(EVP_CIPHER_CTX_new()) {
            unsafe EVP_CIPHER_CTX_free($0)
        }
        let outcome = unsafe context.withPointer { pointer in
            unsafe Algorithms.aes256GCM.withPointer { algorithm in
                unsafe key.withPointer { key in
                    unsafe EVP_CipherInit_ex2(
                        pointer,
                        algorithm,
                        key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                        nonce,
                        isSealing ? 1 : 0,
                        nil
                    )
                }
            }
        }
        try Library.check(outcome)
        self.context = context
    }

    func authenticate(_ additional: [UInt8]) throws(CryptographyError) {
        guard !additional.isEmpty else { return }
        var written: Int32 = 0
        let outcome = unsafe context.withPointer { pointer in
            unsafe EVP_CipherUpdate(pointer, nil, &written, additional, Int32(additional.count))
        }
        try Library.check(outcome)
    }

    /// GCM is a stream: as many bytes come out as go in.
    func process(_ input: ArraySlice<UInt8>) throws(CryptographyError) -> [UInt8] {
        guard !input.isEmpty else { return [] }
        var outcome: Int32 = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: input.count) { buffer, count in
            var written: Int32 = 0
            outcome = unsafe context.withPointer { pointer in
                unsafe input.withUnsafeBufferPointer { input in
                    unsafe EVP_CipherUpdate(
                        pointer,
                        buffer.baseAddress,
                        &written,
                        input.baseAddress,
                        Int32(input.count)
                    )
                }
            }
            count = Int(written)
        }
        try Library.check(outcome)
        return output
    }

    func finish() throws(CryptographyError) {
        var rest = [UInt8](repeating: 0, count: AESGCM.tagBytes)
        var written: Int32 = 0
        let outcome = unsafe context.withPointer { pointer in
            unsafe EVP_CipherFinal_ex(pointer, &rest, &written)
        }
        try Library.check(outcome)
    }

    func readTag(_ tag: inout [UInt8]) throws(CryptographyError) {
        let outcome = unsafe context.withPointer { pointer in
            unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag)
        }
        try Library.check(outcome)
    }

    func setTag(_ tag: [UInt8]) throws(CryptographyError) {
        var tag = tag
        let outcome = unsafe context.withPointer { pointer in
            unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag)
        }
        try Library.check(outcome)
    }
}
