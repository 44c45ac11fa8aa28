package import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
package import Primitives
import Storage

/// What a recovery has found, and what is gone.
package struct LogRecovery: Sendable {
    /// The name under which the log goes on.
    package let origin: TreeOrigin
    package let recovery: TreeRecovery
    /// When the backup was made, where a backup was put back.
    package let backupAt: Timestamp?
    package let recoveredAt: Timestamp
}

// After an older copy of the disk was put back (`audit-log.md` 3.3): the log goes on under a new
// name, from the leaves that were found. The leaf that says so names what is missing, for ever.
extension OrganisationGateway {
    /// Lets a marked place write again.
    ///
    /// Repeating it after a crash ends what was begun. `parts.store` was opened for a recovery; it
    /// is to be opened anew afterwards.
    ///
    /// - Throws: `nothingToRecover` in a place that is not marked; what asking the exchange throws:
    ///   nobody else can say how much is missing.
    package static func recover(
        _ parts: GatewayParts,
        by agent: Agent
    ) async throws(GatewayError) -> LogRecovery {
        let mark = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await parts.store.restoreMark()
        }
        guard let mark else { throw .nothingToRecover }
        var gateway = try await open(parts)
        if gateway.accessOrigin.recovery < mark.restoredAt.seconds {
            try await gateway.goOn(mark, by: agent)
            gateway = try await open(parts)
        }
        // Only when the exchange has seen it can no other copy go on under the same name.
        try await gateway.checkpoint()
        try await gateway.handInCheckpoint()
        let done = try await gateway.newestRecovery(mark)
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await parts.store.keep(nil)
        }
        return done
    }

    private func goOn(_ mark: RestoreMark, by agent: Agent) async throws(GatewayError) {
        let seen = try await lastSeen()
        var known: Checkpoint?
        if let seen, try await isOfOwnLog(seen), try await !holds(seen) { known = seen }
        let origin = accessOrigin
        let found = try await read { stored throws(StoreError) -> TreeHead? in
            guard let size = try stored.trees().first(where: { $0.origin == origin })?.size else {
                return nil
            }
            return try stored.head(of: origin, size: size)
        }
        guard let found else { throw .store(.damaged) }
        let next = (known?.origin ?? origin).successor(at: time.now)
        var acts = [
            gone(from: TreeRecovery(of: origin, found: found, known: known), mark)
        ]
        if let backupAt = mark.backupAt {
            acts.append(facts(.backupRestored, by: agent, on: .backup(at: backupAt)))
        }
        let entries = acts.map { AuditEntry($0, in: .access, random: random) }
        let blocked = try await unsent()
        let words = Restoration(backupAt: mark.backupAt, recoveredAt: time.now)
        let proposal = Proposal<GatewayWrite>(expects: [.treeSize(origin, found.size)]) { _ in
            (
                writes: blocked.map { .block($0, .restored) }
                    + [.setting(.restoration, words.json.canonicalBytes)],
                audit: entries
            )
        }
        let change = proposal.finished([], in: [next], by: try await vault.current())
        _ = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.commit(change)
        }
    }

    /// Whether the own log signed it, with its present key or with one that it had before: who
    /// joins anew has a new one.
    private func isOfOwnLog(_ seen: Checkpoint) async throws(GatewayError) -> Bool {
        if isOwn(seen) { return true }
        let member = member
        let keys = try await read { stored throws(StoreError) -> [NotePublicKey] in
            guard let tree = try stored.mirroredTree() else { return [] }
            var keys: [NotePublicKey] = []
            var next: UInt64 = 0
            while true {
                let leaves = try stored.directoryLeaves(
                    of: tree,
                    from: next,
                    limit: Limits.pageItems
                )
                guard !leaves.isEmpty else { return keys }
                keys += leaves.compactMap { $0.logKey(of: member) }
                next += UInt64(leaves.count)
            }
        }
        return keys.contains { seen.isSigned(by: $0) }
    }

    private func gone(from recovery: TreeRecovery, _ mark: RestoreMark) -> AuditFacts {
        var act = facts(.treeRecovered, by: .system, on: .tree(recovery.origin))
        act.outcome = .majorFailure
        act.reason = AuditReason(mark.backupAt == nil ? "rolledBack" : "restored")
        act.recovery = recovery
        return act
    }

    /// What waits here to be sent may have been sent since, or taken back: a person decides.
    private func unsent() async throws(GatewayError) -> [MessageID] {
        try await read { stored throws(StoreError) in
            try stored.outbox(state: .queued, limit: .max).map(\.message)
        }
    }

    private func newestRecovery(_ mark: RestoreMark) async throws(GatewayError) -> LogRecovery {
        let origin = accessOrigin
        let newest = try await read { stored throws(StoreError) in
            try stored.recoveries(of: origin).last
        }
        guard let newest else { throw .store(.damaged) }
        return LogRecovery(
            origin: origin,
            recovery: newest,
            backupAt: mark.backupAt,
            recoveredAt: Timestamp(milliseconds: origin.recovery * 1000)
        )
    }
}

extension DirectoryLeaf {
    /// The log key that a membership of `member` names. It was verified when the leaf came.
    fileprivate func logKey(of member: MemberID) -> NotePublicKey? {
        guard let object else { return nil }
        do throws(StatementRefusal) {
            let statement = try SignedStatement(reading: object)
            guard statement.type == .membership else { return nil }
            let membership = try statement.body(as: Membership.self)
            return membership.memberID == member ? membership.logPublicKey : nil
        } catch { return nil }
    }
}

extension Checkpoint {
    func isSigned(by key: NotePublicKey) -> Bool {
        do throws(AuditRefusal) {
            try verify(key: key)
            return true
        } catch { return false }
    }
}

extension ReasonCode {
    /// Written before the disk became an older copy: it may have gone, or been taken back, since.
    static let restored = ReasonCode(rawValue: "restored")
}
