import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// Carrying sealed messages to the exchange and keeping its receipts: commit 4.
extension OrganisationGateway {
    /// Offers everything that is sealed, stored bytes only. What needs no upload goes first.
    func submitSealed(_ report: Report) async throws(GatewayError) {
        let limit = scanItems
        let rows = try await read { stored throws(StoreError) in
            try stored.sealedOutbox(limit: limit)
        }
        var batch: [Item] = []
        var uploads: [OutboxRow] = []
        for row in rows {
            try await alone(row.message, report) { () async throws(GatewayError) in
                guard let item = try await attempted(row) else { return }
                if item.chunks.isEmpty { batch.append(item) } else { uploads.append(row) }
            }
            guard batch.reduce(0, { $0 + $1.bytes.sealed.count }) > Limits.batchBytes / 2 else {
                continue
            }
            try await submit(batch, report)
            batch = []
        }
        if !batch.isEmpty { try await submit(batch, report) }
        for row in uploads {
            try await alone(row.message, report) { () async throws(GatewayError) in
                try await upload(row, report)
            }
        }
    }

    private struct Item {
        let row: OutboxRow
        let bytes: OutboxBytes
        let chunks: [Digest]
    }

    private func item(_ row: OutboxRow) async throws(GatewayError) -> Item? {
        let key = MessageKey(from: member, messageID: row.message)
        return try await read { stored throws(StoreError) in
            guard let bytes = try stored.outboxBytes(of: key.messageID) else { return nil }
            return Item(row: row, bytes: bytes, chunks: try stored.chunks(of: key))
        }
    }

    /// - Throws: where nobody answered for the batch as a whole. What is said of one message is
    ///   that message's own.
    private func submit(_ batch: [Item], _ report: Report) async throws(GatewayError) {
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.submit(batch.map { WireMessage($0.bytes) })
        }
        guard results.count == batch.count else { throw .exchange(.badAnswer) }
        for (item, result) in zip(batch, results) {
            try await alone(item.row.message, report) { () async throws(GatewayError) in
                try await take(result, for: item)
            }
        }
    }

    private func take(_ result: ItemResult, for item: Item) async throws(GatewayError) {
        // Where chunks are missing, the next round asks for each of them again.
        noteProgress(nil, item.row.message)
        if let refusal = result.refusal {
            try await stop(item.row.message, refusal)
        } else if let receipt = result.receipt {
            try await keepAccepted(receipt, item.row.message, item.bytes)
            endPause(of: item.row.message)
        } else {
            throw .exchange(.badAnswer)
        }
    }

    /// Uploads the chunks that have not arrived, and then the message. What keeps this one back, a
    /// line that is too slow or a disk that does not give a chunk, lets the others pass.
    private func upload(_ row: OutboxRow, _ report: Report) async throws(GatewayError) {
        guard let item = try await item(row) else { return }
        do throws(GatewayError) {
            guard try await bringChunks(of: item) else { return bell.ring() }
        } catch {
            if case .exchange(.refused(let refusal)) = error {
                return try await stop(row.message, refusal)
            }
            pause(row.message, after: error)
            return report(error)
        }
        try await submit([item], report)
    }

    /// A long upload is left at times, so that what was sent meanwhile can pass; the next round
    /// goes on with it.
    ///
    /// - Returns: whether all chunks have arrived.
    private func bringChunks(of item: Item) async throws(GatewayError) -> Bool {
        let message = item.row.message
        let (known, total) = (progress(of: message)?.done ?? 0, item.chunks.count)
        let end = time.uptime + Limits.chunkTurn
        for (index, chunk) in item.chunks.enumerated().dropFirst(known) {
            noteProgress(Progress(done: index, of: total), message)
            let hasArrived = try await wrap(GatewayError.exchange) {
                () async throws(ExchangeError) in
                try await exchange.hasChunk(chunk)
            }
            guard !hasArrived else { continue }
            guard time.uptime < end else { return false }
            let sealed = try await wrap(GatewayError.store) { () async throws(StoreError) in
                try await store.chunk(chunk)
            }
            guard let sealed else { throw .store(.damaged) }
            try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                try await exchange.putChunk(chunk, sealed)
            }
        }
        noteProgress(Progress(done: total, of: total), message)
        return true
    }

    /// Marks the first attempt.
    ///
    /// - Returns: nil where the message shall not leave now.
    private func attempted(_ row: OutboxRow) async throws(GatewayError) -> Item? {
        if !row.wasAttempted {
            guard try await attempt(row) else { return nil }
        }
        return try await item(row)
    }

    /// Before anything leaves for the first time it is asked once more whether it may: a consent
    /// that was withdrawn after the sealing still holds it (C-8).
    private func attempt(_ row: OutboxRow) async throws(GatewayError) -> Bool {
        let sheet = try await draftedSheet(row)
        let grant: Grant
        do throws(GatewayError) {
            grant = try await permit(sheet, until: row.expiresAt, among: row.waiting)
        } catch {
            try await block(row, sheet, error)
            return false
        }
        let act = facts(.messageSent, by: .system, on: .message(row.message))
        do {
            try await record(
                [act],
                expects: [.outboxRevision(row.message, row.revision)] + grant.expects,
                writes: [.attempted(row.message)]
            )
        } catch .store(.conflict) {
            // Cancelled or changed meanwhile: the next round sees what is left to do.
            return false
        }
        return true
    }

    /// A refusal that a repeat cannot mend stops the message until a person decides.
    ///
    /// - Throws: any other one: the same bytes are offered again, later.
    private func stop(
        _ message: MessageID,
        _ refusal: ExchangeAPI.Refusal
    ) async throws(GatewayError) {
        guard !refusal.isTemporary else { throw .exchange(.refused(refusal)) }
        let row = try await self.row(of: message)
        if try await wishedBack(message) != nil {
            // Nobody has it, and nobody is to get it.
            let agent = try await draftBundle(row).agent
            let now = time.now
            var act = facts(.messageCancelled, by: agent, on: .message(message))
            act.patient = try await patient(ofSent: row)
            return try await record(
                [act],
                expects: [.outboxRevision(message, row.revision)],
                writes: row.copies.map { .moveOutbox(message, to: $0.to, .withdrawn, at: now) }
            )
        }
        let gone = try await unreachable(row, refusal)
        guard gone.isEmpty || row.waiting.isSubset(of: gone) else {
            let reason = ReasonCode(rawValue: refusal.code)
            return try await reseal(row, leavingOut: gone, because: reason)
        }
        var act = facts(.messageHeld, by: .system, on: .message(message))
        act.reason = AuditReason(refusal.code)
        try await record(
            [act],
            expects: [.outboxRevision(message, row.revision)],
            writes: [.block(message, ReasonCode(rawValue: refusal.code))]
        )
    }

    /// Verifies the exchange's receipt and moves the copies by it, whichever way it came.
    ///
    /// - Throws: `badAnswer` where it does not hold; that is on record.
    func keepAccepted(
        _ receipt: [UInt8],
        _ message: MessageID,
        _ bytes: OutboxBytes
    ) async throws(GatewayError) {
        let statement: SignedStatement
        do throws(StatementRefusal) { statement = try SignedStatement(reading: receipt) } catch {
            try await reject(receipt, error.code)
            throw .exchange(.badAnswer)
        }
        try await keepAccepted(statement, message, bytes)
    }

    func keepAccepted(
        _ statement: SignedStatement,
        _ message: MessageID,
        _ bytes: OutboxBytes
    ) async throws(GatewayError) {
        let key = MessageKey(from: member, messageID: message)
        try await meetSigner(of: statement)
        do throws(StatementRefusal) {
            for copy in try Self.recipients(bytes.routing) {
                let chain = try chain(of: key, to: copy, bytes.routing, bytes.submission)
                _ = try chain.verify(statement, in: view)
            }
        } catch {
            try await reject(statement.bytes, error.code)
            throw .exchange(.badAnswer)
        }
        try await settle { () async throws(GatewayError) in
            try await accepting(statement, key)
        }
    }

    private func accepting(
        _ statement: SignedStatement,
        _ key: MessageKey
    ) async throws(GatewayError) -> GatewayDecision<Void> {
        let slot = StatementSlot.message(.accepted, key)
        let known = try await read { stored throws(StoreError) in
            (row: try stored.outbox(key.messageID), stored: try stored.receipt(in: slot))
        }
        guard let row = known.row, known.stored == nil else { return .answer(()) }
        let now = time.now
        var act = facts(
            .messageAccepted,
            by: .exchange,
            on: .statement(statement.sha256, of: key.messageID)
        )
        act.statementSha256 = statement.sha256
        let answered = try await answering(row)
        let writes: [GatewayWrite] =
            [.receipt(StatementRow(statement, slot: slot, storedAt: now), disclosure: nil)]
            + row.moves(.accepted, isAccepted: false, at: now) + answered.writes
            + (try await ended(by: try await draftedSheet(row), sentTo: row.copies.map(\.to)))
        let expects: [Precondition] =
            [.outboxRevision(key.messageID, row.revision), .statementUnknown(slot)]
            + answered.expects
        let acts = [act] + answered.acts
        guard let reason = try await withdrawalDue(row) else {
            return .propose(proposal(expects: expects, acts: acts) { _ in writes }) { _ in }
        }
        // Taken back in the same commit: there is no moment in which it is merely accepted.
        var back = withdrawal(of: key, accepted: statement.sha256, because: reason, by: .system)
        back.act.patient = try await patient(ofSent: row)
        let asked = back
        let proposal = proposal(
            expects: expects + asked.expects,
            drafts: [{ _ in asked.draft }],
            acts: [asked.act] + acts
        ) { signed in writes + asked.writes(signed[0]) }
        return .propose(proposal) { _ in }
    }

    /// What an act does besides its own writes.
    struct Consequence {
        var expects: [Precondition] = []
        var writes: [GatewayWrite] = []
        var acts: [AuditFacts] = []
    }

    /// With the reply accepted, the sheet it answers is 返信あり here too.
    private func answering(_ row: OutboxRow) async throws(GatewayError) -> Consequence {
        guard let answered = row.inReplyTo else { return Consequence() }
        let known = try await read { stored throws(StoreError) in try stored.inbox(answered) }
        guard let known, case .moves(let move) = ReceivedMachine.step(known.receivedState, .reply),
            let next = move.next.shown, next != known.state
        else { return Consequence() }
        let agent = try await draftBundle(row).agent
        let isReturn = row.sheetType == .wrongRecipientNotice
        let patient = try await patient(ofReceived: answered)
        return Consequence(
            expects: [.inboxRevision(answered, known.revision)],
            writes: [.moveInbox(answered, next, at: time.now)],
            acts: move.audit.map {
                var act = facts(
                    isReturn ? .messageReturned : $0,
                    by: agent,
                    on: .message(answered.messageID),
                    peer: answered.from
                )
                act.patient = patient
                return act
            }
        )
    }

    /// A receipt that does not hold changes nothing and is on record.
    func reject(
        _ bytes: [UInt8],
        _ code: String,
        _ writes: [GatewayWrite] = []
    ) async throws(GatewayError) {
        var act = facts(.receiptRejected, by: .exchange, on: .statement(SHA256.hash(bytes)))
        act.outcome = .seriousFailure
        act.reason = AuditReason(code)
        try await record([act], writes: writes)
    }

    static func recipients(_ routing: [UInt8]) throws(StatementRefusal) -> [MemberID] {
        do throws(DecodingRefusal) {
            return try Routing(reading: routing).to.map(\.memberID)
        } catch { throw .malformed(error) }
    }

    func chain(
        of key: MessageKey,
        to recipient: MemberID,
        _ routing: [UInt8],
        _ submission: [UInt8]
    ) throws(StatementRefusal) -> ReceiptChain {
        let statement = try SignedStatement(reading: submission)
        let body = try statement.body(as: SubmissionStatement.self)
        guard let exchange = view.exchange else { throw .outOfOrder }
        return ReceiptChain(
            of: key,
            sealed: body.sealedSha256,
            submission: statement.sha256,
            to: recipient,
            through: exchange
        )
    }
}

extension WireMessage {
    /// The stored bytes, which alone are ever sent.
    init(_ bytes: OutboxBytes) {
        self.init(routing: bytes.routing, submission: bytes.submission, sealed: bytes.sealed)
    }
}

extension InboxRow {
    /// Where the message stands in the table of a recipient's messages.
    var receivedState: ReceivedMachine.State? {
        switch state {
        case nil: .held
        case .delivered: .delivered
        case .opened: .opened
        case .confirmed: .confirmed
        case .replied: .replied
        case .refused: .refused
        case .withdrawn: .withdrawn
        case .draft, .queued, .accepted, .released, .undeliverable, .expired: nil
        }
    }
}
