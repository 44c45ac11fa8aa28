import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// 日次照合: every morning this organisation tells each peer, signed, which messages of a day went
// between the two, and compares what the peer tells. What is missing on either side is found the
// next morning, also where one of them was put back to an older copy of its store.
extension OrganisationGateway {
    /// Tells and compares the days that are over. Of a peer with whom something of the day is still
    /// open nothing is said: what is said is final, so that nothing under way looks like a loss.
    func reconcileDays() async throws(GatewayError) {
        let (now, uptime) = (time.now.adding(clockOffset), time.uptime)
        guard isClockMeasured, clockOffset.magnitudeIsBelow(Limits.clockTolerance),
            withReconciliation({ $0.isDue(at: now, uptime) })
        else { return }
        let last = ReconciliationClock.lastDay(at: now)
        do throws(GatewayError) { try await reconcile(until: last) } catch {
            withReconciliation { $0.again() }
            throw error
        }
    }

    private func reconcile(until last: Day) async throws(GatewayError) {
        let oldest = last.adding(days: 1 - Limits.reconciledDays)
        let first = max(try await firstReconciledDay(), oldest)
        guard first <= last else { return }
        let rows = try await read { stored throws(StoreError) in
            try stored.waitingDays(first...last)
        }
        guard !rows.isEmpty else { return }
        let open = try await openPeers()
        var rest = rows.filter { !open.contains($0.day, $0.peer) }[...]
        while !rest.isEmpty {
            let batch = try await known(of: rest.prefix(Limits.batchItems))
            rest = rest.dropFirst(batch.count)
            try await conclude(try await tell(batch))
        }
        try await keep([.dropReconciled(before: first.adding(days: -1))])
    }

    /// The same days with the messages that this organisation knows of them.
    func known(
        of rows: some Sequence<ReconciliationRow> & Sendable
    ) async throws(GatewayError) -> [ReconciledDay] {
        try await read { stored throws(StoreError) in
            var days: [ReconciledDay] = []
            for row in rows {
                days.append(
                    ReconciledDay(row, try stored.exchanged(on: row.day, with: row.peer))
                )
            }
            return days
        }
    }

    /// - Returns: the days of which the peer has been told what is known now.
    private func tell(_ days: [ReconciledDay]) async throws(GatewayError) -> [ReconciledDay] {
        let signer = try statementSigner()
        var wires: [WireStatement] = []
        var places: [Int] = []
        var days = days
        for place in days.indices {
            let body = days[place].statement(by: member)
            let content = SHA256.hash(body.content)
            guard days[place].row.told != content else { continue }
            let statement = try await wrap(GatewayError.keyStore) {
                () async throws(KeyStoreError) in
                try await signer.sign(body, at: time.now)
            }
            days[place].row.told = content
            wires.append(WireStatement(bytes: statement.bytes))
            places.append(place)
        }
        guard !wires.isEmpty else { return days }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.acknowledge(wires)
        }
        guard results.count == wires.count else { throw .exchange(.badAnswer) }
        // What the exchange will never take, of a peer that has left or of an older exchange, is
        // not offered again.
        let untold = zip(places, results).filter { $1.refusal?.isTemporary == true }.map(\.0)
        return days.indices.filter { !untold.contains($0) }.map { days[$0] }
    }

    /// Stores what was said of each day, unless the peer has spoken again meanwhile; a difference
    /// is on record, with the peer's statement.
    private func conclude(_ days: [ReconciledDay]) async throws(GatewayError) {
        try await dayChanges.alone { () async throws(GatewayError) in
            let known = try await read { stored throws(StoreError) in
                try days.map(\.row).map { row throws(StoreError) in
                    (
                        heard: try stored.reconciliation(of: row.day, with: row.peer)?.heard,
                        alarm: try stored.setting(.difference(of: row))
                    )
                }
            }
            var agreed: [GatewayUpkeep] = []
            for (day, known) in zip(days, known) where known.heard == day.row.heard {
                let row = day.concluded
                guard row.outcome == .differs, known.alarm == nil else {
                    agreed.append(.reconciliation(row))
                    continue
                }
                var act = facts(.auditAlarm, by: .system, on: .tree(accessOrigin), peer: row.peer)
                act.outcome = .seriousFailure
                act.reason = AuditReason("reconciliationDiffers")
                let evidence = GatewayWrite.setting(.difference(of: row), row.heard ?? [])
                try await record([act], writes: [evidence, .upkeep(.reconciliation(row))])
            }
            if !agreed.isEmpty { try await keep(agreed) }
        }
    }

    // MARK: What is known of a day

    /// Before it nothing is known: this organisation has joined, or learnt to compare, the day
    /// before.
    private func firstReconciledDay() async throws(GatewayError) -> Day {
        let stored = try await read { stored throws(StoreError) in
            try stored.setting(.reconcilesSince)
        }
        if let day = stored.flatMap({ Day(String(decoding: $0, as: UTF8.self)) }) { return day }
        let day = time.now.adding(clockOffset).dayInJapan.adding(days: 1)
        try await keep([.setting(.reconcilesSince, day.description.bytes)])
        return day
    }

    /// With whom something is under way that may be of a day that is over.
    private func openPeers() async throws(GatewayError) -> OpenPeers {
        try await read { stored throws(StoreError) in
            var open = OpenPeers()
            for state in [DeliveryState.queued, .accepted, .released] {
                for row in try stored.outbox(state: state, limit: .max)
                where state != .queued || row.wasAttempted && row.blockedFor == nil {
                    for copy in row.copies where copy.state == state {
                        open.add(copy.to, since: row.createdAt)
                    }
                }
            }
            for row in try stored.heldInbox() { open.add(row.key.from, since: nil) }
            for statement in try stored.unsentStatements(limit: .max)
            where statement.type == .delivered || statement.type == .refused {
                if let from = statement.slot.message?.from { open.add(from, since: nil) }
            }
            return open
        }
    }

    /// A received message whose answer the exchange has taken, now or another time.
    func answered(
        by row: StatementRow,
        _ refusal: ExchangeAPI.Refusal?
    ) async throws(GatewayError) -> [ExchangedRow] {
        guard row.type == .delivered || row.type == .refused, let key = row.slot.message,
            refusal == nil || refusal?.reason == .statementConflict
        else { return [] }
        let accepted = try await read { stored throws(StoreError) -> [UInt8]? in
            let receipt = try stored.receipt(in: .message(.accepted, key))
            // Of what was refused it stands beside the bytes alone.
            guard let receipt else { return try stored.inboxBytes(of: key)?.accepted }
            return receipt.statement.bytes
        }
        guard let day = accepted.flatMap(Self.acceptedDay) else { return [] }
        return [
            ExchangedRow(day: day, peer: key.from, direction: .received, message: key.messageID)
        ]
    }

    /// An own message of which a peer says that it has it or refuses it.
    func answered(_ statement: SignedStatement, _ known: [StatementRow]) -> [ExchangedRow] {
        guard statement.type == .delivered || statement.type == .refused,
            let key = statement.messageKey, let peer = statement.issuer.member,
            let accepted = known.first(where: { $0.type == .accepted }),
            let day = Self.acceptedDay(accepted.bytes)
        else { return [] }
        return [ExchangedRow(day: day, peer: peer, direction: .sent, message: key.messageID)]
    }

    private static func acceptedDay(_ receipt: [UInt8]) -> Day? {
        do throws(StatementRefusal) {
            let body = try SignedStatement(reading: receipt).body(as: AcceptedStatement.self)
            return body.head.at.dayInJapan
        } catch { return nil }
    }

    // MARK: What a peer says

    /// Keeps what a peer says of a day until it is compared. One that does not hold is on record.
    func hear(
        day bytes: [UInt8],
        at told: Timestamp,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        let (peer, body): (MemberID, ReconciliationStatement)
        do throws(StatementRefusal) {
            let statement = try SignedStatement(reading: bytes)
            body = try statement.body()
            guard body.peer == member, let issuer = statement.issuer.member else {
                throw .wrongSigner
            }
            peer = issuer
            _ = try view.verify(statement, at: min(told, time.now))
        } catch { return try await reject(bytes, error.code, [.upkeep(moved)]) }
        let today = time.now.adding(clockOffset).dayInJapan
        let oldest = today.adding(days: -Limits.reconciledDays)
        guard body.day < today, body.day >= max(oldest, try await firstReconciledDay()) else {
            return try await keep([moved])
        }
        try await dayChanges.alone { () async throws(GatewayError) in
            let stored = try await read { stored throws(StoreError) in
                try stored.reconciliation(of: body.day, with: peer)
            }
            var row = stored ?? ReconciliationRow(day: body.day, peer: peer)
            guard ReconciledDay(row, []).heard != body else { return try await keep([moved]) }
            row.heard = bytes
            row.outcome = nil
            try await keep([.reconciliation(row), moved])
            withReconciliation { $0.hasHeard = true }
        }
    }
}

extension SettingName {
    /// That the alarm of a day was given, with the peer's statement.
    fileprivate static func difference(of row: ReconciliationRow) -> SettingName {
        SettingName(rawValue: "reconciliationDiffers.\(row.day).\(row.peer)")
    }

    /// The first day of which all that was exchanged is known.
    fileprivate static let reconcilesSince = SettingName(rawValue: "reconcilesSince")
}
