import Audit
import Cryptography
import Delivery
import Envelope
package import Primitives
import Sheets
import Storage

// What a request to send comes to in the outbox, and the word under which it is sent once.
extension OrganisationGateway {
    /// All letters of a request in one commit, the whole sheet first: its number is the one that
    /// the idempotency key stands for.
    func queue(
        _ letters: [(row: OutboxRow, letter: Letter)],
        _ agent: Agent,
        _ request: SendRequest
    ) async throws(GatewayError) {
        var acts: [AuditFacts] = []
        var writes: [GatewayWrite] = []
        var expects: [Precondition] = []
        for (row, letter) in letters {
            let sheet = letter.sheet
            var queued = facts(.messageQueued, by: agent, on: .message(row.message))
            queued.patient = sheet.auditPatient
            acts += grounds(of: sheet, agent) + [queued]
            let key = MessageKey(from: member, messageID: row.message)
            writes += [.queue(row), .claim(letter.attachments.chunks, by: key)]
            writes += try await exception(of: sheet, in: row.message, by: agent, request.account)
            writes += row.copies.map { .expect(.arrival(of: key, at: $0.to, by: row.expiresAt)) }
        }
        if let key = request.idempotencyKey, let row = letters.first?.row {
            let id = Self.recordID(ofKey: key)
            let sending = Sending(message: row.message, request: request.sha256)
            let column = try await vault.seal(
                sending.json.canonicalBytes,
                .record(.task, id),
                of: nil
            )
            writes.append(.record(.task, id, column, at: row.createdAt))
            expects.append(.recordRevision(.task, id, nil))
        }
        if let draft = request.draft {
            let ending = ending(draft.id, in: draft.revision, with: draft.files)
            writes += ending.writes
            expects += ending.expects
        }
        try await record(acts, expects: expects, writes: writes)
    }

    /// The message that was queued under a key, whatever was in it.
    package func message(queuedAs key: String) async throws(GatewayError) -> MessageID? {
        try await sending(under: key)?.message
    }

    private func sending(under key: String) async throws(GatewayError) -> Sending? {
        let id = Self.recordID(ofKey: key)
        let stored = try await read { stored throws(StoreError) in try stored.record(.task, id) }
        guard let stored else { return nil }
        let bytes = try await vault.open(stored.sealed, .record(.task, id))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try Sending(JSON(canonical: bytes))
        }
    }

    /// What was queued under the key of this request.
    ///
    /// - Throws: `keyTaken` where that was something else.
    func queued(_ request: SendRequest) async throws(GatewayError) -> QueuedMessage? {
        guard let key = request.idempotencyKey, let sending = try await sending(under: key) else {
            return nil
        }
        guard sending.request == request.sha256 else { throw .keyTaken }
        let row = try await track(sending.message)
        return QueuedMessage(
            messageID: row.message,
            holdUntil: row.holdUntil,
            recipients: row.copies.map(\.to),
            extracts: try await extracts(of: row.message).flatMap(\.row.sentExtracts),
            warnings: []
        )
    }

    private static func recordID(ofKey key: String) -> RecordID {
        guard let id = RecordID("key-" + SHA256.hash(key.bytes).hex.prefix(56)) else {
            preconditionFailure("hexadecimal digits make a record name")
        }
        return id
    }
}

/// What was sent under an idempotency key.
private struct Sending {
    let message: MessageID
    let request: Digest

    init(message: MessageID, request: Digest) {
        self.message = message
        self.request = request
    }

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        message = try reader.value("messageId") { MessageID($0) }
        request = try reader.value("requestSha256") { Digest(hex: $0) }
        try reader.finish()
    }

    var json: JSON { ["messageId": .string(message.text), "requestSha256": .string(request.hex)] }
}

extension SendRequest {
    /// Of what is to be sent and where to; not of how soon.
    fileprivate var sha256: Digest {
        var parts = [SHA256.hash(sheet)] + attachments.digests
        parts.append(SHA256.hash((desk?.text ?? "").bytes))
        parts += desks.words.map { SHA256.hash($0.bytes) }
        parts += extracts.map { SHA256.hash($0.text.bytes) }
        return SHA256.hash(parts.flatMap(\.bytes))
    }
}
