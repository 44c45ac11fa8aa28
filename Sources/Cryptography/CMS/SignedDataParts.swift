import Primitives

/// The fields of a SignedData, taken apart strictly or put together.
struct SignedDataParts {
    let content: [UInt8]
    let certificates: [Certificate]
    let signerIssuer: DistinguishedName
    let signerSerial: [UInt8]
    let attributes: SignedAttributes
    /// The attributes as a SET OF: what the signature is over.
    let signedAttributes: [UInt8]
    let signature: [UInt8]

    private static let sha256 = DERValue.algorithm(.sha256)
    private static let digestAlgorithms = DERValue(.set, [sha256])

    /// What is the same in every SignedData, in the order in which it is read.
    private enum Fixed {
        static let contentType = DERValue.objectIdentifier(.signedData).encoded
        static let version = DERValue.integer(1).encoded
        static let digestAlgorithms = SignedDataParts.digestAlgorithms.encoded
        static let eContentType = DERValue.objectIdentifier(.data).encoded
        static let digestAlgorithm = SignedDataParts.sha256.encoded
        static let signatureAlgorithm = SignedForm.algorithm.encoded
    }

    /// ContentInfo.
    var encoded: DERValue {
        let eContent = DERValue(.constructed(0), [.octetString(content)])
        let signer = DERValue.sequence([
            .integer(1),
            .sequence([signerIssuer.encoded, .integer(magnitude: signerSerial)]),
            SignedDataParts.sha256,
            attributes.encoded(tag: .constructed(0)),
            SignedForm.algorithm,
            .octetString(signature),
        ])
        let signedData = DERValue.sequence([
            .integer(1),
            SignedDataParts.digestAlgorithms,
            .sequence([.objectIdentifier(.data), eContent]),
            .setOf(certificates.map { DERValue(encoded: $0.der) }, tag: .constructed(0)),
            DERValue(.set, [signer]),
        ])
        return .sequence([
            .objectIdentifier(.signedData), DERValue(.constructed(0), [signedData]),
        ])
    }
}

extension SignedDataParts {
    init(reading der: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(der)
        var contentInfo = try reader.constructed(.sequence)
        try contentInfo.expect(Fixed.contentType, "contentType")
        var wrapper = try contentInfo.constructed(.constructed(0))
        var signedData = try wrapper.constructed(.sequence)
        try signedData.expect(Fixed.version, "version")
        try signedData.expect(Fixed.digestAlgorithms, "digestAlgorithms")

        var encapsulated = try signedData.constructed(.sequence)
        try encapsulated.expect(Fixed.eContentType, "eContentType")
        var eContent = try encapsulated.constructed(.constructed(0))
        content = try eContent.primitive(.octetString)
        try eContent.finish()
        try encapsulated.finish()

        certificates = try SignedDataParts.certificates(&signedData)
        var signers = try signedData.constructed(.set)
        var signer = try signers.constructed(.sequence)
        try signers.finish()
        try signedData.finish()
        try wrapper.finish()
        try contentInfo.finish()
        try reader.finish()

        try signer.expect(Fixed.version, "signerInfo version")
        var identifier = try signer.constructed(.sequence)
        signerIssuer = try DistinguishedName(from: &identifier)
        signerSerial = try identifier.positiveInteger()
        try identifier.finish()
        try signer.expect(Fixed.digestAlgorithm, "digestAlgorithm")
        let elements = try signer.setOf(.constructed(0), element: .sequence)
        attributes = try SignedAttributes(elements)
        signedAttributes = DERValue(.set, elements.map(DERValue.init(encoded:))).encoded
        try signer.expect(Fixed.signatureAlgorithm, "signatureAlgorithm")
        signature = try signer.primitive(.octetString)
        try signer.finish()
        guard P256.isStrictSignature(signature) else { throw .notInProfile("signature") }
    }

    /// Exactly two, one of them an authority.
    private static func certificates(
        _ reader: inout DERReader
    ) throws(DERRefusal) -> [Certificate] {
        var certificates: [Certificate] = []
        for der in try reader.setOf(.constructed(0), element: .sequence) {
            do throws(CertificateRefusal) {
                certificates.append(try CertificateMemory.certificate(der))
            } catch { throw .notInProfile("certificates") }
        }
        guard certificates.count == 2, certificates.filter(\.isAuthority).count == 1 else {
            throw .notInProfile("certificates")
        }
        return certificates
    }
}

/// Certificates read lately: every message carries the same few. Only whole, accepted certificates
/// are kept, under the hash of their bytes.
enum CertificateMemory {
    private static let limit = 1024
    private static let known = Lock<[Digest: Certificate]>([:])

    static func certificate(_ der: [UInt8]) throws(CertificateRefusal) -> Certificate {
        guard der.count <= Limits.certificateBytes else { throw .tooLarge }
        let digest = SHA256.hash(der)
        if let certificate = known.withLock({ $0[digest] }) { return certificate }
        let certificate = try Certificate(reading: der)
        known.withLock { known in
            if known.count >= limit { known.removeAll() }
            known[digest] = certificate
        }
        return certificate
    }
}
