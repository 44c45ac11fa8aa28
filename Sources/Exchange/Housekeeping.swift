import Audit
import Delivery
import ExchangeAPI
package import Primitives
import Storage

// What the exchange does by itself: checkpoints, lists, expiry, and letting go of what has ended.
extension ExchangeNode {
    /// Runs until cancelled. A round that fails is tried again at the next tick: nothing here is
    /// told to anybody before its commit.
    package func run(
        report: @escaping @Sendable (any Explained) -> Void
    ) async throws(CancellationError) {
        while true {
            await tidy(report)
            try await time.sleep(for: .seconds(1))
        }
    }

    /// One round of everything that is due.
    package func tidy(_ report: @Sendable (any Explained) -> Void) async {
        await attempt(report) { () async throws(ExchangeFault) in
            try await self.checkpointIfDue(.keys)
        }
        await attempt(report) { () async throws(ExchangeFault) in
            try await self.checkpointIfDue(.transport)
        }
        await attempt(report) { () async throws(ExchangeFault) in
            if self.isListDue { try await self.publishLists() }
        }
        await attempt(report) { () async throws(Refusal) in try await self.expire() }
        await attempt(report) { () async throws(Refusal) in try await self.letGo() }
    }

    private func attempt<Failure: Explained>(
        _ report: @Sendable (any Explained) -> Void,
        _ body: () async throws(Failure) -> Void
    ) async {
        do throws(Failure) { try await body() } catch { report(error) }
    }

    private var isListDue: Bool {
        let now = time.now
        return [identity.memberAuthority, identity.serviceAuthority].contains { authority in
            guard let list = view.list(of: authority.certificate.keyID) else { return true }
            return now.since(list.thisUpdate) >= settings.listEvery
        }
    }

    private func checkpointIfDue(_ kind: TreeKind) async throws(ExchangeFault) {
        let origin = origin(kind)
        let state = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in
                (
                    size: try log.openTree(kind)?.size ?? 0,
                    signed: try log.checkpoint(of: origin)?.head.size ?? 0
                )
            }
        }
        guard state.size > state.signed else { return }
        let isDue =
            kind == .keys || state.signed == 0
            || time.uptime - lastCheckpoint(kind) >= settings.checkpointEvery
            || state.size - state.signed >= CheckpointPace.leaves
        guard isDue else { return }
        try await checkpoint(kind)
        noteCheckpoint(kind)
    }

    /// Copies never released whose message has expired: told to both sides by a signed statement.
    private func expire() async throws(Refusal) {
        let now = time.now
        let due = try await read { stored throws(StoreError) in
            try stored.expiring(before: now, limit: Limits.batchItems).map {
                copy throws(StoreError) in
                (copy: copy, accepted: try stored.message(copy.key)?.accepted)
            }
        }
        for (copy, accepted) in due {
            guard let accepted else { continue }
            try await settle { () async throws(Refusal) in
                let current = try await read { stored throws(StoreError) in
                    try stored.copy(copy.key, to: copy.to)
                }
                // A fetch may have won meanwhile; then nothing has expired.
                guard current?.state == .accepted else { return Decision<Void>.answer(()) }
                return ExpiryDecision(moment: moment).decide(copy, accepted: accepted)
            }
            mailboxes.notify(copy.key.from)
            mailboxes.notify(copy.to)
        }
    }

    /// Bodies 30 days after their end, old events, carried proofs and unclaimed chunks.
    private func letGo() async throws(Refusal) {
        let now = time.now
        let moment = moment
        let ended = try await read { stored throws(StoreError) in
            try stored.bodiesEnded(
                before: now.adding(.zero - self.settings.bodiesAfterEnd),
                limit: Limits.batchItems
            )
        }
        for key in ended {
            try await settle { () async throws(Refusal) in
                let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                    let act = AuditFacts(
                        .bodyDeleted,
                        by: .system,
                        for: PartyID(moment.exchange),
                        on: .message(key.messageID),
                        at: moment.now
                    )
                    return (
                        writes: [.deleteBody(key)],
                        audit: [AuditEntry(act, in: .transport, random: moment.random)]
                    )
                }
                return Decision<Void>.propose(proposal) { _ in }
            }
        }
        guard isUpkeepDue() else { return }
        try await keep([
            .dropChunks(storedBefore: now.adding(.zero - Limits.unclaimedChunks)),
            .dropEvents(before: now.adding(.zero - Limits.eventsKept)),
            .dropProofs(before: now.adding(.zero - Limits.bodiesAfterEnd)),
        ])
    }
}
