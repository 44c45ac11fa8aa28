import Audit
import Cryptography
import Delivery
package import Directory
import ExchangeAPI
package import Primitives
import Storage

// Members: their joining papers, standing, entries and revocations. Every act is a leaf, and is
// committed only while the directory is as the decision saw it.
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
        let code = connection == .gateway ? JoiningPaper.code(random) : nil
        let validUntil = time.now.adding(settings.joiningCode)
        try await operate { writer async throws(Refusal) in
            let now = writer.moment.now
            let membership = Membership(
                issuer: PartyID(identity.id),
                memberID: member,
                profile: profile,
                standing: MemberStanding(connection: connection, since: now),
                verification: Verification(by: person, at: now)
            )
            try await write(membership, code == nil ? .active : .invited, &writer)
            guard let code else { return }
            let keys = JoiningKeys(code: code, member: member)
            writer.write(
                .joiningCode(
                    JoiningCodeRow(
                        member: member,
                        keys: try await sealed(keys, of: member),
                        validUntil: validUntil,
                        tries: 0,
                        used: nil
                    )
                )
            )
        }
        return JoiningPaper(
            member: member,
            code: code,
            validUntil: validUntil,
            rootSha256: root.sha256
        )
    }

    /// Suspends a member, resumes it or lets it leave, by a new `membership`.
    package func setStatus(
        _ status: MemberStatus,
        of member: MemberID
    ) async throws(ExchangeFault) {
        let known = try await admission(of: member)
        try await operate { writer async throws(Refusal) in
            guard var membership = writer.view.member(member)?.membership else {
                throw Refusal(.notFound)
            }
            membership.standing.status = status
            membership.standing.since = writer.moment.now
            let admission: MemberAdmission =
                switch status {
                // Who has not joined yet still has to.
                case .active: known == .invited ? .invited : .active
                case .suspended: known == .invited ? .invited : .suspended
                case .left: .left
                }
            try await write(membership, admission, &writer)
        }
    }

    private func admission(
        of member: MemberID
    ) async throws(ExchangeFault) -> MemberAdmission? {
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.read { stored throws(StoreError) in
                try stored.member(member)?.admission
            }
        }
    }

    /// The entry of a member on paper, which cannot speak for itself.
    package func enterOnPaper(_ entry: DirectoryEntry) async throws(ExchangeFault) {
        try await operate { writer async throws(Refusal) in
            let body = DirectoryEntry(onPaper: entry, by: identity.id)
            let signed = try await sign(body, with: identity.registrar)
            try writer.believe(.statement(signed))
        }
    }

    func write(
        _ membership: Membership,
        _ admission: MemberAdmission,
        _ writer: inout KeysTreeWriter
    ) async throws(Refusal) {
        let signed = try await sign(membership, with: identity.registrar)
        try writer.believe(.statement(signed))
        writer.write(
            .member(
                MemberRow(
                    member: membership.memberID,
                    admission: admission,
                    createdAt: writer.moment.now
                )
            )
        )
    }

    /// A member's own entry; its number must rise by one.
    func enter(_ statement: SignedStatement) async throws(Refusal) -> ItemResult {
        let entry = try wrap({ Refusal(of: $0) }) { () throws(StatementRefusal) in
            try statement.body(as: DirectoryEntry.self)
        }
        let slot = StatementSlot.numbered(
            .directoryEntry,
            statement.issuer,
            Int64(entry.entryNumber)
        )
        return try await commitKeys { writer async throws(Refusal) in
            let stored = try await read { stored throws(StoreError) in
                try stored.statement(in: slot)
            }
            if let stored {
                return stored.sha256 == statement.sha256
                    ? .done(isNew: false)
                    : .refused(Refusal(.statementConflict), standing: stored.sha256)
            }
            try writer.believe(.statement(statement))
            writer.write(
                .statement(StatementRow(statement, slot: slot, storedAt: writer.moment.now))
            )
            return .done(isNew: true)
        }
    }
}

extension KeysTreeWriter {
    /// Adds a change, or says in the words of the wire why the directory does not take it.
    mutating func believe(_ change: DirectoryChange) throws(Refusal) {
        do throws(DirectoryRefusal) { try add(change) } catch {
            // The clock was ahead once, and the tree's time is ahead still: it waits for the clock.
            guard !fitsNow(change) else { throw Refusal(.maintenance) }
            throw switch error {
            case .statement(let refusal): Refusal(of: refusal)
            case .numberNotRising: Refusal(.outOfOrder)
            case .unknownCertificate, .unknownMember: Refusal(.notFound)
            case .keyTaken: Refusal(.malformed)
            case .unknownRecipient, .paperOnlyRecipient, .memberSuspended,
                .recipientKeyUnusable, .untrusted, .wrongSubject:
                Refusal(.internalFailure)
            }
        }
    }
}
