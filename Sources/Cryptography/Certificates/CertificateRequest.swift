package import Primitives

/// A certificate request (PKCS#10, RFC 2986): a key and the proof that its holder asks.
///
/// Subject and attributes are empty: the authority takes both from its own records. A request with
/// a subject of our form (as `openssl req` makes) is read too; what it says there is ignored.
package struct CertificateRequest: Hashable, Sendable {
    package let der: [UInt8]
    package let point: PublicPoint

    package init(reading der: [UInt8]) throws(CertificateRefusal) {
        guard der.count <= Limits.certificateBytes else { throw .tooLarge }
        self.der = der
        point = try wrap(CertificateRefusal.malformed) { () throws(DERRefusal) in
            try CertificateRequest.point(SignedForm(reading: der).toBeSigned)
        }
    }

    private init(der: [UInt8], point: PublicPoint) {
        self.der = der
        self.point = point
    }

    /// A request for `point`, signed with its private key.
    package static func make(
        point: PublicPoint,
        sign: (Digest) async throws(KeyStoreError) -> [UInt8]
    ) async throws(KeyStoreError) -> CertificateRequest {
        let information = DERValue.sequence([
            .integer(0), .sequence([]), point.subjectPublicKeyInfo,
            DERValue(.constructed(0), [DERValue]()),
        ])
        let signed = try await SignedForm(toBeSigned: information.encoded, sign: sign)
        return CertificateRequest(der: signed.encoded, point: point)
    }

    /// The request for a key in a store, signed by that key.
    package static func make(
        for key: KeyHandle,
        in store: any KeyStore
    ) async throws(KeyStoreError) -> CertificateRequest {
        try await make(point: store.point(key)) { (digest) throws(KeyStoreError) in
            try await store.signRequest(key, digest: digest)
        }
    }

    /// Whether the holder of the key made the request.
    package var hasValidSignature: Bool {
        do throws(DERRefusal) {
            return try SignedForm(reading: der).isSigned(by: point)
        } catch {
            return false
        }
    }

    private static func point(_ information: [UInt8]) throws(DERRefusal) -> PublicPoint {
        var reader = DERReader(information)
        var fields = try reader.constructed(.sequence)
        try fields.expect(DERValue.integer(0).encoded, "version")
        var subject = fields
        if try fields.value(.sequence) != DERValue.sequence([]).encoded {
            _ = try DistinguishedName(from: &subject)
        }
        let point = try PublicPoint(subjectPublicKeyInfo: &fields)
        try fields.expect(DERValue(.constructed(0), [DERValue]()).encoded, "attributes")
        try fields.finish()
        try reader.finish()
        return point
    }
}
