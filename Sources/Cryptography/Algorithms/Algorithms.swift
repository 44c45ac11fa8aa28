import CCrypto

/// Algorithms fetched once: an implicit fetch at each call costs as much as hashing a kilobyte.
enum Algorithms {
    static let sha256 = unsafe fetched {
        unsafe EVP_MD_fetch(nil, "SHA2-256", nil)
    } release: {
        unsafe EVP_MD_free($0)
    }
    static let aes256GCM = cipher("AES-256-GCM")
    static let aes256Wrap = cipher("AES-256-WRAP")

    private static func cipher(_ name: String) -> LibraryObject {
        unsafe fetched {
            unsafe EVP_CIPHER_fetch(nil, name, nil)
        } release: {
            unsafe EVP_CIPHER_free($0)
        }
    }

    private static func fetched(
        _ fetch: () -> OpaquePointer?,
        release: @escaping @Sendable (OpaquePointer?) -> Void
    ) -> LibraryObject {
        Library.demand { () throws(CryptographyError) in
            unsafe try Library.object(fetch(), release)
        }
    }
}
