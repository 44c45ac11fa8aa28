package import Primitives

/// Why a certificate is no longer good (RFC 5280 §5.3.1).
package enum RevocationReason: Int, Sendable, CaseIterable {
    case unspecified = 0
    case keyCompromise = 1
    case authorityCompromise = 2
    case affiliationChanged = 3
    case superseded = 4
    case cessationOfOperation = 5
}

/// One entry of a list.
package struct RevokedCertificate: Hashable, Sendable {
    package let serial: [UInt8]
    package let reason: RevocationReason
    /// From when the key is not trusted (invalidityDate); may lie before the list.
    package let since: Timestamp

    package init(serial: [UInt8], reason: RevocationReason, since: Timestamp) {
        self.serial = serial
        self.reason = reason
        // Lists count whole seconds; an earlier *since* is the safe side.
        self.since = Timestamp(milliseconds: since.seconds * 1000)
    }
}

/// A full list of one authority (CRL v2, RFC 5280 §5), in one form only, like `Certificate`.
package struct CertificateRevocationList: Hashable, Sendable {
    package let der: [UInt8]
    package let sha256: Digest
    package let issuer: DistinguishedName
    package let issuerKeyID: KeyID
    /// Rises with every list of an authority; below 2^31.
    package let number: Int
    package let thisUpdate: Timestamp
    package let nextUpdate: Timestamp
    package let entries: [RevokedCertificate]
    private let sinceBySerial: [[UInt8]: Timestamp]

    /// 20,000 entries and some.
    package static let byteLimit = 2 * 1024 * 1024

    package var pem: String { PEM.text("X509 CRL", der) }

    package init(reading der: [UInt8]) throws(CertificateRefusal) {
        guard der.count <= CertificateRevocationList.byteLimit else { throw .tooLarge }
        let signed = try wrap(CertificateRefusal.malformed) { () throws(DERRefusal) in
            try SignedForm(reading: der)
        }
        let fields = try wrap(CertificateRefusal.malformed) { () throws(DERRefusal) in
            try RevocationListFields(reading: signed.toBeSigned)
        }
        guard fields.encoded.encoded == signed.toBeSigned, fields.thisUpdate < fields.nextUpdate
        else { throw .notInProfile }
        self.der = der
        sha256 = SHA256.hash(der)
        issuer = fields.issuer
        issuerKeyID = KeyID(bytes: fields.authorityKeyIdentifier)
        number = fields.number
        thisUpdate = fields.thisUpdate
        nextUpdate = fields.nextUpdate
        entries = fields.entries
        sinceBySerial = Dictionary(entries.map { ($0.serial, $0.since) }, uniquingKeysWith: min)
    }

    /// From when the certificate of this serial number is revoked; nil if it is not.
    package func since(_ serial: [UInt8]) -> Timestamp? { sinceBySerial[serial] }

    package func isSigned(by authority: Certificate) -> Bool {
        do throws(DERRefusal) {
            return try SignedForm(reading: der).isSigned(by: authority.point)
        } catch {
            return false
        }
    }
}

/// TBSCertList.
struct RevocationListFields {
    let issuer: DistinguishedName
    let authorityKeyIdentifier: [UInt8]
    let number: Int
    let thisUpdate: Timestamp
    let nextUpdate: Timestamp
    let entries: [RevokedCertificate]

    var encoded: DERValue {
        let extensions = DERValue.sequence([
            CertificateExtensions.authorityKeyIdentifier(authorityKeyIdentifier),
            CertificateExtensions.value(.crlNumber, .integer(number)),
        ])
        // An empty list is left out, not written empty (RFC 5280 §5.1.2.6).
        let revoked: [DERValue] = entries.isEmpty ? [] : [.sequence(entries.map(\.encoded))]
        return .sequence(
            [
                .integer(1), SignedForm.algorithm, issuer.encoded, .time(thisUpdate),
                .time(nextUpdate),
            ] + revoked + [DERValue(.constructed(0), [extensions])]
        )
    }
}

extension RevocationListFields {
    init(reading bytes: [UInt8]) throws(DERRefusal) {
        var reader = DERReader(bytes)
        var fields = try reader.constructed(.sequence)
        try fields.expect(DERValue.integer(1).encoded, "version")
        try fields.expect(SignedForm.algorithm.encoded, "signature")
        issuer = try DistinguishedName(from: &fields)
        thisUpdate = try fields.time()
        nextUpdate = try fields.time()
        var entries: [RevokedCertificate] = []
        if fields.nextTag == .sequence {
            var list = try fields.constructed(.sequence)
            while !list.isAtEnd { entries.append(try RevokedCertificate(from: &list)) }
        }
        self.entries = entries
        var wrapper = try fields.constructed(.constructed(0))
        let extensions = try FoundExtensions(from: &wrapper)
        try wrapper.finish()
        try fields.finish()
        try reader.finish()
        authorityKeyIdentifier = try extensions.authorityKeyIdentifier()
        number = try extensions.listNumber()
    }
}

extension RevokedCertificate {
    fileprivate var encoded: DERValue {
        var extensions: [DERValue] = []
        // "Unspecified" is said by leaving the reason out (RFC 5280 §5.3.1).
        if reason != .unspecified {
            let code = DERValue.integer(reason.rawValue, tag: .enumerated)
            extensions.append(CertificateExtensions.value(.crlReason, code))
        }
        extensions.append(CertificateExtensions.value(.invalidityDate, .generalizedTime(since)))
        return .sequence([.integer(magnitude: serial), .time(since), .sequence(extensions)])
    }

    fileprivate init(from reader: inout DERReader) throws(DERRefusal) {
        var entry = try reader.constructed(.sequence)
        let serial = try entry.positiveInteger()
        let since = try entry.time()
        let extensions = try FoundExtensions(from: &entry)
        try entry.finish()
        guard let reason = RevocationReason(rawValue: try extensions.reason()) else {
            throw .notInProfile("reasonCode")
        }
        self.init(serial: serial, reason: reason, since: since)
    }
}
