package import Primitives

/// The certificate a peer proved to hold during the handshake, copied out once.
///
/// The chain was checked against the listener's roots. Role, member and revocation are **not**
/// checked here; that is the listener's `admission`.
package struct PeerIdentity: Sendable, Hashable {
    /// SHA-256 of `certificate`.
    package let fingerprint: Digest
    /// DER.
    package let certificate: [UInt8]
    /// RFC 2253 form, for example `CN=m...,O=Renkei Members`.
    package let subject: String
    package let notBefore: Timestamp
    package let notAfter: Timestamp
    /// Big-endian, without leading zeros.
    package let serial: [UInt8]

    package init(
        certificate: [UInt8],
        fingerprint: Digest,
        subject: String,
        validity: ClosedRange<Timestamp>,
        serial: [UInt8]
    ) {
        self.certificate = certificate
        self.fingerprint = fingerprint
        self.subject = subject
        notBefore = validity.lowerBound
        notAfter = validity.upperBound
        self.serial = serial
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.fingerprint == right.fingerprint
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}
