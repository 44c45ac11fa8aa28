package import Primitives

/// A certificate with its private key in a store: issues certificates and lists of the profiles.
///
/// It keeps no records: which serial was issued to whom is its caller's matter.
package struct CertificateAuthority: Sendable {
    package let certificate: Certificate
    private let key: KeyHandle
    private let store: any KeyStore

    /// `key` is a signing key in `store`; its point is the certificate's.
    package init(certificate: Certificate, key: KeyHandle, store: any KeyStore) {
        self.certificate = certificate
        self.key = key
        self.store = store
    }

    /// A new root over a signing key in `store`.
    package static func selfSigned(
        key: KeyHandle,
        store: any KeyStore,
        subject: DistinguishedName,
        serial: [UInt8],
        validity: Validity
    ) async throws(KeyStoreError) -> CertificateAuthority {
        let point = try store.point(key)
        let fields = CertificateFields(
            profile: .root,
            serial: CertificateAuthority.positive(serial),
            issuer: subject,
            notBefore: validity.from,
            notAfter: validity.to,
            subject: subject,
            point: point,
            authorityKeyIdentifier: point.keyIDBytes
        )
        let certificate = try await sign(fields, by: key, in: store)
        return CertificateAuthority(certificate: certificate, key: key, store: store)
    }

    /// A new root for the pages at one host.
    package static func pagesRoot(
        of host: String,
        key: KeyHandle,
        store: any KeyStore,
        serial: [UInt8],
        from start: Timestamp
    ) async throws(KeyStoreError) -> CertificateAuthority {
        let profile = CertificateProfile.pagesRoot(host: host)
        let point = try store.point(key)
        let fields = CertificateFields(
            profile: profile,
            serial: CertificateAuthority.positive(serial),
            issuer: .service("Renkei pages"),
            notBefore: start,
            notAfter: start.adding(profile.life),
            subject: .service("Renkei pages"),
            point: point,
            authorityKeyIdentifier: point.keyIDBytes
        )
        let certificate = try await sign(fields, by: key, in: store)
        return CertificateAuthority(certificate: certificate, key: key, store: store)
    }

    /// Issues a certificate. `serial` is 16 to 20 random bytes, made positive here.
    ///
    /// - Throws: `outsideProfile` when the subject does not fit the profile; what the store throws.
    package func issue(
        _ profile: CertificateProfile,
        subject: DistinguishedName,
        point: PublicPoint,
        serial: [UInt8],
        validity: Validity
    ) async throws(KeyStoreError) -> Certificate {
        let fields = CertificateFields(
            profile: profile,
            serial: CertificateAuthority.positive(serial),
            issuer: certificate.subject,
            notBefore: validity.from,
            notAfter: validity.to,
            subject: subject,
            point: point,
            authorityKeyIdentifier: certificate.point.keyIDBytes
        )
        return try await CertificateAuthority.sign(fields, by: key, in: store)
    }

    /// A full list; `number` is above that of the list before.
    package func revocationList(
        number: Int,
        thisUpdate: Timestamp,
        nextUpdate: Timestamp,
        entries: [RevokedCertificate]
    ) async throws(KeyStoreError) -> CertificateRevocationList {
        let fields = RevocationListFields(
            issuer: certificate.subject,
            authorityKeyIdentifier: certificate.point.keyIDBytes,
            number: number,
            thisUpdate: thisUpdate,
            nextUpdate: nextUpdate,
            entries: entries
        )
        let signed = try await SignedForm(toBeSigned: fields.encoded, by: key, in: store)
        return try wrap(KeyStoreError.outsideProfile) { () throws(CertificateRefusal) in
            try CertificateRevocationList(reading: signed.encoded)
        }
    }

    /// The finished certificate is read back, so that nothing leaves that our reader would refuse.
    private static func sign(
        _ fields: CertificateFields,
        by key: KeyHandle,
        in store: any KeyStore
    ) async throws(KeyStoreError) -> Certificate {
        let signed = try await SignedForm(toBeSigned: fields.encoded, by: key, in: store)
        return try wrap(KeyStoreError.outsideProfile) { () throws(CertificateRefusal) in
            try Certificate(reading: signed.encoded)
        }
    }

    /// Clears the sign and sets the next bit, so that the number keeps all its octets.
    private static func positive(_ serial: [UInt8]) -> [UInt8] {
        precondition(CertificateFields.serialOctets.contains(serial.count))
        return [serial[0] & 0x7F | 0x40] + serial.dropFirst()
    }
}

/// From when to when a certificate is good; certificates count whole seconds.
package struct Validity: Hashable, Sendable {
    package let from: Timestamp
    package let to: Timestamp

    package init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    /// The life of the profile, beginning at `from`.
    package init(of profile: CertificateProfile, from: Timestamp) {
        self.init(from: from, to: from.adding(profile.life))
    }
}
