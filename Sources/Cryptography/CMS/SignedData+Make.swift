package import Primitives

extension SignedData {
    /// Signs `content` with ECDSA by the private key of the identity's certificate.
    ///
    /// `binding` is the SHA-256 of the routing header for a sheet, nil for a statement.
    package static func make(
        content: [UInt8],
        binding: Digest?,
        identity: SigningIdentity,
        at time: Timestamp,
        sign: (Digest) async throws(KeyStoreError) -> [UInt8]
    ) async throws(KeyStoreError) -> SignedData {
        let attributes = SignedAttributes(
            signingTime: Timestamp(milliseconds: time.seconds * 1000),
            messageDigest: SHA256.hash(content),
            signingCertificate: SignerReference(identity.certificate),
            binding: binding
        )
        let signedAttributes = attributes.encoded(tag: .set).encoded
        let parts = SignedDataParts(
            content: content,
            certificates: [identity.certificate, identity.issuing].sorted {
                $0.der.lexicographicallyPrecedes($1.der)
            },
            signerIssuer: identity.certificate.issuer,
            signerSerial: identity.certificate.serial,
            attributes: attributes,
            signedAttributes: signedAttributes,
            signature: try await sign(SHA256.hash(signedAttributes))
        )
        return SignedData(der: parts.encoded.encoded, parts: parts)
    }
}

/// The certificate one signs as, and the authority that issued it.
package struct SigningIdentity: Hashable, Sendable {
    package let certificate: Certificate
    package let issuing: Certificate

    package init(certificate: Certificate, issuing: Certificate) {
        self.certificate = certificate
        self.issuing = issuing
    }
}
