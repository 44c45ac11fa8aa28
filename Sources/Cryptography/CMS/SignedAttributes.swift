import Primitives

/// The certificate that ESSCertIDv2 names (RFC 5035 §4): by hash, issuer and serial number.
struct SignerReference: Equatable {
    let sha256: Digest
    let issuer: DistinguishedName
    let serial: [UInt8]

    init(_ certificate: Certificate) {
        sha256 = certificate.sha256
        issuer = certificate.issuer
        serial = certificate.serial
    }

    /// SigningCertificateV2 with one ESSCertIDv2: SHA-256 by default, issuerSerial present.
    var encoded: DERValue {
        let names = DERValue.sequence([DERValue(.constructed(4), [issuer.encoded])])
        return .sequence([
            .sequence([
                .sequence([
                    .octetString(sha256.bytes),
                    .sequence([names, .integer(magnitude: serial)]),
                ])
            ])
        ])
    }

    init(from reader: inout DERReader) throws(DERRefusal) {
        var signingCertificate = try reader.constructed(.sequence)
        var list = try signingCertificate.constructed(.sequence)
        var entry = try list.constructed(.sequence)
        guard let sha256 = Digest(try entry.primitive(.octetString)) else {
            throw .notInProfile("certHash")
        }
        var issuerSerial = try entry.constructed(.sequence)
        var names = try issuerSerial.constructed(.sequence)
        var name = try names.constructed(.constructed(4))
        issuer = try DistinguishedName(from: &name)
        try name.finish()
        try names.finish()
        serial = try issuerSerial.positiveInteger()
        try issuerSerial.finish()
        try entry.finish()
        try list.finish()
        try signingCertificate.finish()
        self.sha256 = sha256
    }
}

/// The four signed attributes of a statement, or the five of a sheet.
struct SignedAttributes {
    let signingTime: Timestamp
    let messageDigest: Digest
    let signingCertificate: SignerReference
    let binding: Digest?

    /// SET OF Attribute: under SET for what is signed, under `[0]` for what is written.
    func encoded(tag: DERTag) -> DERValue {
        var values = [
            attribute(.contentType, .objectIdentifier(.data)),
            attribute(.signingTime, .time(signingTime)),
            attribute(.messageDigest, .octetString(messageDigest.bytes)),
            attribute(.signingCertificateV2, signingCertificate.encoded),
        ]
        if let binding { values.append(attribute(.renkeiBinding, .octetString(binding.bytes))) }
        return .setOf(values, tag: tag)
    }

    private func attribute(_ type: OID, _ value: DERValue) -> DERValue {
        .sequence([.objectIdentifier(type), DERValue(.set, [value])])
    }
}

extension SignedAttributes {
    /// Takes elements in DER order and all different, as `DERReader.setOf` gives them.
    init(_ elements: [[UInt8]]) throws(DERRefusal) {
        // A dictionary would cost more than looking through so few.
        guard elements.count <= 5 else { throw .notInProfile("signedAttributes") }
        var contents: [(type: OID, values: DERReader)] = []
        for element in elements {
            var reader = DERReader(element)
            var attribute = try reader.constructed(.sequence)
            let type = try attribute.objectIdentifier()
            let values = try attribute.constructed(.set)
            try attribute.finish()
            guard !contents.contains(where: { $0.type == type }) else { throw .badOrder }
            contents.append((type, values))
        }
        var found = 0
        func value(_ type: OID) throws(DERRefusal) -> DERReader {
            guard let attribute = contents.first(where: { $0.type == type }) else {
                throw .notInProfile("signedAttributes")
            }
            found += 1
            return attribute.values
        }
        var type = try value(.contentType)
        try type.expect(SignedAttributes.dataType, "contentType")
        try type.finish()
        var time = try value(.signingTime)
        signingTime = try time.time()
        try time.finish()
        messageDigest = try SignedAttributes.digest(value(.messageDigest))
        var certificate = try value(.signingCertificateV2)
        signingCertificate = try SignerReference(from: &certificate)
        try certificate.finish()
        binding =
            contents.contains { $0.type == .renkeiBinding }
            ? try SignedAttributes.digest(value(.renkeiBinding)) : nil
        guard found == elements.count else { throw .notInProfile("signedAttributes") }
    }

    private static let dataType = DERValue.objectIdentifier(.data).encoded

    private static func digest(_ values: DERReader) throws(DERRefusal) -> Digest {
        var values = values
        guard let digest = Digest(try values.primitive(.octetString)) else {
            throw .notInProfile("digest")
        }
        try values.finish()
        return digest
    }
}
