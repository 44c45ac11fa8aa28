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
        let cursor = try await read { stored throws(StoreError) in try stored.cursor(.events) }
        let events: [WireEvent]
        do {
            events = try await exchange.events(
                PageQuery(after: cursor, waitSeconds: waitSeconds)
            )
        } catch .refused(let refusal) where refusal.reason == .cursorGone {
            return try await rebuildFromDeliveries()
        } catch {
            throw .exchange(error)
        }
        var position = cursor
        for event in events {
            try await apply(event, after: position)
            position = event.cursor
        }
    }

    /// Applies one event; its cursor moves in the same transaction.
    private func apply(_ event: WireEvent, after cursor: Int64) async throws(GatewayError) {
        let moved = GatewayUpkeep.cursor(.events, event.cursor)
        switch event.body {
        case .statement(let statement):
            try await applyStatement(statement, moved, after: cursor)
        case .proofs(let from, let bytes):
            try await applyProofs(bytes, from: from)
            try await keep([moved])
        case .notice: try await keep([moved])
        }
    }

    private func applyStatement(
        _ wire: WireStatement,
        _ moved: GatewayUpkeep,
        after cursor: Int64
    ) async throws(GatewayError) {
        let statement: SignedStatement
        do throws(StatementRefusal) {
            statement = try SignedStatement(reading: wire.bytes)
        } catch {
            return try await rejectEvent(wire, error.code, moved)
        }
        guard let key = statement.messageKey, let recipient = copyRecipient(of: statement) else {
            return try await rejectEvent(wire, "malformed", moved)
        }
        try await apply(statement, wire, key, recipient, moved)
    }

    private func rejectEvent(
        _ wire: WireStatement,
        _ code: String,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        try await reject(wire.bytes, code)
        try await keep([moved])
    }

    private func copyRecipient(of statement: SignedStatement) -> MemberID? {
        statement.issuer.member
            ?? statement.json["to"]?.string.flatMap(MemberID.init(_:))
    }

    /// A receipt about a copy: of an own message, or an *expired* about one addressed to us.
    private func apply(
        _ statement: SignedStatement,
        _ wire: WireStatement,
        _ key: MessageKey,
        _ recipient: MemberID,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        let slot = StatementSlot.copy(statement.type, key, recipient)
        let known = try await read { stored throws(StoreError) in
            (
                row: try stored.outbox(key.messageID),
                bytes: try stored.outboxBytes(of: key.messageID),
                stored: try stored.receipt(in: slot),
                receipts: try stored.receipts(of: key)
            )
        }
        guard known.stored == nil, key.from == member, let row = known.row,
            let bytes = known.bytes
        else { return try await keep([moved]) }
        do throws(StatementRefusal) {
            var chain = try chain(of: key, to: recipient, bytes.routing, bytes.submission)
            for receipt in known.receipts where receipt.statement.concerns(recipient) {
                chain.append(receipt.statement.type, receipt.statement.sha256)
            }
            if chain.accepted != nil { _ = try chain.verify(statement, in: view) }
        } catch {
            return try await rejectEvent(wire, error.code, moved)
        }
        if !known.receipts.contains(where: { $0.statement.type == .accepted }) {
            // The answer to the submission was lost; the receipt is at the exchange.
            try await fetchAccepted(key.messageID, bytes)
            return try await apply(statement, wire, key, recipient, moved)
        }
        let disclosure = try await openedDisclosure(wire, of: statement)
        let now = time.now
        var act = facts(
            .receiptReceived,
            by: .member,
            on: .statement(statement.sha256, of: key.messageID),
            peer: recipient
        )
        act.statementSha256 = statement.sha256
        var writes: [GatewayWrite] = [
            .receipt(
                StatementRow(statement, slot: slot, storedAt: now),
                disclosure: disclosure
            ),
            .upkeep(moved),
        ]
        let copy = row.copies.first { $0.to == recipient }
        if let copy, let next = Self.state(after: statement.type),
            next.isEnd || next.rank > copy.state.rank
        {
            writes.append(.moveOutbox(row.message, to: recipient, next, at: now))
        }
        if statement.type == .delivered {
            writes.append(.met(row.message, recipient, .delivered, at: now))
        }
        try await record(
            [act],
            expects: [.statementUnknown(slot)],
            writes: writes
        )
    }

    private static func state(after type: StatementType) -> DeliveryState? {
        switch type {
        case .delivered: .delivered
        case .refused: .refused
        case .opened: .opened
        case .confirmed: .confirmed
        case .expired: .expired
        case .undeliverable: .undeliverable
        case .submission, .accepted, .revocation, .membership, .directoryEntry, .policy: nil
        }
    }

    private func fetchAccepted(
        _ message: MessageID,
        _ bytes: OutboxBytes
    ) async throws(GatewayError) {
        let wire = WireMessage(
            routing: bytes.routing,
            submission: bytes.submission,
            sealed: bytes.sealed
        )
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.submit([wire])
        }
        guard let receipt = results.first?.receipt else { throw .exchange(.badAnswer) }
        try await keepAccepted(receipt, message, bytes)
    }

    /// The names behind a receipt's commitments, sealed to this organisation by its maker. One that
    /// does not open says nothing about the receipt, which stands by itself.
    private func openedDisclosure(
        _ wire: WireStatement,
        of statement: SignedStatement
    ) async throws(GatewayError) -> SealedColumn? {
        guard let sealed = wire.disclosure,
            let named = statement.json["disclosureSha256"]?.string.flatMap(Digest.init(hex:))
        else { return nil }
        guard let disclosure = await opened(sealed, named) else { return nil }
        return try await vault.seal(
            disclosure.json.canonicalBytes,
            .disclosure(statement.sha256)
        )
    }

    private func opened(_ sealed: [UInt8], _ named: Digest) async -> Disclosure? {
        for key in keyStore.handles() where key.use == .encryption {
            do throws(SealedRefusal) {
                return try await Disclosure.open(
                    sealed,
                    named: named,
                    with: key,
                    in: keyStore
                )
            } catch {
                // Sealed to another of our keys, or to nobody here.
                continue
            }
        }
        return nil
    }

    /// After a gap of more than the exchange keeps: the state of every own message, asked anew.
    private func rebuildFromDeliveries() async throws(GatewayError) {
        let copies = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.deliveries(DeliveryQuery(messageID: nil))
        }
        for copy in copies {
            for digest in copy.statements {
                let bytes = try await wrap(GatewayError.exchange) {
                    () async throws(ExchangeError) in
                    try await exchange.statement(digest)
                }
                let cursor = try await read { stored throws(StoreError) in
                    try stored.cursor(.events)
                }
                try await applyStatement(
                    WireStatement(bytes: bytes),
                    .cursor(.events, cursor),
                    after: cursor
                )
            }
        }
    }
}

extension SignedStatement {
    /// The message a receipt names, before it is believed.
    var messageKey: MessageKey? {
        guard let from = json["from"]?.string.flatMap(MemberID.init(_:)),
            let id = json["messageId"]?.string.flatMap(MessageID.init(_:))
        else { return nil }
        return MessageKey(from: from, messageID: id)
    }
}

extension StatementRow {
    /// Whether a statement is about this copy, or about all copies of its message.
    func concerns(_ recipient: MemberID) -> Bool {
        slot.recipient == nil || slot.recipient == recipient
    }
}
