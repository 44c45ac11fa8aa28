import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Sheets
import Storage

// Messages that wait for a cause to pass, and those that some of their recipients cannot get.
extension OrganisationGateway {
    /// Tries again what could not go on: received messages set apart, own ones that were stopped.
    func retryWaiting() async throws(GatewayError) {
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in try await retryHeld() }
        await turns.take { () async throws(GatewayError) in try await freeBlocked() }
        try turns.end()
    }

    /// A message goes on when consent, key and standing are good again: as it was where nothing had
    /// left, else as a new message, since the old one is sealed to a key that nobody uses any more.
    private func freeBlocked() async throws(GatewayError) {
        let now = time.now
        let blocked = try await read { stored throws(StoreError) in
            try stored.outbox(state: .queued, limit: .max).filter {
                $0.blockedFor != nil && $0.expiresAt > now
            }
        }
        var turns = Turns()
        for row in blocked {
            await turns.take { () async throws(GatewayError) in
                guard let grant = try await standing(row) else { return }
                if !row.wasAttempted {
                    try await free(row, grant)
                } else if try await isSealedToOthers(row) {
                    try await reseal(row, leavingOut: [], because: row.blockedFor)
                }
            }
        }
        try turns.end()
    }

    /// The permit that a blocked message has now; nil where it has none yet.
    private func standing(_ row: OutboxRow) async throws(GatewayError) -> Grant? {
        let sheet = try await draftedSheet(row)
        do throws(GatewayError) {
            return try await permit(sheet, until: row.expiresAt, among: row.waiting)
        } catch {
            switch error {
            case .consent, .directory, .recipientUnknown, .recipientAmbiguous: return nil
            default: throw error
            }
        }
    }

    private func free(_ row: OutboxRow, _ grant: Grant) async throws(GatewayError) {
        let agent = try await draftBundle(row).agent
        try await record(
            [facts(.messageQueued, by: agent, on: .message(row.message))],
            expects: [.outboxRevision(row.message, row.revision)] + grant.expects,
            writes: [.block(row.message, nil)]
        )
        bell.ring()
    }

    /// Whether one who waits for it uses another key now than the message is sealed to.
    private func isSealedToOthers(_ row: OutboxRow) async throws(GatewayError) -> Bool {
        let message = row.message
        let bytes = try await read { stored throws(StoreError) in
            try stored.outboxBytes(of: message)
        }
        guard let bytes else { return false }
        let routing = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try Routing(reading: bytes.routing)
        }
        let now = time.now
        for addressee in routing.to where row.waiting.contains(addressee.memberID) {
            let usable = try wrap(GatewayError.directory) { () throws(DirectoryRefusal) in
                try view.encryptionCertificate(for: addressee.memberID, at: now, until: now)
            }
            if usable.keyID != addressee.keyID { return true }
        }
        return false
    }

    /// Sends the sheet of a stopped message to those who can get it, as a new message. What is left
    /// of the old one waits for a person, who is told who was left out and why.
    func reseal(
        _ row: OutboxRow,
        leavingOut: Set<MemberID>,
        because reason: ReasonCode?
    ) async throws(GatewayError) {
        let now = time.now
        let new = MessageID.make(at: now, random)
        let key = MessageKey(from: member, messageID: new)
        let bundle = try await draftBundle(row)
        let others = row.copies.filter { $0.state == .queued && !leavingOut.contains($0.to) }
        let again = OutboxRow(
            message: new,
            thread: row.thread,
            sheetType: row.sheetType,
            urgency: row.urgency,
            inReplyTo: row.inReplyTo,
            replaces: row.message,
            createdAt: now,
            holdUntil: now,
            expiresAt: row.expiresAt,
            draft: try await vault.seal(bundle.bytes, .draft(new)),
            copies: others.map {
                OutboxCopy(to: $0.to, desk: $0.desk, state: .queued, movedAt: now)
            },
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
        )
        var held = facts(.messageHeld, by: .system, on: .message(row.message))
        held.reason = reason.flatMap { AuditReason($0.rawValue) }
        let resealed = facts(.messageResealed, by: .system, on: .message(new))
        try await record(
            [held, resealed],
            expects: [.outboxRevision(row.message, row.revision)],
            writes: [.block(row.message, reason), .queue(again)]
                + others.map { .moveOutbox(row.message, to: $0.to, .withdrawn, at: now) }
                + others.map { .expect(.arrival(of: key, at: $0.to, by: row.expiresAt)) }
        )
        bell.ring()
    }

    /// The recipients that the exchange cannot give the message to, by what it says of the routing
    /// header; empty where it refuses the message for another reason.
    func unreachable(
        _ row: OutboxRow,
        _ refusal: ExchangeAPI.Refusal
    ) async throws(GatewayError) -> Set<MemberID> {
        switch refusal.reason {
        case .unknownRecipient, .paperOnlyRecipient, .recipientKeyUnusable, .recipientCannotRead:
            break
        default: return []
        }
        let message = row.message
        let bytes = try await read { stored throws(StoreError) in
            try stored.outboxBytes(of: message)
        }
        guard let bytes else { return [] }
        let to = try wrap({ _ in GatewayError.exchange(.badAnswer) }) {
            () throws(StatementRefusal) in try Self.recipients(bytes.routing)
        }
        return Set(
            to.enumerated().filter { index, _ in
                refusal.details.contains { $0.pointer.hasSameBytes(as: "/to/\(index)") }
            }.map(\.element)
        )
    }
}

extension OutboxRow {
    /// Those whose copies have not left.
    var waiting: Set<MemberID> { Set(copies.filter { $0.state == .queued }.map(\.to)) }
}

extension ExpectationRow {
    static func arrival(
        of message: MessageKey,
        at member: MemberID,
        by due: Timestamp
    ) -> ExpectationRow {
        ExpectationRow(ExpectationName(message, member, .delivered), due: due)
    }
}
