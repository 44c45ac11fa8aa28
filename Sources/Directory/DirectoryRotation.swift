package import Cryptography
package import Primitives

/// How a further key of a known member comes into use.
extension DirectoryView {
    /// - Throws: `unknownCertificate`; `wrongSubject` where the keys are not this member's of this
    ///   role; `statement` where one of the two keys has not signed.
    mutating func add(
        rotation statement: SignedStatement,
        by signer: Certificate,
        at time: Timestamp
    ) throws(DirectoryRefusal) {
        let rotation: Rotation = try body(of: statement)
        guard let new = known[rotation.newCertificateSha256],
            let old = sha256ByKey[rotation.oldKeyID].flatMap({ known[$0] })
        else { throw .unknownCertificate }
        for certificate in [new.certificate, old.certificate] {
            guard certificate.role == rotation.usage.role,
                certificate.member.map({ PartyID($0) }) == rotation.issuer
            else { throw .wrongSubject }
        }
        guard new.certificate.keyID == rotation.newKeyID, old.standing != .held else {
            throw .wrongSubject
        }
        // Said before, by this statement or another: the first one stands.
        guard new.standing == .held else { return }
        if rotation.usage == .signing {
            guard signer.keyID == rotation.oldKeyID else { throw .statement(.wrongSigner) }
            try checkSuccessor(of: rotation, new.certificate, at: time)
        }
        let standing = known[signer.sha256]?.standing ?? .held
        known[new.certificate.sha256]?.standing = standing
        known[new.certificate.sha256]?.usableFrom = rotation.from
        known[old.certificate.sha256]?.acceptedUntil = rotation.oldAcceptedUntil
    }

    private func checkSuccessor(
        of rotation: Rotation,
        _ certificate: Certificate,
        at time: Timestamp
    ) throws(DirectoryRefusal) {
        guard let successor = rotation.successor,
            case .trusted = trust.verdict(for: certificate, role: .memberSigning, at: time)
        else { throw .statement(.wrongSigner) }
        let issuing = issuing(for: certificate)
        try wrap(DirectoryRefusal.statement) { () throws(StatementRefusal) in
            let statement = try SignedStatement(reading: successor)
            try statement.verify(signer: certificate, issuing: issuing)
            guard statement.signed.content == rotation.withoutSuccessor.content else {
                throw StatementRefusal.hashDiffers
            }
        }
    }
}

extension DirectoryView {
    /// Counts recovered keys as good whose owner was asked by telephone, or that are this office's
    /// own: the certificates that a recovery began with.
    package mutating func believe(_ recovered: some Sequence<Digest>) {
        believed.formUnion(recovered)
    }

    /// For the exchange itself, whose registrar has vouched for every recovery.
    package mutating func believeRegistrar() { believesRegistrar = true }

    /// For whoever has certificates and no `keys` tree: nothing there says which key follows which,
    /// so each that an authority certified speaks for its member.
    package mutating func believeCertified() {
        for sha256 in known.keys { known[sha256]?.standing = .standing }
    }

    /// Whether `certificate` may not be used here: it follows a known key without a rotation, or it
    /// began anew and nobody here has compared the fingerprint yet.
    package func isHeld(_ certificate: Certificate) -> Bool {
        known[certificate.sha256].map { isHeld($0) } ?? false
    }

    func isHeld(_ entry: MemberCertificate) -> Bool {
        switch entry.standing {
        case .standing: false
        case .held: true
        case .recovered(let first): !believesRegistrar && !believed.contains(first)
        }
    }

    /// Whom to call about a member: while its new keys wait for a comparison, no number that they
    /// have said themselves.
    package func telephone(of memberID: MemberID, at desk: DeskID? = nil) -> TelephoneNumber? {
        let summary = summaries[memberID]
        guard unchecked(of: memberID).isEmpty else { return summary?.telephone }
        return summary?.entry?.telephone(of: desk)
    }

    /// Where paper goes: no number at all while new keys wait for a comparison.
    package func fax(of memberID: MemberID) -> TelephoneNumber? {
        unchecked(of: memberID).isEmpty ? summaries[memberID]?.entry?.fax : nil
    }

    /// The certificates with which a member began anew and that wait for a comparison by telephone;
    /// empty where nothing is to be compared.
    package func unchecked(of memberID: MemberID) -> Set<Digest> {
        var waiting: Set<Digest> = []
        for sha256 in certificatesByParty[PartyID(memberID)] ?? [] {
            guard case .recovered(let first)? = known[sha256]?.standing,
                !believesRegistrar, !believed.contains(first)
            else { continue }
            waiting.insert(first)
        }
        return waiting
    }
}
