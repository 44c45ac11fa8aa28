import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// What is due by the clock alone, once a minute: the clock itself, messages that have lapsed,
// receipts whose proof did not come.
extension OrganisationGateway {
    func keepHouse() async throws(GatewayError) {
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in try await self.meetExchange() }
        await turns.take { () async throws(GatewayError) in try await self.measureClock() }
        await turns.take { () async throws(GatewayError) in try await self.lapseOverdue() }
        await turns.take { () async throws(GatewayError) in try await self.warnLate() }
        await turns.take { () async throws(GatewayError) in try await self.missProofs() }
        await turns.take { () async throws(GatewayError) in try await self.missQuorum() }
        await turns.take { () async throws(GatewayError) in try await self.renewKeys() }
        await turns.take { () async throws(GatewayError) in try await self.dropUnclaimed() }
        await turns.take { () async throws(GatewayError) in try await self.passOverdue() }
        await turns.take { () async throws(GatewayError) in try await self.warnOfExpiry() }
        await turns.take { () async throws(GatewayError) in try await self.refreshEntry() }
        await turns.take { () async throws(GatewayError) in try await self.destroySpentKeys() }
        try turns.end()
    }

    /// Chunks of messages that were refused or never sent.
    private func dropUnclaimed() async throws(GatewayError) {
        let before = time.now.adding(.zero - Limits.unclaimedChunksOfOffice)
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.dropChunks(storedBefore: before)
        }
    }

    /// The exchange's time against the middle of the call that asked for it.
    private func measureClock() async throws(GatewayError) {
        let asked = time.now
        let status = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.status()
        }
        let middle = asked.adding(time.now.since(asked) / 2)
        let offset = status.time.since(middle)
        let was = clockOffset
        noteClockOffset(offset)
        if !offset.magnitudeIsBelow(Limits.clockTolerance),
            was.magnitudeIsBelow(Limits.clockTolerance)
        {
            try await alarm("clockOff")
        }
    }

    /// A message whose time is over without the exchange's receipt is undelivered. A receipt that
    /// comes late still moves it: it proves itself.
    private func lapseOverdue() async throws(GatewayError) {
        let now = time.now
        // By the exchange's clock: an own one that is ahead must not give up what is still good.
        let common = now.adding(clockOffset)
        let overdue = try await read { stored throws(StoreError) in
            try stored.outbox(state: .queued, limit: .max).filter { $0.expiresAt <= common }
        }
        for row in overdue {
            let moves = row.moves(.lapse, isAccepted: false, at: now)
            guard !moves.isEmpty else { continue }
            var act = facts(.messageHeld, by: .system, on: .message(row.message))
            act.reason = AuditReason("expired")
            var passed = facts(.deadlinePassed, by: .system, on: .message(row.message))
            passed.reason = AuditReason("notAccepted")
            try await record(
                [act, passed],
                expects: [.outboxRevision(row.message, row.revision)],
                writes: moves
            )
        }
    }

    /// A receipt promises a leaf. Without its proof after the merge delay the promise is broken: it
    /// stays evidence, and people are told once.
    private func missProofs() async throws(GatewayError) {
        guard let policy = view.policies.last?.policy else { return }
        let until = time.now.adding(.zero - .seconds(policy.mergeDelaySeconds))
        let own = PartyID(member)
        let late = try await read { stored throws(StoreError) in
            try stored.unprovedReceipts(except: own, storedBefore: until, limit: Limits.pageItems)
        }
        for row in late {
            try await alarm("receiptWithoutLeaf", onceFor: row.statement.sha256.hex)
        }
    }

    /// A red alarm: an administrator sees it, and it is on record; of a `subject` once only, with
    /// what shows it.
    func alarm(
        _ reason: String,
        onceFor subject: String? = nil,
        keeping evidence: [UInt8]? = nil
    ) async throws(GatewayError) {
        var act = facts(.auditAlarm, by: .system, on: .tree(accessOrigin))
        act.outcome = .seriousFailure
        act.reason = AuditReason(reason)
        guard let subject else { return try await record([act]) }
        let name = SettingName(rawValue: "\(reason).\(subject)")
        try await record([act], onceAs: name, keeping: evidence)
    }

    /// Commits an act that is to be on record once only, with the name under which that is known.
    func record(
        _ acts: [AuditFacts],
        onceAs name: SettingName,
        keeping value: [UInt8]? = nil
    ) async throws(GatewayError) {
        let known = try await read { stored throws(StoreError) in try stored.setting(name) }
        guard known == nil else { return }
        try await record(acts, writes: [.setting(name, value ?? time.now.description.bytes)])
    }
}

extension OutboxRow {
    /// Where a copy stands in the table of a sender's copies; it is accepted where the exchange's
    /// receipt is here.
    func sentState(of copy: OutboxCopy, isAccepted: Bool) -> SentMachine.State {
        switch copy.state {
        case .draft: .draft
        case .queued:
            if blockedFor != nil {
                wasAttempted ? .stopped : .blocked
            } else if wasAttempted {
                .attempted
            } else {
                isSealed ? .sealed : .held
            }
        case .accepted, .released: .accepted
        case .delivered: .delivered
        case .opened: .opened
        case .confirmed: .confirmed
        case .replied: .replied
        case .refused: .refused
        case .expired: .expired
        case .undeliverable: isAccepted ? .undeliverable : .lapsed
        case .withdrawn: .withdrawn
        }
    }

    /// The new states of all copies that an event moves to another word.
    func moves(
        _ event: SentMachine.Event,
        isAccepted: Bool,
        at now: Timestamp
    ) -> [GatewayWrite] {
        copies.compactMap { copy in
            let state = sentState(of: copy, isAccepted: isAccepted)
            guard let next = SentMachine.step(state, event).next?.shown, next != copy.state
            else { return nil }
            return .moveOutbox(message, to: copy.to, next, at: now)
        }
    }
}

extension SentMachine.Event {
    /// What a statement about a copy says to its sender.
    init?(_ statement: SignedStatement) {
        switch statement.type {
        case .accepted: self = .accepted
        case .delivered: self = .delivered
        case .refused: self = .refused
        case .opened: self = .opened
        case .confirmed: self = .confirmed
        case .expired: self = .expired
        case .undeliverable: self = .undeliverable
        case .withdrawalAnswer:
            switch statement.withdrawalOutcome {
            case .neverReleased, .neverOpened: self = .takenBack
            case .released, .alreadyOpened: self = .notTakenBack
            case nil: return nil
            }
        case .submission, .withdrawal, .rotation, .revocation, .membership, .directoryEntry,
            .policy, .reconciliation, .backup:
            return nil
        }
    }
}
