import Cryptography
package import Primitives

/// How a leaf of the `keys` tree changes the directory.
extension DirectoryView {
    /// The view after one more leaf.
    ///
    /// `time` is `at` of the leaf: what enters must have been good then.
    package func applying(
        _ change: DirectoryChange,
        at time: Timestamp
    ) throws(DirectoryRefusal) -> DirectoryView {
        var view = self
        try view.apply(change, at: time)
        return view
    }

    /// The same in place, for the replay of many leaves. After a refusal nothing has changed; the
    /// same change again is no change.
    package mutating func apply(
        _ change: DirectoryChange,
        at time: Timestamp
    ) throws(DirectoryRefusal) {
        switch change {
        case .authority(let certificate): try add(authority: certificate, at: time)
        case .certificate(let member, let certificate):
            try add(certificate, of: member, at: time)
        case .list(let list): try add(list)
        case .statement(let statement): try apply(statement, at: time)
        }
    }

    private mutating func add(
        authority: Certificate,
        at time: Timestamp
    ) throws(DirectoryRefusal) {
        guard authority != root, authorities[authority.keyID] != authority else { return }
        guard authority.isAuthority, !authority.profile.isRoot else { throw .wrongSubject }
        guard authority.issuer == root.subject, authority.authorityKeyID == root.keyID,
            authority.isSigned(by: root), authority.isValid(at: time), root.isValid(at: time)
        else { throw .untrusted }
        guard authorities[authority.keyID] == nil, authority.keyID != root.keyID else {
            throw .keyTaken
        }
        authorities[authority.keyID] = authority
        trust = TrustStore(
            roots: [root],
            intermediates: Array(authorities.values),
            lists: Array(listByAuthority.values)
        )
    }

    private mutating func add(_ list: CertificateRevocationList) throws(DirectoryRefusal) {
        let known = list.issuerKeyID == root.keyID ? root : authorities[list.issuerKeyID]
        guard let authority = known, list.issuer == authority.subject,
            list.isSigned(by: authority)
        else { throw .untrusted }
        if let last = listByAuthority[authority.keyID] {
            guard last != list else { return }
            guard list.number > last.number else { throw .numberNotRising }
        }
        listByAuthority[authority.keyID] = list
        trust = trust.with(lists: Array(listByAuthority.values))
    }

    private mutating func add(
        _ certificate: Certificate,
        of member: MemberID?,
        at time: Timestamp
    ) throws(DirectoryRefusal) {
        guard known[certificate.sha256] == nil else { return }
        guard let role = certificate.role, certificate.member == member else {
            throw .wrongSubject
        }
        if let exchange, let named = certificate.exchange, exchange != named {
            throw .wrongSubject
        }
        guard case .trusted = trust.verdict(for: certificate, role: role, at: time) else {
            throw .untrusted
        }
        guard sha256ByKey[certificate.keyID] == nil else { throw .keyTaken }
        exchange = exchange ?? certificate.exchange
        let party = member.map { PartyID($0) } ?? certificate.exchange.map { PartyID($0) }
        known[certificate.sha256] = MemberCertificate(
            certificate: certificate,
            standing: standing(of: certificate, role)
        )
        sha256ByKey[certificate.keyID] = certificate.sha256
        let serial = SerialName(issuer: certificate.issuer, serial: certificate.serial)
        sha256BySerial[serial] = certificate.sha256
        if let party { certificatesByParty[party, default: []].append(certificate.sha256) }
    }

    private func standing(of certificate: Certificate, _ role: CertificateRole) -> KeyStanding {
        guard let member = certificate.member, DirectoryView.mustContinue(role),
            hasKey(of: PartyID(member), role: role)
        else { return .standing }
        let recovery = summaries[member]?.membership.recovery ?? []
        return recovery.contains(certificate.keyID)
            ? .recovered(from: certificate.sha256) : .held
    }

    /// Whether a further key of this role needs a rotation by the one before. The exchange's own
    /// keys and TLS keys read nothing and speak for no member.
    private static func mustContinue(_ role: CertificateRole) -> Bool {
        role == .memberSigning || role == .memberEncryption
    }

    private func hasKey(of party: PartyID, role: CertificateRole) -> Bool {
        entries(of: party).contains { $0.certificate.role == role }
    }

    private mutating func apply(
        _ statement: SignedStatement,
        at time: Timestamp
    ) throws(DirectoryRefusal) {
        let signer = try wrap(DirectoryRefusal.statement) { () throws(StatementRefusal) in
            // What one office has checked by telephone must not make its tree another.
            try verify(statement, at: time, countsUnchecked: true)
        }
        switch statement.type {
        case .membership: try add(membership: statement)
        case .directoryEntry: try add(entry: statement, by: signer)
        case .policy: try add(policy: statement)
        case .revocation: try add(revocation: statement)
        case .rotation: try add(rotation: statement, by: signer, at: time)
        case .submission, .accepted, .delivered, .refused, .opened, .confirmed, .expired,
            .undeliverable, .withdrawal, .withdrawalAnswer, .reconciliation, .backup:
            throw .statement(.otherType)
        }
    }

    private mutating func add(membership statement: SignedStatement) throws(DirectoryRefusal) {
        let membership: Membership = try body(of: statement)
        var summary = MemberSummary(membership: membership, membershipStatement: statement)
        summary.entry = summaries[membership.memberID]?.entry
        summary.entryStatement = summaries[membership.memberID]?.entryStatement
        summary.telephone = summaries[membership.memberID]?.telephone
        for number in summaries[membership.memberID]?.membership.profile.officeNumbers ?? [] {
            membersByNumber[ByteText(number.value)]?.remove(membership.memberID)
        }
        for number in membership.profile.officeNumbers {
            membersByNumber[ByteText(number.value), default: []].insert(membership.memberID)
        }
        summaries[membership.memberID] = summary
    }

    private mutating func add(
        entry statement: SignedStatement,
        by signer: Certificate
    ) throws(DirectoryRefusal) {
        let entry: DirectoryEntry = try body(of: statement)
        guard let summary = summaries[entry.memberID] else { throw .unknownMember }
        // The registrar speaks for members on paper alone, and those never for themselves.
        let isOnPaper = summary.membership.standing.connection == .paper
        guard isOnPaper == (signer.role == .exchangeRegistrar) else {
            throw .statement(.wrongSigner)
        }
        guard summary.entryStatement != statement else { return }
        guard entry.entryNumber == (summary.entry?.entryNumber ?? 0) + 1 else {
            throw .numberNotRising
        }
        summaries[entry.memberID]?.entry = entry
        summaries[entry.memberID]?.entryStatement = statement
        if known[signer.sha256]?.standing == .standing {
            summaries[entry.memberID]?.telephone = entry.telephone
        }
    }

    private mutating func add(policy statement: SignedStatement) throws(DirectoryRefusal) {
        let policy: Policy = try body(of: statement)
        guard policies.last?.statement != statement else { return }
        guard policy.number == (policies.last?.policy.number ?? 0) + 1 else {
            throw .numberNotRising
        }
        policies.append((statement, policy))
    }

    private mutating func add(revocation statement: SignedStatement) throws(DirectoryRefusal) {
        let revocation: Revocation = try body(of: statement)
        guard let certificate = certificate(sha256: revocation.certificateSha256) else {
            throw .unknownCertificate
        }
        guard certificate.member == revocation.memberID else { throw .wrongSubject }
        // A later statement may move *since* back, never forward.
        if let earlier = revocations[certificate.sha256], earlier.since <= revocation.since {
            return
        }
        revocations[certificate.sha256] = revocation
    }

    func body<Body: StatementBody>(
        of statement: SignedStatement
    ) throws(DirectoryRefusal) -> Body {
        try wrap(DirectoryRefusal.statement) { () throws(StatementRefusal) in
            try statement.body()
        }
    }
}
