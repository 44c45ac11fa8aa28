import Audit
import Cryptography
import Delivery
package import Directory
package import ExchangeAPI
package import Primitives
import Storage

// Members: their joining papers, certificates, entries and revocations. Every act is a leaf of
// `keys`, and is committed only while that tree is as the decision saw it.
extension ExchangeNode {
    /// Registers a member.
    ///
    /// - Returns: its joining paper; the code is shown once and stored nowhere.
    package func addMember(
        _ profile: MemberProfile,
        connection: MemberConnection,
        verifiedBy person: String
    ) async throws(ExchangeFault) -> JoiningPaper {
        let member = MemberID.make(random)
        let membership = Membership(
            issuer: PartyID(identity.id),
            memberID: member,
            profile: profile,
            standing: Directory.MemberStanding(connection: connection, since: time.now),
            verification: Verification(by: person, at: time.now)
        )
        let code = JoiningPaper.code(random)
        let validUntil = time.now.adding(settings.joiningCode)
        try await changeKeys { writer async throws(Refusal) in
            let signed = try await self.registrarSigned(membership)
            writer.statement(.membershipChanged, signed, about: member)
            writer.write(
                .member(
                    MemberRow(
                        member: member,
                        standing: connection == .gateway ? .invited : .active,
                        createdAt: writer.now
                    )
                )
            )
            guard connection == .gateway else { return }
            let keys = JoiningKeys(code: code, member: member)
            writer.write(
                .joiningCode(
                    JoiningCodeRow(
                        member: member,
                        keys: try await self.sealed(keys, of: member),
                        validUntil: validUntil,
                        tries: 0,
                        used: nil
                    )
                )
            )
        }
        return JoiningPaper(
            member: member,
            code: connection == .gateway ? code : nil,
            validUntil: validUntil,
            rootSha256: identity.root.sha256
        )
    }

    /// Suspends or resumes a member, by a new `membership`.
    package func setStatus(
        _ status: MemberStatus,
        of member: MemberID
    ) async throws(ExchangeFault) {
        guard var membership = view.member(member)?.membership else {
            throw .member("unknownMember")
        }
        membership.standing.status = status
        membership.standing.since = time.now
        let changed = membership
        let admission: Storage.MemberStanding =
            switch status {
            case .active: .active
            case .suspended: .suspended
            case .left: .left
            }
        try await changeKeys { writer async throws(Refusal) in
            let signed = try await self.registrarSigned(changed)
            writer.statement(.membershipChanged, signed, about: member)
            writer.write(
                .member(MemberRow(member: member, standing: admission, createdAt: writer.now))
            )
        }
    }

    /// A member's own entry; its number must rise by one.
    func enter(
        _ statement: SignedStatement,
        of member: MemberID
    ) async throws(Refusal) -> ItemResult {
        let entry = try refusing(.malformed) { () throws(StatementRefusal) in
            try statement.body(as: DirectoryEntry.self)
        }
        guard entry.memberID == member else { throw Refusal(.notYourName) }
        if let known = view.member(member)?.entryStatement {
            if known == statement.sha256 { return .done(isNew: false) }
        }
        try await commitKeys { writer async throws(Refusal) in
            let view = self.view
            guard try isBelieved(statement, view) else { throw Refusal(.badSignature) }
            guard entry.entryNumber == (view.member(member)?.entry?.entryNumber ?? 0) + 1 else {
                throw Refusal(.statementConflict)
            }
            writer.statement(.directoryChanged, statement, about: member)
        }
        return .done(isNew: true)
    }

    /// Revokes at a member's own request, or as the registrar.
    func revoke(
        _ statement: SignedStatement,
        of member: MemberID
    ) async throws(Refusal) -> ItemResult {
        let body = try refusing(.malformed) { () throws(StatementRefusal) in
            try statement.body(as: Revocation.self)
        }
        guard body.memberID == member else { throw Refusal(.notYourName) }
        try await commitKeys { writer async throws(Refusal) in
            guard try isBelieved(statement, self.view) else { throw Refusal(.badSignature) }
            try await self.revoke(body, statement, &writer)
        }
        return .done(isNew: true)
    }

    /// Revokes a member's certificate in the registrar's name.
    package func revoke(
        _ certificate: Digest,
        of member: MemberID,
        since: Timestamp,
        reason: Directory.RevocationReason
    ) async throws(ExchangeFault) {
        let body = Revocation(
            issuer: PartyID(identity.id),
            of: (memberID: member, sha256: certificate),
            since: since,
            reason: reason,
            requestedAt: time.now
        )
        try await changeKeys { writer async throws(Refusal) in
            let signed = try await self.registrarSigned(body)
            try await self.revoke(body, signed, &writer)
        }
    }

    private func revoke(
        _ body: Revocation,
        _ statement: SignedStatement,
        _ writer: inout KeysTreeWriter
    ) async throws(Refusal) {
        guard let certificate = view.certificate(sha256: body.certificateSha256),
            certificate.member == body.memberID
        else { throw Refusal(.notFound) }
        writer.statement(.certificateRevoked, statement, about: body.memberID)
        writer.write(.revoke(certificate: certificate.sha256, at: writer.now))
        let entry = RevokedCertificate(
            serial: certificate.serial,
            reason: Cryptography.RevocationReason(body.reason),
            since: body.since
        )
        writer.list(try await nextList(of: identity.memberAuthority, adding: [entry]))
    }

    // MARK: Lists

    /// Publishes a fresh list of both authorities.
    package func publishLists() async throws(ExchangeFault) {
        try await changeKeys { writer async throws(Refusal) in
            for authority in [self.identity.memberAuthority, self.identity.serviceAuthority] {
                writer.list(try await self.nextList(of: authority, adding: []))
            }
        }
    }

    func nextList(
        of authority: CertificateAuthority,
        adding entries: [RevokedCertificate]
    ) async throws(Refusal) -> CertificateRevocationList {
        let last = view.list(of: authority.certificate.keyID)
        let now = time.now
        do throws(KeyStoreError) {
            return try await authority.revocationList(
                number: (last?.number ?? 0) + 1,
                thisUpdate: now,
                nextUpdate: now.adding(settings.listLife),
                entries: (last?.entries ?? []) + entries
            )
        } catch { throw Refusal(error.isTemporary ? .exchangeBusy : .internalFailure) }
    }

    // MARK: Commit

    /// Commits leaves of `keys` on the tree as it stands; again when it has grown meanwhile.
    func commitKeys(
        _ write: (inout KeysTreeWriter) async throws(Refusal) -> Void
    ) async throws(Refusal) {
        let origin = origin(.keys)
        try await settle { () async throws(Refusal) in
            let size = try await read { stored throws(StoreError) in
                try stored.trees().first { $0.origin == origin }?.size ?? 0
            }
            var writer = KeysTreeWriter(exchange: identity.id, now: time.now, random: random)
            try await write(&writer)
            let finished = writer
            let proposal = Proposal<ExchangeWrite>(
                expects: [.decidedAt(finished.now), .treeSize(origin, size)] + finished.expects
            ) { _ in (writes: finished.writes, audit: finished.audit) }
            return Decision<Void>.propose(proposal) { _ in }
        }
        await directoryChanged()
    }

    /// The same for an operator's act.
    func changeKeys(
        _ write: (inout KeysTreeWriter) async throws(Refusal) -> Void
    ) async throws(ExchangeFault) {
        try await wrap({ refusal in .member(refusal.code) }) { () async throws(Refusal) in
            try await commitKeys(write)
        }
    }

    func registrarSigned(
        _ body: any StatementBody
    ) async throws(Refusal) -> SignedStatement {
        do throws(KeyStoreError) {
            return try await identity.registrar.sign(body, at: time.now)
        } catch { throw Refusal(error.isTemporary ? .exchangeBusy : .internalFailure) }
    }

    private func isBelieved(
        _ statement: SignedStatement,
        _ view: DirectoryView
    ) throws(Refusal) -> Bool {
        do throws(StatementRefusal) {
            let signer = try view.verify(statement, at: time.now)
            return view.isStanding(signer.sha256)
        } catch { throw Refusal(error) }
    }
}

extension Cryptography.RevocationReason {
    init(_ reason: Directory.RevocationReason) {
        self =
            switch reason {
            case .keyCompromise: .keyCompromise
            case .superseded: .superseded
            case .ceased: .cessationOfOperation
            case .unspecified: .unspecified
            }
    }
}
