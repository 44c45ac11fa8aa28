import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Storage

// What the exchange tells: receipts of own messages, proofs, the end of copies. Commit 7.
extension OrganisationGateway {
    func takeEvents(waitSeconds: Int) async throws(GatewayError) {
        try await meetExchange()
        let cursor = try await read { stored throws(StoreError) in try stored.cursor(.events) }
        let events: [WireEvent]
        do {
            events = try await exchange.events(
                PageQuery(after: cursor, waitSeconds: waitSeconds)
            )
        } catch .refused(let refusal) where refusal.reason == .cursorGone {
            return try await rebuildFromDeliveries(refusal)
        } catch {
            throw .exchange(error)
        }
        // What is no longer trusted is known before anything of the same page is believed.
        let hasNews = events.contains { if case .notice = $0.body { true } else { false } }
        if hasNews { try await hearNews() }
        var position = cursor
        for event in events {
            guard event.cursor > position else { throw .exchange(.badAnswer) }
            try await apply(event)
            position = event.cursor
        }
    }

    /// Of a fork people are told; receipts go on, judged by the last good directory.
    func hearNews() async throws(GatewayError) {
        do throws(GatewayError) { _ = try await syncDirectory(waitSeconds: 0) } catch {
            guard case .directoryForked = error else { throw error }
        }
    }

    /// Applies one event; its cursor moves in the same transaction.
    private func apply(_ event: WireEvent) async throws(GatewayError) {
        let moved = GatewayUpkeep.cursor(.events, event.cursor)
        switch event.body {
        case .statement(let wire): try await apply(wire, moved)
        case .proofs(let from, let bytes):
            try await applyProofs(bytes, from: from)
            try await keep([moved])
        case .reconciliation(let statement):
            try await hear(day: statement, at: event.at, moved)
        case .notice(let notice): try await apply(notice, moved)
        }
    }

    /// A receipt about a copy of an own message. One that does not hold, or comes before its turn,
    /// changes nothing and is on record.
    private func apply(
        _ wire: WireStatement,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        let statement: SignedStatement
        do throws(StatementRefusal) {
            statement = try SignedStatement(reading: wire.bytes)
        } catch {
            return try await reject(wire.bytes, error.code, [.upkeep(moved)])
        }
        guard let key = statement.messageKey else {
            return try await reject(wire.bytes, "malformed", [.upkeep(moved)])
        }
        guard key.from == member else { return try await applyReceived(statement, key, moved) }
        // Our own withdrawal, told when deliveries are read anew.
        guard statement.type != .withdrawal else { return try await keep([moved]) }
        guard let event = SentMachine.Event(statement) else {
            return try await reject(wire.bytes, "malformed", [.upkeep(moved)])
        }
        guard let bytes = try await outboxBytes(of: key) else {
            return try await keep([moved])
        }
        try await meetSigner(of: statement)
        guard statement.type != .accepted else {
            try await keepAccepted(statement, key.messageID, bytes)
            return try await keep([moved])
        }
        guard let recipient = statement.copyRecipient else {
            return try await reject(wire.bytes, "malformed", [.upkeep(moved)])
        }
        try await fetchAccepted(key, bytes)
        let receipt = Told(
            statement: statement,
            event: event,
            key: key,
            recipient: recipient,
            disclosure: try await openedDisclosure(wire, of: statement)
        )
        try await settle { () async throws(GatewayError) in
            try await applying(receipt, bytes, moved)
        }
        guard event == .refused else { return }
        let message = key.messageID
        let row = try await read { stored throws(StoreError) in try stored.outbox(message) }
        if let row { try await followKeys(of: row) }
    }

    /// A receipt as it was told, not yet believed.
    private struct Told {
        let statement: SignedStatement
        let event: SentMachine.Event
        let key: MessageKey
        let recipient: MemberID
        let disclosure: SealedColumn?

        var slot: StatementSlot {
            statement.type == .withdrawalAnswer
                ? .answer(key, recipient, by: statement.issuer)
                : .copy(statement.type, key, recipient)
        }
    }

    private func applying(
        _ told: Told,
        _ bytes: OutboxBytes,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) -> GatewayDecision<Void> {
        let known = try await read { stored throws(StoreError) in
            (
                row: try stored.outbox(told.key.messageID),
                receipts: try stored.receipts(of: told.key).map(\.statement)
            )
        }
        guard let row = known.row, !known.receipts.contains(where: { $0.slot == told.slot }) else {
            try await keep([moved])
            return .answer(())
        }
        let refused = refusal(of: told, row, known.receipts, bytes)
        if refused != nil, isUnchecked(told.statement) {
            try await noteKeyChange(of: told.recipient)
            try await keep([moved])
            return .answer(())
        }
        if let refused {
            try await reject(told.statement.bytes, refused, [.upkeep(moved)])
            return .answer(())
        }
        let now = time.now
        let message = row.message
        var act = facts(
            .receiptReceived,
            by: .member,
            on: .statement(told.statement.sha256, of: message),
            peer: told.recipient
        )
        act.statementSha256 = told.statement.sha256
        let stored = StatementRow(told.statement, slot: told.slot, storedAt: now)
        var writes: [GatewayWrite] = [
            .receipt(stored, disclosure: told.disclosure), .upkeep(moved),
        ]
        writes += row.moves(told.event, isAccepted: true, at: now).filter {
            if case .moveOutbox(_, told.recipient, _, _) = $0 { true } else { false }
        }
        if told.statement.type == .delivered {
            writes.append(
                .met(ExpectationName(told.key, told.recipient, .delivered), at: now)
            )
        }
        writes += answered(told.statement, known.receipts).map { .upkeep(.exchanged($0)) }
        let finished = writes
        return .propose(
            proposal(
                expects: [.outboxRevision(message, row.revision), .statementUnknown(told.slot)],
                acts: [act] + passed(told)
            ) { _ in finished }
        ) { _ in }
    }

    /// The deadline that an *expired* ends.
    private func passed(_ told: Told) -> [AuditFacts] {
        guard told.statement.type == .expired else { return [] }
        var passed = facts(
            .deadlinePassed,
            by: .system,
            on: .message(told.key.messageID),
            peer: told.recipient
        )
        passed.reason = AuditReason("expired")
        return [passed]
    }

    /// Why a receipt is not believed; nil where it holds and its turn has come.
    private func refusal(
        of told: Told,
        _ row: OutboxRow,
        _ receipts: [StatementRow],
        _ bytes: OutboxBytes
    ) -> String? {
        do throws(StatementRefusal) {
            var chain = try chain(of: told.key, to: told.recipient, bytes.routing, bytes.submission)
            for receipt in receipts where receipt.concerns(told.recipient) {
                chain.append(receipt.type, receipt.sha256)
            }
            _ = try chain.verify(told.statement, in: view)
        } catch { return error.code }
        guard let copy = row.copies.first(where: { $0.to == told.recipient }) else {
            return "wrongSigner"
        }
        let state = row.sentState(of: copy, isAccepted: true)
        guard case .refuses(let refusal) = SentMachine.step(state, told.event) else { return nil }
        return refusal.code
    }

    private func outboxBytes(of key: MessageKey) async throws(GatewayError) -> OutboxBytes? {
        try await read { stored throws(StoreError) in try stored.outboxBytes(of: key.messageID) }
    }

    /// Where the answer to the submission was lost, the exchange still has its receipt.
    private func fetchAccepted(
        _ key: MessageKey,
        _ bytes: OutboxBytes
    ) async throws(GatewayError) {
        let known = try await read { stored throws(StoreError) in
            try stored.receipt(in: .message(.accepted, key))
        }
        guard known == nil else { return }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.submit([WireMessage(bytes)])
        }
        guard let receipt = results.first?.receipt else { throw .exchange(.badAnswer) }
        try await keepAccepted(receipt, key.messageID, bytes)
    }

    /// The names behind a receipt's commitments, sealed to this organisation by its maker. One that
    /// does not open says nothing about the receipt, which stands by itself; nor does one that
    /// opens other commitments, but that is on record.
    private func openedDisclosure(
        _ wire: WireStatement,
        of statement: SignedStatement
    ) async throws(GatewayError) -> SealedColumn? {
        guard let sealed = wire.disclosure,
            let named = statement.json["disclosureSha256"]?.string.flatMap(Digest.init(hex:))
        else { return nil }
        let keyStore = keyStore
        let opened = await openedByAnyKey { key throws(SealedRefusal) in
            try await Disclosure.open(sealed, named: named, with: key, in: keyStore)
        }
        guard let disclosure = opened else { return nil }
        do throws(SealedRefusal) {
            guard let (head, commitments) = statement.disclosed else { return nil }
            try disclosure.belongs(to: head, with: commitments)
        } catch {
            try await reject(wire.bytes, error.code)
            return nil
        }
        return try await vault.seal(
            disclosure.json.canonicalBytes,
            .disclosure(statement.sha256),
            of: nil
        )
    }

    /// After a gap of more than the exchange keeps: every receipt of the own messages is applied
    /// anew, and events go on from there. Those known already change nothing.
    private func rebuildFromDeliveries(_ gone: Refusal) async throws(GatewayError) {
        guard let dropped = gone.droppedCursor else { throw .exchange(.badAnswer) }
        try await applyDeliveries()
        let cursor = try await read { stored throws(StoreError) in try stored.cursor(.events) }
        try await keep([.cursor(.events, max(cursor, dropped))])
    }

    /// Every receipt of the own messages that the exchange has; those known change nothing.
    func applyDeliveries() async throws(GatewayError) {
        let cursor = try await read { stored throws(StoreError) in try stored.cursor(.events) }
        var after: Int64 = 0
        while true {
            let copies = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                try await exchange.deliveries(DeliveryQuery(messageID: nil, after: after))
            }
            guard let last = copies.last else { break }
            guard last.place > after else { throw .exchange(.badAnswer) }
            after = last.place
            for digest in copies.flatMap(\.statements) {
                let bytes = try await wrap(GatewayError.exchange) {
                    () async throws(ExchangeError) in
                    try await exchange.statement(digest)
                }
                try await apply(WireStatement(bytes: bytes), .cursor(.events, cursor))
            }
        }
    }
}

extension SignedStatement {
    /// Whose copy a receipt is about: its recipient speaks, or the exchange names it.
    var copyRecipient: MemberID? {
        issuer.member ?? json["to"]?.string.flatMap(MemberID.init(_:))
    }
}

extension SignedStatement {
    /// What a disclosure beside this receipt must open; nil where nothing is disclosed.
    fileprivate var disclosed: (head: ReceiptHead, commitments: ActorCommitments?)? {
        do throws(StatementRefusal) {
            switch type {
            case .opened:
                let body = try body(as: OpenedStatement.self)
                return (body.head, body.commitments)
            case .confirmed:
                let body = try body(as: ConfirmedStatement.self)
                return (body.head, body.commitments)
            case .refused: return (try body(as: RefusedStatement.self).head, nil)
            default: return nil
            }
        } catch { return nil }
    }
}

extension StatementRow {
    /// Whether a statement is about this copy, or about all copies of its message.
    func concerns(_ recipient: MemberID) -> Bool {
        slot.recipient == nil || slot.recipient == recipient
    }
}
