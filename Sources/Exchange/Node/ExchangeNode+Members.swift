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
    /// - Throws: `officeNumberTaken`: of two who answer to one number, nobody could reach either.
    package func addMember(
        _ profile: MemberProfile,
        connection: MemberConnection,
        verifiedBy person: String
    ) async throws(ExchangeFault) -> JoiningPaper {
        let member = MemberID.make(random)
        let paper = paper(of: member, connection)
        let holder = try await operate { writer async throws(Refusal) -> MemberID? in
            if let holder = writer.view.holder(of: profile, beside: nil) { return holder }
            let now = writer.moment.now
            let membership = Membership(
                issuer: PartyID(identity.id),
                memberID: member,
                profile: profile,
                standing: MemberStanding(connection: connection, since: now),
                verification: Verification(by: person, at: now)
            )
            try await write(membership, paper.code == nil ? .active : .invited, &writer)
            try await write(paper, &writer)
            return nil
        }
        if let holder { throw .officeNumberTaken(holder) }
        return paper
    }

    /// Suspends a member, resumes it or lets it leave, by a new `membership`. With it go the keys
    /// of one that leaves.
    package func setStatus(
        _ status: MemberStatus,
        of member: MemberID
    ) async throws(ExchangeFault) {
        let fault = try await operate { writer async throws(Refusal) -> ExchangeFault? in
            guard var membership = writer.view.membership(of: member) else {
                throw Refusal(.notFound)
            }
            if status == .active,
                let holder = writer.view.holder(of: membership.profile, beside: member)
            {
                return .officeNumberTaken(holder)
            }
            let known = try await read { stored throws(StoreError) in
                try stored.member(member)?.admission
            }
            guard membership.standing.status != .left || status == .left else {
                return .memberHasLeft
            }
            if status == .left, membership.standing.status != .left {
                try await revokeAll(of: member, .ceased, &writer)
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
            return nil
        }
        if let fault { throw fault }
        // Nobody is to wait for a witness that is gone.
        let isWitness = view.policy?.witnesses.contains { $0.memberID == member } ?? false
        if status == .left, isWitness { try await removeWitness(member) }
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
            try statement.issuer.member.map { member throws(Refusal) in
                try admitDirectoryChange(of: member)
            }
            try writer.believe(.statement(statement))
            writer.write(
                .statement(StatementRow(statement, slot: slot, storedAt: writer.moment.now))
            )
            return .done(isNew: true)
        }
    }
}

extension DirectoryView {
    /// The active member of the same type that has one of the office numbers of `profile`. One
    /// number may stand for services of several types.
    func holder(of profile: MemberProfile, beside member: MemberID?) -> MemberID? {
        let others = profile.officeNumbers.flatMap { memberships(numbered: $0.value) }
        return others.first { other in
            other.memberID != member && other.standing.status == .active
                && other.profile.organisationType == profile.organisationType
        }?.memberID
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
                .recipientKeyUnusable, .recipientKeyChanged, .keyUnwitnessed,
                .recipientCannotRead, .untrusted, .wrongSubject:
                Refusal(.internalFailure)
            }
        }
    }
}
