import Primitives

/// `SEQUENCE { toBeSigned, ecdsa-with-SHA256, BIT STRING }`: the outer form of certificates,
/// requests and lists alike (RFC 5280 §4.1).
struct SignedForm {
    let toBeSigned: [UInt8]
    let signature: [UInt8]

    static let algorithm = DERValue.algorithm(.ecdsaWithSHA256)

    init(reading bytes: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(bytes)
        var outer = try reader.constructed(.sequence)
        toBeSigned = try outer.value(.sequence)
        try outer.expect(SignedForm.algorithm.encoded, "signatureAlgorithm")
        signature = try outer.octetsOfBitString()
        try outer.finish()
        try reader.finish()
        guard P256.isStrictSignature(signature) else { throw .notInProfile("signature") }
    }

    init(toBeSigned: [UInt8], signature: [UInt8]) {
        self.toBeSigned = toBeSigned
        self.signature = signature
    }

    init(
        toBeSigned: DERValue,
        by key: KeyHandle,
        in store: any KeyStore
    ) async throws(KeyStoreError) {
        try await self.init(toBeSigned: toBeSigned.encoded) { (digest) throws(KeyStoreError) in
            try await store.sign(key, digest: digest)
        }
    }

    init(
        toBeSigned: [UInt8],
        sign: (Digest) async throws(KeyStoreError) -> [UInt8]
    ) async throws(KeyStoreError) {
        self.toBeSigned = toBeSigned
        signature = try await sign(SHA256.hash(toBeSigned))
    }

    var encoded: [UInt8] {
        DERValue.sequence([
            DERValue(encoded: toBeSigned), SignedForm.algorithm, .bitString(signature),
        ]).encoded
    }

    func isSigned(by point: PublicPoint) -> Bool {
        point.verify(signature, digest: SHA256.hash(toBeSigned))
    }
}

extension PublicPoint {
    /// SubjectPublicKeyInfo with the named curve.
    var subjectPublicKeyInfo: DERValue {
        .sequence([
            .algorithm(.ecPublicKey, .objectIdentifier(.prime256v1)), .bitString(bytes),
        ])
    }

    init(subjectPublicKeyInfo reader: inout DERReader) throws(DERRefusal) {
        var info = try reader.constructed(.sequence)
        let algorithm = DERValue.algorithm(.ecPublicKey, .objectIdentifier(.prime256v1))
        try info.expect(algorithm.encoded, "publicKeyAlgorithm")
        let bytes = try info.octetsOfBitString()
        try info.finish()
        do throws(CryptographyError) { try self.init(bytes) } catch {
            throw .notInProfile("publicKey")
        }
    }
}
