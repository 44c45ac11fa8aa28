import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
package import Primitives
import Storage

// What the exchange does by itself: checkpoints, lists, expiry, and letting go of what has ended.
extension ExchangeNode {
    /// Runs until its task is cancelled. A round that fails is tried again at the next: nothing
    /// here is told to anybody before its commit.
    package func run(report: @escaping @Sendable (any Explained) -> Void) async {
        while !Task.isCancelled {
            await tidy(report: report)
            do throws(CancellationError) { try await time.sleep(for: .seconds(1)) } catch {
                return
            }
        }
    }

    /// One round of everything that is due.
    package func tidy(report: @Sendable (any Explained) -> Void) async {
        newDiskLevel().map { report(DiskAlarm(level: $0)) }
        if takeDifference() { report(ReconciliationAlarm()) }
        for tree in [TreeKind.keys, .transport] {
            await attempt(report) { () async throws(ExchangeFault) in
                if try await self.isCheckpointDue(tree) { try await self.checkpoint(tree) }
            }
        }
        await attempt(report) { () async throws(Refusal) in
            if try await self.isQuorumLate() { report(QuorumAlarm()) }
        }
        await attempt(report) { () async throws(ExchangeFault) in
            if self.isListDue { try await self.publishLists() }
        }
        await attempt(report) { () async throws(ExchangeFault) in
            try await self.renewOwnKeys()
        }
        await attempt(report) { () async throws(Refusal) in try await self.expire() }
        await attempt(report) { () async throws(Refusal) in try await self.warnLate() }
        await attempt(report) { () async throws(Refusal) in try await self.letGo() }
        await attempt(report) { () async throws(ExchangeFault) in try await self.forgetEnded() }
    }

    private func attempt<Failure: Explained>(
        _ report: @Sendable (any Explained) -> Void,
        _ body: () async throws(Failure) -> Void
    ) async {
        do throws(Failure) { try await body() } catch { report(error) }
    }

    private func isCheckpointDue(_ kind: TreeKind) async throws(ExchangeFault) -> Bool {
        let origin = origin(kind)
        let (size, last) = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in
                (try log.openTree(kind)?.size ?? 0, try log.checkpoint(of: origin))
            }
        }
        let signed = last?.checkpoint.head.size ?? 0
        let age = last.map { time.now.since($0.signedAt) }
        return size > signed
            && (age.map { $0 >= settings.checkpointEvery } ?? true
                || CheckpointPace.isDue(kind, size: size, signedSize: signed, age: age))
    }

    /// Signs the head of a tree when leaves were added since the newest checkpoint.
    func checkpoint(_ kind: TreeKind) async throws(ExchangeFault) {
        let origin = origin(kind)
        let head = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) -> TreeHead? in
                guard let tree = try log.openTree(kind),
                    try log.checkpoint(of: origin)?.checkpoint.head.size != tree.size
                else { return nil }
                return try log.head(of: origin, size: tree.size)
            }
        }
        guard let head else { return }
        let checkpoint = try await wrap(ExchangeFault.keyStore) {
            () async throws(KeyStoreError) in
            try await identity.log.checkpoint(origin, head)
        }
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.save(checkpoint, signedAt: time.now)
        }
        for witness in view.policy?.witnesses ?? [] { witness.memberID.map(witnessFeed.notify) }
    }

    /// Copies never released whose message has expired: told to both sides by a signed statement.
    private func expire() async throws(Refusal) {
        let now = time.now
        let due = try await read { stored throws(StoreError) in
            try stored.expiring(before: now, limit: Limits.batchItems)
        }
        for copy in due {
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let (current, message) = try await read { stored throws(StoreError) in
                    (try stored.copy(copy.key, to: copy.to), try stored.message(copy.key))
                }
                guard let current, let message else { return .answer(()) }
                return ExpiryDecision(moment: moment).decide(current, of: message)
            }
            mailboxes.notify(copy.key.from)
            mailboxes.notify(copy.to)
        }
    }

    /// Copies that nobody fetches or acknowledges: their parties are told, each thing once.
    private func warnLate() async throws(Refusal) {
        let now = time.now
        let clocks = view.policy(at: now)?.clocks ?? PolicyClocks()
        let due = try await read { stored throws(StoreError) in
            try stored.watched(until: now, limit: Limits.batchItems)
        }
        var watches: [ExchangeUpkeep] = []
        for copy in due {
            let until = try await warn(copy, clocks)
            if let until { watches.append(.watch(copy.key, to: copy.to, at: until.time)) }
        }
        if !watches.isEmpty { try await keep(watches) }
    }

    /// When a copy is to be looked at again.
    private struct Watch: Sendable { let time: Timestamp? }

    /// - Returns: nil where its parties were told something.
    private func warn(
        _ copy: CopyRow,
        _ clocks: PolicyClocks
    ) async throws(Refusal) -> Watch? {
        let watch = try await settle { () async throws(Refusal) -> Decision<Watch?> in
            let (current, message) = try await read { stored throws(StoreError) in
                (try stored.copy(copy.key, to: copy.to), try stored.message(copy.key))
            }
            guard let current, let message else { return .answer(Watch(time: nil)) }
            let decision = DeadlineDecision(moment: moment, clocks: clocks)
            switch decision.decide(current, of: message) {
            case .wait(let until): return .answer(Watch(time: until))
            case .warn(let proposal): return .propose(proposal) { _ in nil }
            }
        }
        if watch == nil {
            mailboxes.notify(copy.key.from)
            mailboxes.notify(copy.to)
        }
        return watch
    }

    /// Bodies some time after their end; every hour old events, carried proofs, unclaimed chunks.
    private func letGo() async throws(Refusal) {
        let now = time.now
        let before = now.adding(.zero - settings.bodiesAfterEnd)
        let ended = try await read { stored throws(StoreError) in
            try stored.bodiesEnded(before: before, limit: Limits.batchItems)
        }
        for key in ended {
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let moment = moment
                let object = AuditObject.message(key.messageID)
                let facts = moment.facts(.bodyDeleted, by: .system, of: nil, on: object)
                let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                    (writes: [.deleteBody(key)], audit: [moment.entry(facts)])
                }
                return .propose(proposal) { _ in }
            }
        }
        guard isUpkeepDue() else { return }
        try await keep([
            .dropChunks(storedBefore: now.adding(.zero - Limits.unclaimedChunks)),
            .dropEvents(before: now.adding(.zero - Limits.eventsKept)),
            .dropProofs(before: now.adding(.zero - Limits.bodiesAfterEnd)),
        ])
        try await wrap({ Refusal(own: $0) }) { () async throws(ExchangeFault) in
            note(hasEndedYears: try await hasEndedYears())
        }
    }

    /// A little of the years that are over, in every round.
    private func forgetEnded() async throws(ExchangeFault) {
        guard mayForget else { return }
        for _ in 0..<Limits.forgettingSteps where try await !forgetSome() {
            return note(hasEndedYears: false)
        }
    }
}
