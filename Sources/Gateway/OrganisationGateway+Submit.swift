import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// Carrying sealed messages to the exchange and keeping its receipts: commit 4.
extension OrganisationGateway {
    /// Offers everything that is sealed, stored bytes only.
    ///
    /// - Returns: whether anything is left that should be offered again later.
    func submitSealed() async throws(GatewayError) -> Bool {
        let rows = try await read { stored throws(StoreError) in
            try stored.sealedOutbox(limit: Limits.batchItems / 4).map { row throws(StoreError) in
                (row: row, bytes: try stored.outboxBytes(of: row.message))
            }
        }
        var batch: [(row: OutboxRow, bytes: OutboxBytes)] = []
        var size = 0
        for (row, bytes) in rows {
            guard let bytes else { continue }
            size += bytes.sealed.count
            guard batch.isEmpty || size < Limits.batchBytes / 2 else { break }
            batch.append((row, bytes))
        }
        guard !batch.isEmpty else { return false }
        for (row, bytes) in batch { try await prepare(row, bytes) }
        let messages = batch.map {
            WireMessage(
                routing: $0.bytes.routing,
                submission: $0.bytes.submission,
                sealed: $0.bytes.sealed
            )
        }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.submit(messages)
        }
        var isLeft = false
        for (item, result) in zip(batch, results)
        where try await apply(result, to: item.row, item.bytes) == false {
            isLeft = true
        }
        return isLeft
    }

    /// Marks the first attempt, and uploads chunks that have not arrived.
    private func prepare(_ row: OutboxRow, _ bytes: OutboxBytes) async throws(GatewayError) {
        if !row.wasAttempted {
            let act = facts(
                .messageSent,
                by: .system,
                on: .message(row.message, sha256: SHA256.hash(bytes.sealed))
            )
            try await record([act], writes: [.attempted(row.message)])
        }
        for chunk in bytes.chunks {
            try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                if try await !exchange.hasChunk(chunk.sha256) {
                    try await exchange.putChunk(chunk.sha256, chunk.sealed)
                }
            }
        }
    }

    /// - Returns: false when the same bytes shall be offered again later.
    private func apply(
        _ result: ItemResult,
        to row: OutboxRow,
        _ bytes: OutboxBytes
    ) async throws(GatewayError) -> Bool {
        if let refusal = result.refusal {
            guard refusal.resend != .sameMessage else { return false }
            try await record(
                [facts(.messageHeld, by: .system, on: .message(row.message))],
                writes: [.block(row.message, ReasonCode(rawValue: refusal.code))]
            )
            return true
        }
        guard let receipt = result.receipt else { throw .exchange(.badAnswer) }
        try await keepAccepted(receipt, row.message, bytes)
        return true
    }

    func keepAccepted(
        _ receipt: [UInt8],
        _ message: MessageID,
        _ bytes: OutboxBytes
    ) async throws(GatewayError) {
        let key = MessageKey(from: member, messageID: message)
        let statement: SignedStatement
        do throws(StatementRefusal) {
            statement = try SignedStatement(reading: receipt)
            for copy in try Self.recipients(bytes.routing) {
                let chain = try chain(of: key, to: copy, bytes.routing, bytes.submission)
                _ = try chain.verify(statement, in: view)
            }
        } catch {
            return try await reject(receipt, error.code)
        }
        let row = try await read { stored throws(StoreError) in try stored.outbox(message) }
        guard let row, row.copies.contains(where: { $0.state == .queued }) else { return }
        var act = facts(
            .messageAccepted,
            by: .exchange,
            on: .statement(statement.sha256, of: message)
        )
        act.statementSha256 = statement.sha256
        let now = time.now
        let stored = StatementRow(
            statement,
            slot: .message(.accepted, key),
            storedAt: now
        )
        try await record(
            [act],
            expects: [.outboxRevision(message, row.revision)],
            writes: [.receipt(stored, disclosure: nil)]
                + row.copies.map { .moveOutbox(message, to: $0.to, .accepted, at: now) }
        )
    }

    /// A receipt that does not hold changes nothing and is on record.
    func reject(_ bytes: [UInt8], _ code: String) async throws(GatewayError) {
        var act = facts(.receiptRejected, by: .exchange, on: .statement(SHA256.hash(bytes)))
        act.outcome = .seriousFailure
        act.reason = AuditReason(code)
        try await record([act])
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
