import Audit
package import Cryptography
import Delivery
package import Directory
import ExchangeAPI
package import Primitives
import Storage

// Keys that are no longer trusted, and the lists that say so.
extension ExchangeNode {
    /// The TLS certificates of a member, oldest first, and which were revoked. They are no leaves
    /// of `keys`: only the operator knows of one that a thief had issued.
    package func transportCertificates(
        of member: MemberID
    ) async throws(ExchangeFault) -> [(certificate: Certificate, isRevoked: Bool)] {
        let rows = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.read { stored throws(StoreError) in
                try stored.certificates(of: member)
            }
        }
        var found: [(certificate: Certificate, isRevoked: Bool)] = []
        for row in rows {
            do throws(CertificateRefusal) {
                let certificate = try Certificate(reading: row.der)
                guard certificate.role == .memberTransport else { continue }
                found.append((certificate, row.revokedAt != nil))
            } catch { throw .store(.damaged) }
        }
        return found.sorted { $0.certificate.notAfter < $1.certificate.notAfter }
    }

    /// Revokes a member's certificate in the registrar's name.
    package func revoke(
        _ certificate: Digest,
        of member: MemberID,
        since: Timestamp,
        reason: RevocationGround
    ) async throws(ExchangeFault) {
        let result = try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            let body = Revocation(
                issuer: PartyID(identity.id),
                of: (memberID: member, sha256: certificate),
                since: since,
                reason: reason,
                requestedAt: time.now
            )
            return try await revoke(try await sign(body, with: identity.registrar))
        }
        if let refusal = result.refusal { throw .refused(refusal) }
    }

    /// Revokes at the request of the member or the registrar: in one commit the statement, the
    /// certificate's end, and a list that names it.
    func revoke(_ statement: SignedStatement) async throws(Refusal) -> ItemResult {
        let body = try wrap({ Refusal(of: $0) }) { () throws(StatementRefusal) in
            try statement.body(as: Revocation.self)
        }
        return try await commitKeys { writer async throws(Refusal) in
            let (row, isKnown) = try await read { stored throws(StoreError) in
                (
                    try stored.certificate(body.certificateSha256),
                    try !stored.positions(ofStatement: statement.sha256).isEmpty
                )
            }
            guard !isKnown else { return .done(isNew: false) }
            guard let row, row.member == body.memberID else { throw Refusal(.notFound) }
            let certificate = try refusing(.internalFailure) { () throws(CertificateRefusal) in
                try Certificate(reading: row.der)
            }
            let authority = identity.memberAuthority
            let listed = writer.view.list(of: authority)?.since(certificate.serial)
            // *Since* may move back, never forward.
            if let listed {
                if listed <= body.since { return .done(isNew: false) }
                try admitDirectoryChange(of: body.memberID)
            }
            try write(statement, about: certificate, of: body.memberID, &writer)
            if row.revokedAt == nil {
                writer.write(.revoke(certificate: row.sha256, at: writer.moment.now))
            }
            let entry = RevokedCertificate(
                serial: certificate.serial,
                reason: body.reason.listed,
                since: body.since
            )
            try writer.believe(.list(try await list(of: authority, in: writer.view, [entry])))
            return .done(isNew: true)
        }
    }

    /// Ends all keys of a member in the registrar's name, in the caller's commit.
    func revokeAll(
        of member: MemberID,
        _ reason: RevocationGround,
        _ writer: inout KeysTreeWriter
    ) async throws(Refusal) {
        let now = writer.moment.now
        let rows = try await read { stored throws(StoreError) in
            try stored.certificates(of: member).filter {
                $0.revokedAt == nil && $0.notAfter > now
            }
        }
        var entries: [RevokedCertificate] = []
        for row in rows {
            let certificate = try refusing(.internalFailure) { () throws(CertificateRefusal) in
                try Certificate(reading: row.der)
            }
            let body = Revocation(
                issuer: PartyID(identity.id),
                of: (memberID: member, sha256: row.sha256),
                since: now,
                reason: reason,
                requestedAt: now
            )
            let statement = try await sign(body, with: identity.registrar)
            try write(statement, about: certificate, of: member, &writer)
            writer.write(.revoke(certificate: row.sha256, at: now))
            entries.append(
                RevokedCertificate(serial: certificate.serial, reason: reason.listed, since: now)
            )
        }
        guard !entries.isEmpty else { return }
        let list = try await list(of: identity.memberAuthority, in: writer.view, entries)
        try writer.believe(.list(list))
    }

    private func write(
        _ statement: SignedStatement,
        about certificate: Certificate,
        of member: MemberID,
        _ writer: inout KeysTreeWriter
    ) throws(Refusal) {
        guard certificate.role == .memberTransport else {
            return try writer.believe(.statement(statement))
        }
        let view = writer.view
        let now = writer.moment.now
        _ = try wrap({ Refusal(of: $0) }) { () throws(StatementRefusal) in
            try view.verify(statement, at: now)
        }
        writer.revokeTransport(by: statement, of: member)
    }

    /// Publishes a fresh list of both issuing authorities.
    package func publishLists() async throws(ExchangeFault) {
        try await operate { writer async throws(Refusal) in
            for authority in [identity.memberAuthority, identity.serviceAuthority] {
                try writer.believe(.list(try await list(of: authority, in: writer.view, [])))
            }
        }
    }

    /// Whether a list is older than the lists' interval, or of a clock that was ahead.
    var isListDue: Bool {
        let now = time.now
        return [identity.memberAuthority, identity.serviceAuthority].contains { authority in
            guard let list = view.list(of: authority) else { return true }
            return list.thisUpdate > now || now.since(list.thisUpdate) >= settings.listEvery
        }
    }

    private func list(
        of authority: CertificateAuthority,
        in view: DirectoryView,
        _ entries: [RevokedCertificate]
    ) async throws(Refusal) -> CertificateRevocationList {
        let last = view.list(of: authority)
        let named = Set(entries.map(\.serial))
        let kept = (last?.entries ?? []).filter { !named.contains($0.serial) }
        let now = time.now
        return try await wrap({ Refusal(own: $0) }) { () async throws(KeyStoreError) in
            try await authority.revocationList(
                number: (last?.number ?? 0) + 1,
                thisUpdate: now,
                nextUpdate: now.adding(settings.listLife),
                entries: kept + entries
            )
        }
    }
}

extension DirectoryView {
    fileprivate func list(of authority: CertificateAuthority) -> CertificateRevocationList? {
        lists.first { $0.issuerKeyID == authority.certificate.keyID }
    }
}
