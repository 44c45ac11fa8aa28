import CCrypto
package import Primitives

/// A P-256 public key: the 65-byte uncompressed point, known to lie on the curve.
///
/// The parsed key is kept beside the bytes, so that `verify` parses nothing.
package struct PublicPoint: Hashable, Sendable {
    /// 65, beginning with `04`.
    package let bytes: [UInt8]
    let key: LibraryObject

    package static let byteCount = 65

    /// - Throws: `unsuitableInput` unless `bytes` is an uncompressed point of the curve.
    package init(_ bytes: [UInt8]) throws(CryptographyError) {
        guard bytes.count == PublicPoint.byteCount, bytes[0] == 4 else { throw .unsuitableInput }
        Library.clearErrors()
        let key = unsafe try Library.object(EVP_PKEY_new()) { unsafe EVP_PKEY_free($0) }
        let isOnCurve = unsafe key.withPointer { pointer in
            unsafe P256.parameters.withPointer { parameters in
                // The second call refuses a point that is not on the curve (SEC 1 §2.3.4).
                unsafe EVP_PKEY_copy_parameters(pointer, parameters) == 1
                    && EVP_PKEY_set1_encoded_public_key(pointer, bytes, bytes.count) == 1
            }
        }
        guard isOnCurve else {
            Library.clearErrors()
            throw .unsuitableInput
        }
        self.bytes = bytes
        self.key = key
    }

    /// The first 20 bytes of SHA-256 over the point (RFC 7093 method 1).
    package var keyID: KeyID {
        guard let keyID = KeyID(Hex.encode(keyIDBytes)) else {
            preconditionFailure("20 bytes are 40 hexadecimal digits")
        }
        return keyID
    }

    var keyIDBytes: [UInt8] { Array(SHA256.hash(bytes).bytes.prefix(20)) }

    /// Whether the key made `signature`: DER `SEQUENCE { r, s }`, minimal, `0 < r, s < n`. All else
    /// is false.
    package func verify(_ signature: [UInt8], digest: Digest) -> Bool {
        guard P256.isStrictSignature(signature) else { return false }
        let digest = digest.bytes
        return KnownSignatures.isGood(.p256, bytes, digest, signature) {
            defer { Library.clearErrors() }
            return unsafe key.withPointer { key in
                guard let context = unsafe EVP_PKEY_CTX_new(key, nil) else { return false }
                defer { unsafe EVP_PKEY_CTX_free(context) }
                return unsafe EVP_PKEY_verify_init(context) == 1
                    && EVP_PKEY_verify(
                        context,
                        signature,
                        signature.count,
                        digest,
                        digest.count
                    ) == 1
            }
        }
    }

    package static func == (left: PublicPoint, right: PublicPoint) -> Bool {
        left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// The curve NIST P-256 (SEC 2: secp256r1).
enum P256 {
    /// A key object that holds the curve and no key.
    static let parameters = Library.demand { () throws(CryptographyError) in
        let context = unsafe try Library.object(EVP_PKEY_CTX_new_from_name(nil, "EC", nil)) {
            unsafe EVP_PKEY_CTX_free($0)
        }
        return try unsafe context.withPointer { (context) throws(CryptographyError) in
            try unsafe Library.check(EVP_PKEY_paramgen_init(context))
            try unsafe Library.check(EVP_PKEY_CTX_set_group_name(context, "P-256"))
            var key: OpaquePointer?
            try unsafe Library.check(EVP_PKEY_paramgen(context, &key))
            return unsafe try Library.object(key) { unsafe EVP_PKEY_free($0) }
        }
    }

    /// The order n of the base point, big-endian.
    static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63,
        0x25, 0x51,
    ]

    static func isStrictSignature(_ signature: [UInt8]) -> Bool {
        do throws(DERRefusal) {
            var reader = DERReader(signature)
            var pair = try reader.constructed(.sequence)
            let r = try pair.positiveInteger()
            let s = try pair.positiveInteger()
            try pair.finish()
            try reader.finish()
            return isBelowOrder(r) && isBelowOrder(s)
        } catch {
            return false
        }
    }

    /// Whether the magnitude without leading zeros is below n.
    private static func isBelowOrder(_ magnitude: [UInt8]) -> Bool {
        magnitude.count < order.count
            || magnitude.count == order.count && magnitude.lexicographicallyPrecedes(order)
    }
}
