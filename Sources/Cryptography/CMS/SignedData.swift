package import Primitives

/// A SignedData (RFC 5652 §5) of the one accepted form: one P-256 signer, SHA-256, the content
/// inside, the signer's certificate and its issuing authority beside it.
///
/// Reading proves the form only; `verify` proves content and signature against a certificate that
/// the caller knows from elsewhere. What is inside is a hint until then. Role, path, time and
/// revocation are `TrustStore`'s.
package struct SignedData: Sendable {
    package let der: [UInt8]
    package let content: [UInt8]
    package let signerIssuer: DistinguishedName
    package let signerSerial: [UInt8]
    /// Two, in DER order: the signer's and its issuing authority's. Hints.
    package let certificates: [Certificate]
    /// The signer's claim: shown, never used in a decision.
    package let signingTime: Timestamp
    /// `renkei-binding`: present in a sheet, absent in a statement.
    package let binding: Digest?
    let attributes: SignedAttributes
    private let signedAttributes: [UInt8]
    private let signature: [UInt8]

    /// The identity of a statement.
    package var sha256: Digest { SHA256.hash(der) }

    /// - Throws: `tooLarge` above `limit`; `malformed` for every other form.
    package init(reading der: [UInt8], limit: Int) throws(CMSRefusal) {
        guard der.count <= limit else { throw .tooLarge }
        let parts = try wrap(CMSRefusal.malformed) { () throws(DERRefusal) in
            try SignedDataParts(reading: der)
        }
        self.init(der: der, parts: parts)
    }

    init(der: [UInt8], parts: SignedDataParts) {
        self.der = der
        content = parts.content
        signerIssuer = parts.signerIssuer
        signerSerial = parts.signerSerial
        certificates = parts.certificates
        signingTime = parts.attributes.signingTime
        binding = parts.attributes.binding
        attributes = parts.attributes
        signedAttributes = parts.signedAttributes
        signature = parts.signature
    }

    /// Checks that `signer` is the certificate named and enclosed, then digest, then signature.
    /// When `issuing` is given, the enclosed authority must be it.
    ///
    /// - Throws: `wrongSigner`, `badSignature`.
    package func verify(signer: Certificate, issuing: Certificate? = nil) throws(CMSRefusal) {
        let reference = SignerReference(signer)
        guard signer.issuer == signerIssuer, signer.serial == signerSerial,
            attributes.signingCertificate == reference, certificates.contains(signer)
        else { throw .wrongSigner }
        if let issuing, !certificates.contains(issuing) { throw .wrongSigner }
        guard attributes.messageDigest == SHA256.hash(content),
            signer.point.verify(signature, digest: SHA256.hash(signedAttributes))
        else { throw .badSignature }
    }
}
