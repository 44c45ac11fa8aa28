import Primitives

/// What varies between certificates of one profile, and TBSCertificate (RFC 5280 §4.1) made of it.
struct CertificateFields {
    let profile: CertificateProfile
    let serial: [UInt8]
    let issuer: DistinguishedName
    let notBefore: Timestamp
    let notAfter: Timestamp
    let subject: DistinguishedName
    let point: PublicPoint
    let authorityKeyIdentifier: [UInt8]

    static let serialOctets = 16...20

    var encoded: DERValue { encoded(adding: []) }

    func encoded(adding strangers: [DERValue]) -> DERValue {
        let extensions = CertificateExtensions(
            profile: profile,
            keyIdentifier: point.keyIDBytes,
            authorityKeyIdentifier: authorityKeyIdentifier
        )
        return .sequence([
            DERValue(.constructed(0), [.integer(2)]),
            .integer(magnitude: serial),
            SignedForm.algorithm,
            issuer.encoded,
            .sequence([.time(notBefore), .time(notAfter)]),
            subject.encoded,
            point.subjectPublicKeyInfo,
            DERValue(.constructed(3), [extensions.encoded(adding: strangers)]),
        ])
    }

    /// What the form cannot say: the fields fit each other.
    var isSound: Bool {
        let isSelfIssued = issuer == subject
        let namesItself = authorityKeyIdentifier == point.keyIDBytes
        return profile.fits(subject) && notBefore < notAfter
            && CertificateFields.serialOctets.contains(serial.count)
            && (profile.isRoot ? isSelfIssued && namesItself : !isSelfIssued && !namesItself)
    }
}

extension CertificateFields {
    init(reading bytes: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(bytes)
        var fields = try reader.constructed(.sequence)
        let version = DERValue(.constructed(0), [.integer(2)])
        try fields.expect(version.encoded, "version")
        serial = try fields.positiveInteger()
        try fields.expect(SignedForm.algorithm.encoded, "signature")
        issuer = try DistinguishedName(from: &fields)
        var validity = try fields.constructed(.sequence)
        notBefore = try validity.time()
        notAfter = try validity.time()
        try validity.finish()
        subject = try DistinguishedName(from: &fields)
        point = try PublicPoint(subjectPublicKeyInfo: &fields)
        var wrapper = try fields.constructed(.constructed(3))
        let extensions = try FoundExtensions(from: &wrapper)
        try wrapper.finish()
        try fields.finish()
        try reader.finish()
        authorityKeyIdentifier = try extensions.authorityKeyIdentifier()
        profile = try CertificateFields.profile(extensions)
    }

    private static func profile(
        _ extensions: FoundExtensions
    ) throws(DERRefusal) -> CertificateProfile {
        if extensions.has(.basicConstraints) {
            return extensions.has(.nameConstraints) ? try extensions.constrainedProfile() : .root
        }
        guard extensions.has(.extendedKeyUsage) else { throw .notInProfile("role") }
        let usages = try extensions.usages()
        if extensions.has(.subjectAlternativeName) {
            return .exchangeServer(host: try extensions.host())
        }
        let roles: [CertificateProfile] = [
            .memberSigning, .memberEncryption, .memberTransport, .exchangeReceipt,
            .exchangeRegistrar,
        ]
        guard let profile = roles.first(where: { $0.extendedKeyUsage == usages }) else {
            throw .notInProfile("role")
        }
        return profile
    }
}
