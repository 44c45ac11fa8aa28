package import Primitives

/// A certificate that fits one of the profiles, byte for byte.
///
/// The reader takes out what may vary (serial, names, times, key, authority, role) and encodes the
/// profile again: any other bytes are refused, so nothing unknown, reordered or missing can pass.
/// Neither the signature of the authority nor the time is checked here; `TrustStore` does both.
///
/// A class only because it has many fields and is handed on all the time; it never changes.
package final class Certificate: Hashable, Sendable {
    package let der: [UInt8]
    package let sha256: Digest
    package let profile: CertificateProfile
    package let subject: DistinguishedName
    package let issuer: DistinguishedName
    /// The magnitude of the serial number, 16 to 20 octets.
    package let serial: [UInt8]
    package let notBefore: Timestamp
    package let notAfter: Timestamp
    /// SubjectKeyIdentifier; equals `point.keyID`.
    package let keyID: KeyID
    package let authorityKeyID: KeyID
    package let point: PublicPoint

    /// nil for authorities.
    package var role: CertificateRole? { profile.role }
    package var isAuthority: Bool { profile.isAuthority }
    package var pem: String { PEM.text("CERTIFICATE", der) }

    /// The member a member certificate speaks for.
    package var member: MemberID? {
        role?.isMember == true ? MemberID(subject.commonName) : nil
    }

    /// The exchange a receipt or registrar certificate speaks for.
    package var exchange: ExchangeID? {
        role == .exchangeReceipt || role == .exchangeRegistrar
            ? ExchangeID(subject.commonName) : nil
    }

    /// - Throws: `tooLarge` above `Limits.certificateBytes`; else why no profile fits.
    package convenience init(reading der: [UInt8]) throws(CertificateRefusal) {
        guard der.count <= Limits.certificateBytes else { throw .tooLarge }
        let signed = try wrap(CertificateRefusal.malformed) { () throws(DERRefusal) in
            try SignedForm(reading: der)
        }
        let fields = try wrap(CertificateRefusal.init(reading:)) { () throws(DERRefusal) in
            try CertificateFields(reading: signed.toBeSigned)
        }
        guard fields.encoded.encoded == signed.toBeSigned, fields.isSound else {
            throw .notInProfile
        }
        self.init(der: der, fields: fields)
    }

    private init(der: [UInt8], fields: CertificateFields) {
        self.der = der
        sha256 = SHA256.hash(der)
        profile = fields.profile
        subject = fields.subject
        issuer = fields.issuer
        serial = fields.serial
        notBefore = fields.notBefore
        notAfter = fields.notAfter
        keyID = fields.point.keyID
        authorityKeyID = KeyID(bytes: fields.authorityKeyIdentifier)
        point = fields.point
    }

    /// Whether the key of `authority` made this certificate's signature.
    package func isSigned(by authority: Certificate) -> Bool {
        do throws(DERRefusal) {
            return try SignedForm(reading: der).isSigned(by: authority.point)
        } catch {
            return false
        }
    }

    package func isValid(at time: Timestamp) -> Bool { notBefore <= time && time <= notAfter }

    package static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}

extension CertificateRefusal {
    /// A wrong or missing role has a case of its own; the rest is form.
    init(reading refusal: DERRefusal) {
        self = refusal == .notInProfile("role") ? .roleMissing : .malformed(refusal)
    }
}

extension Identifier where Form == KeyName {
    /// - Parameter bytes: 20.
    init(bytes: [UInt8]) {
        guard let keyID = KeyID(Hex.encode(bytes)) else {
            preconditionFailure("a key id has 20 bytes")
        }
        self = keyID
    }

    var bytes: [UInt8] { Hex.decode(text) ?? [] }
}
