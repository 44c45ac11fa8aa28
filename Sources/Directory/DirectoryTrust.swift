package import Cryptography
package import Primitives

/// Which key may be used for what, and when.
extension DirectoryView {
    /// Whether `certificate` was good for `role` at `time`: path, validity, lists, revocations by
    /// statement, and that the tree knows it and does not hold it.
    ///
    /// Certificates of transport and server are judged by their path: their renewals are no leaves.
    package func verdict(
        for certificate: Certificate,
        role: CertificateRole,
        at time: Timestamp
    ) -> ChainVerdict {
        verdict(for: certificate, role: role, at: time, countsUnchecked: false)
    }

    private func verdict(
        for certificate: Certificate,
        role: CertificateRole,
        at time: Timestamp,
        countsUnchecked: Bool
    ) -> ChainVerdict {
        if role != .memberTransport, role != .exchangeServer {
            guard let known = known[certificate.sha256],
                countsUnchecked ? known.standing != .held : !isHeld(known)
            else {
                return .untrusted(.path(DirectoryView.applicationVerification))
            }
        }
        if let since = revocations[certificate.sha256]?.since, since <= time {
            return .revoked(since: since)
        }
        return trust.verdict(for: certificate, role: role, at: time)
    }

    /// Believes a statement: its signer is in the directory, is the issuer in a role that fits, was
    /// good at `time`, and signed these bytes.
    ///
    /// - Returns: the signer's certificate.
    /// - Throws: `wrongSigner`, `untrusted`, `certificateExpired`, `revoked`, `listMissing`,
    ///   `badSignature`.
    @discardableResult
    package func verify(
        _ statement: SignedStatement,
        at time: Timestamp
    ) throws(StatementRefusal) -> Certificate {
        try verify(statement, at: time, countsUnchecked: false)
    }

    /// With `countsUnchecked` a member that began anew speaks in the tree although nobody here has
    /// compared its fingerprint.
    func verify(
        _ statement: SignedStatement,
        at time: Timestamp,
        countsUnchecked: Bool
    ) throws(StatementRefusal) -> Certificate {
        let signed = statement.signed
        guard
            let signer = certificate(issuer: signed.signerIssuer, serial: signed.signerSerial),
            let issuing = issuing(for: signer),
            let role = signer.role, statement.type.roles.contains(role)
        else { throw .wrongSigner }
        switch verdict(
            for: signer,
            role: role,
            at: time,
            countsUnchecked: countsUnchecked
        ) {
        case .trusted: break
        case .untrusted: throw .untrusted
        case .expired: throw .certificateExpired
        case .revoked: throw .revoked
        case .listMissing: throw .listMissing
        }
        try statement.verify(signer: signer, issuing: issuing)
        return signer
    }

    /// The certificate a party signs statements with: the newest good one whose time has come.
    package func signingCertificate(of party: PartyID, at time: Timestamp) -> Certificate? {
        let role = party.member == nil ? CertificateRole.exchangeReceipt : .memberSigning
        return inUse(by: party, role, at: time).first?.certificate
    }

    /// The certificate to seal to: good at `now`, in its time by the rotations, and valid until
    /// `until`.
    ///
    /// `until` is `expiresAt` of the message, or 24 h from now where that is earlier: whoever has
    /// the key opens what was sealed to it long after its certificate has ended.
    ///
    /// With `witnessed` only a certificate counts that stood in that earlier view already.
    ///
    /// - Throws: `unknownRecipient`, `paperOnlyRecipient`, `memberSuspended`,
    ///   `recipientKeyChanged`, `recipientKeyUnusable`, `keyUnwitnessed`.
    package func encryptionCertificate(
        for memberID: MemberID,
        at now: Timestamp,
        until: Timestamp,
        witnessed: DirectoryView? = nil
    ) throws(DirectoryRefusal) -> Certificate {
        let usable = try encryptionCertificates(for: memberID, at: now, until: until)
        let seen = usable.first { certificate in
            witnessed.map { $0.known[certificate.sha256] != nil } ?? true
        }
        guard let seen else { throw .keyUnwitnessed }
        return seen
    }

    /// All certificates that may be sealed to, newest first: two while a rotation overlaps. Not
    /// empty.
    ///
    /// - Throws: as `encryptionCertificate`.
    package func encryptionCertificates(
        for memberID: MemberID,
        at now: Timestamp,
        until: Timestamp
    ) throws(DirectoryRefusal) -> [Certificate] {
        guard let standing = summaries[memberID]?.membership.standing, standing.status != .left
        else { throw .unknownRecipient }
        guard standing.connection == .gateway else { throw .paperOnlyRecipient }
        guard standing.status == .active else { throw .memberSuspended }
        let role = CertificateRole.memberEncryption
        let usable = inUse(by: PartyID(memberID), role, at: now)
            .filter { $0.certificate.notAfter >= until && ($0.acceptedUntil ?? now) >= now }
        guard usable.isEmpty else { return usable.map(\.certificate) }
        throw unchecked(of: memberID).isEmpty ? .recipientKeyUnusable : .recipientKeyChanged
    }

    private func inUse(
        by party: PartyID,
        _ role: CertificateRole,
        at time: Timestamp
    ) -> [MemberCertificate] {
        entries(of: party).reversed().filter { entry in
            entry.certificate.role == role && !isHeld(entry)
                && (entry.usableFrom ?? time) <= time
                && isTrusted(entry.certificate, role: role, at: time)
        }
    }

    /// The age of the oldest list among the issuing authorities in use; nil where one is missing.
    ///
    /// The root's own list has no rule of freshness (`keys-and-directory.md` 2).
    package func listAge(at time: Timestamp) -> Duration? {
        var oldest: Duration?
        for authority in authorities.values where authority.isValid(at: time) {
            guard let list = listByAuthority[authority.keyID] else { return nil }
            let age = time.since(list.thisUpdate)
            oldest = max(oldest ?? age, age)
        }
        return oldest
    }

    package func freshness(at time: Timestamp) -> RevocationFreshness {
        RevocationFreshness(age: listAge(at: time))
    }

    private func isTrusted(
        _ certificate: Certificate,
        role: CertificateRole,
        at time: Timestamp
    ) -> Bool {
        if case .trusted = verdict(for: certificate, role: role, at: time) { true } else { false }
    }

    /// X509_V_ERR_APPLICATION_VERIFICATION: the path may be good, the tree says no.
    private static let applicationVerification: Int32 = 50
}

extension DirectoryView {
    /// Whether a list or a statement says that the key is not to be trusted now.
    package func isRevoked(_ certificate: Certificate, at time: Timestamp) -> Bool {
        guard let role = certificate.role else { return false }
        if case .revoked = verdict(for: certificate, role: role, at: time) { return true }
        return false
    }
}
