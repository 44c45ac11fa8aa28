import CCrypto
package import Primitives

/// The RSA key of an outsider: Renkei seals to such a key and never holds one.
package struct RSAPublicKey: Hashable, Sendable {
    /// RSAPublicKey (RFC 8017 appendix A.1.1).
    package let der: [UInt8]
    private let key: LibraryObject

    static let modulusOctets = 384...512

    /// - Throws: `unsuitableInput` unless the modulus has 3072 to 4096 bits, whole octets, and the
    ///   exponent is 65537.
    package init(_ der: [UInt8]) throws(CryptographyError) {
        guard RSAPublicKey.isInProfile(der) else { throw .unsuitableInput }
        Library.clearErrors()
        let parsed = unsafe der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            return unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, &cursor, bytes.count)
        }
        key = try unsafe Library.object(parsed) { unsafe EVP_PKEY_free($0) }
        self.der = der
    }

    /// The first 20 bytes of SHA-256 over the RSAPublicKey.
    package var keyID: KeyID { KeyID(bytes: Array(SHA256.hash(der).bytes.prefix(20))) }

    /// RSAES-OAEP with SHA-256, MGF1 with SHA-256 and an empty label.
    func encrypt(_ secret: SecretBytes) throws(CryptographyError) -> [UInt8] {
        let context = try unsafe Library.object(
            key.withPointer { unsafe EVP_PKEY_CTX_new($0, nil) }
        ) {
            unsafe EVP_PKEY_CTX_free($0)
        }
        return try unsafe context.withPointer { (context) throws(CryptographyError) in
            try unsafe Library.check(EVP_PKEY_encrypt_init(context))
            try unsafe Library.check(
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING)
            )
            try unsafe Library.check(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()))
            try unsafe Library.check(EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()))
            var output = [UInt8](repeating: 0, count: RSAPublicKey.modulusOctets.upperBound)
            var count = output.count
            let outcome = unsafe secret.withPointer { secret in
                unsafe EVP_PKEY_encrypt(
                    context,
                    &output,
                    &count,
                    secret.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    secret.count
                )
            }
            try Library.check(outcome)
            return Array(output.prefix(count))
        }
    }

    private static func isInProfile(_ der: [UInt8]) -> Bool {
        do throws(DERRefusal) {
            var reader = DERReader(der)
            var key = try reader.constructed(.sequence)
            let modulus = try key.positiveInteger()
            let exponent = try key.smallInteger()
            try key.finish()
            try reader.finish()
            return modulusOctets.contains(modulus.count) && modulus[0] >= 0x80 && exponent == 65_537
        } catch { return false }
    }

    package static func == (left: RSAPublicKey, right: RSAPublicKey) -> Bool {
        left.der == right.der
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
