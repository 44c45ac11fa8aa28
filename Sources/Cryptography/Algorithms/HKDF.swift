import CCrypto

/// HKDF with SHA-256 (RFC 5869).
package enum HKDF {
    /// Derives `count` bytes, at most 255 × 32.
    package static func derive(
        secret: [UInt8],
        salt: [UInt8],
        info: [UInt8],
        count: Int
    ) -> [UInt8] {
        precondition((1...255 * 32).contains(count), "HKDF gives 1 to 8160 bytes")
        var output = [UInt8](repeating: 0, count: count)
        Library.demand { () throws(CryptographyError) in
            let context = unsafe try Library.object(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil)) {
                unsafe EVP_PKEY_CTX_free($0)
            }
            try unsafe context.withPointer { (pointer) throws(CryptographyError) in
                try unsafe Library.check(EVP_PKEY_derive_init(pointer))
                try unsafe Library.check(EVP_PKEY_CTX_set_hkdf_md(pointer, EVP_sha256()))
                try unsafe Library.check(
                    EVP_PKEY_CTX_set1_hkdf_salt(pointer, salt, Int32(salt.count))
                )
                try unsafe Library.check(
                    EVP_PKEY_CTX_set1_hkdf_key(pointer, secret, Int32(secret.count))
                )
                try unsafe Library.check(
                    EVP_PKEY_CTX_add1_hkdf_info(pointer, info, Int32(info.count))
                )
                var written = count
                try unsafe Library.check(EVP_PKEY_derive(pointer, &output, &written))
            }
        }
        return output
    }
}
