import Audit
import Delivery
import Envelope
import Primitives
import Sheets
import Storage

// Finding the sheet that another one answers, among what was sent and received here.
extension OrganisationGateway {
    /// A sheet of a thread with the message it came or went in.
    struct ThreadSheet: Sendable {
        let key: MessageKey
        let sheet: Sheet
    }

    func sheet(_ id: SheetID, in thread: ThreadID) async throws(GatewayError) -> ThreadSheet? {
        let rows = try await read { stored throws(StoreError) in
            (inbox: try stored.inbox(thread: thread), outbox: try stored.outbox(thread: thread))
        }
        for row in rows.inbox {
            let bundle = try await inboxBundle(row.key)
            if let sheet = catalogue.stored(bundle.sheet), sheet.sheetID == id {
                return ThreadSheet(key: row.key, sheet: sheet)
            }
        }
        for row in rows.outbox {
            let bundle = try await draftBundle(row)
            if let sheet = catalogue.stored(bundle.sheet), sheet.sheetID == id {
                let key = MessageKey(from: member, messageID: row.message)
                return ThreadSheet(key: key, sheet: sheet)
            }
        }
        return nil
    }

    func messageAnswered(by sheet: Sheet) async throws(GatewayError) -> MessageKey? {
        guard let id = sheet.inReplyTo else { return nil }
        guard let answered = try await self.sheet(id, in: sheet.threadID) else {
            throw .answeredUnknown
        }
        return answered.key
    }

    func draftBundle(_ row: OutboxRow) async throws(GatewayError) -> DraftBundle {
        let message = row.message
        let column = try await read { stored throws(StoreError) in try stored.draft(of: message) }
        guard let column else { throw .notFound }
        let bytes = try await vault.open(column, .draft(message))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try DraftBundle(reading: bytes)
        }
    }

    /// The sheet of an own message, as it was valid when it was queued.
    func draftedSheet(_ row: OutboxRow) async throws(GatewayError) -> Sheet {
        guard let sheet = catalogue.stored(try await draftBundle(row).sheet) else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        return sheet
    }

    /// - Throws: `outOfOrder` where the message was not taken in.
    func inboxBundle(_ key: MessageKey) async throws(GatewayError) -> InboxBundle {
        let column = try await read { stored throws(StoreError) in try stored.sheet(of: key) }
        guard let column else { throw .outOfOrder }
        let bytes = try await vault.open(column, .inboxSheet(key.name))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try InboxBundle(reading: bytes)
        }
    }

    /// Whom an own message is about, for the log.
    func patient(ofSent row: OutboxRow) async throws(GatewayError) -> AuditPatient? {
        try await draftedSheet(row).auditPatient
    }

    /// Whom a received message is about, for the log; nil before it was taken in.
    func patient(ofReceived key: MessageKey) async throws(GatewayError) -> AuditPatient? {
        guard try await inboxRow(key).sheet != nil else { return nil }
        return catalogue.stored(try await inboxBundle(key).sheet)?.auditPatient
    }

    /// A reply that has arrived moves the message it answers to 返信あり.
    func repliedTo(_ verified: VerifiedSheet) async throws(GatewayError) -> Consequence {
        guard let answered = verified.manifest.inReplyTo, answered.from == member else {
            return Consequence()
        }
        let row = try await read { stored throws(StoreError) in
            try stored.outbox(answered.messageID)
        }
        let sender = verified.arrival.key.from
        guard let row, let copy = row.copies.first(where: { $0.to == sender }),
            case .moves = SentMachine.step(row.sentState(of: copy, isAccepted: true), .reply),
            copy.state != .replied
        else { return Consequence() }
        let now = time.now
        var act = facts(.messageReplied, by: .member, on: .message(row.message), peer: sender)
        act.patient = try await patient(ofSent: row)
        return Consequence(
            expects: [.outboxRevision(row.message, row.revision)],
            writes: [.moveOutbox(row.message, to: sender, .replied, at: now)],
            acts: [act]
        )
    }
}

extension MessageKey {
    /// One word for both ids.
    var name: String { "\(from)/\(messageID)" }
}
