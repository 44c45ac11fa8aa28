import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Sheets
import Storage

// Messages that wait for a cause to pass, and those that some of their recipients cannot get.
extension OrganisationGateway {
    /// Tries again what could not go on: received messages set apart, own ones that were stopped,
    /// and those whose recipient could not open them.
    func retryWaiting() async throws(GatewayError) {
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in
            try await meeting.alone { () async throws(GatewayError) in try await readopt() }
        }
        await turns.take { () async throws(GatewayError) in try await retryHeld() }
        await turns.take { () async throws(GatewayError) in try await freeBlocked() }
        await turns.take { () async throws(GatewayError) in try await followKeys() }
        try turns.end()
    }

    /// A message goes on when consent, key and standing are good again: as it was where nothing had
    /// left, else as a new message, since the old one is sealed to a key that nobody uses any more.
    private func freeBlocked() async throws(GatewayError) {
        let now = time.now
        let blocked = try await read { stored throws(StoreError) in
            try stored.outbox(state: .queued, limit: .max).filter {
                $0.blockedFor != nil && $0.blockedFor != .restored && $0.expiresAt > now
            }
        }
        var turns = Turns()
        for row in blocked {
            await turns.take { () async throws(GatewayError) in
                guard let grant = try await standing(row, among: row.waiting) else { return }
                if !row.wasAttempted {
                    try await free(row, grant)
                } else if try await !sealedToOthers(row, among: row.waiting).isEmpty {
                    try await reseal(row, leavingOut: [], because: row.blockedFor)
                }
            }
        }
        try turns.end()
    }

    private func followKeys() async throws(GatewayError) {
        let refused = try await read { stored throws(StoreError) in
            try stored.outbox(state: .refused, limit: Limits.pageItems)
        }
        var turns = Turns()
        for row in refused {
            await turns.take { () async throws(GatewayError) in try await followKeys(of: row) }
        }
        try turns.end()
    }

    /// Copies that their recipient could not open any more go again, sealed to the key that it has
    /// now: nobody else was asked to act.
    func followKeys(of row: OutboxRow) async throws(GatewayError) {
        let now = time.now
        guard row.replacedBy == nil, row.expiresAt > now.adding(Limits.lifeMinimum) else { return }
        let misdirected = try await refusedForKey(row)
        guard !misdirected.isEmpty,
            try await standing(row, among: misdirected) != nil
        else { return }
        let others = try await sealedToOthers(row, among: misdirected)
        let copies = row.copies.filter { others.contains($0.to) }
        guard !copies.isEmpty else { return }
        try await sendAgain(row, to: copies, [], [])
    }

    /// Whose copy was refused for its key, and for whom no later message stands yet.
    private func refusedForKey(_ row: OutboxRow) async throws(GatewayError) -> Set<MemberID> {
        let refused = Set(row.copies.filter { $0.state == .refused }.map(\.to))
        guard !refused.isEmpty else { return [] }
        let key = MessageKey(from: member, messageID: row.message)
        let known = try await read { stored throws(StoreError) in
            (
                refusals: try stored.receipts(of: key).map(\.statement),
                later: try stored.outbox(thread: row.thread).filter { $0.replaces == row.message }
            )
        }
        let sentAgain = Set(known.later.flatMap(\.copies).map(\.to))
        return refused.subtracting(sentAgain).filter { to in
            known.refusals.first { $0.slot == .copy(.refused, key, to) }?
                .body(as: RefusedStatement.self)?.code == .wrongRecipient
        }
    }

    /// The permit that a message has now for these recipients; nil where it has none yet.
    private func standing(
        _ row: OutboxRow,
        among recipients: Set<MemberID>
    ) async throws(GatewayError) -> Grant? {
        let sheet = try await draftedSheet(row)
        do throws(GatewayError) {
            return try await permit(sheet, until: row.expiresAt, among: recipients)
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

    /// Who uses another key now than the message is sealed to.
    private func sealedToOthers(
        _ row: OutboxRow,
        among recipients: Set<MemberID>
    ) async throws(GatewayError) -> Set<MemberID> {
        let message = row.message
        let bytes = try await read { stored throws(StoreError) in
            try stored.outboxBytes(of: message)
        }
        guard let bytes else { return [] }
        let routing = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try Routing(reading: bytes.routing)
        }
        let now = time.now
        var others: Set<MemberID> = []
        for addressee in routing.to where recipients.contains(addressee.memberID) {
            let usable = try wrap(GatewayError.directory) { () throws(DirectoryRefusal) in
                try view.encryptionCertificate(for: addressee.memberID, at: now, until: now)
            }
            if usable.keyID != addressee.keyID { others.insert(addressee.memberID) }
        }
        return others
    }

    /// Sends the sheet of a stopped message to those who can get it, as a new message. What is left
    /// of the old one waits for a person, who is told who was left out and why.
    func reseal(
        _ row: OutboxRow,
        leavingOut: Set<MemberID>,
        because reason: ReasonCode?
    ) async throws(GatewayError) {
        let now = time.now
        let others = row.copies.filter { $0.state == .queued && !leavingOut.contains($0.to) }
        var held = facts(.messageHeld, by: .system, on: .message(row.message))
        held.reason = reason.flatMap { AuditReason($0.rawValue) }
        try await sendAgain(
            row,
            to: others,
            [held],
            [.block(row.message, reason)]
                + others.map { .moveOutbox(row.message, to: $0.to, .withdrawn, at: now) }
        )
    }

    /// The same sheet as a new message for some of its recipients, in one commit with what becomes
    /// of the old one; what was awaited of them is awaited for the new one.
    private func sendAgain(
        _ row: OutboxRow,
        to copies: [OutboxCopy],
        _ acts: [AuditFacts],
        _ writes: [GatewayWrite]
    ) async throws(GatewayError) {
        let now = time.now
        let new = MessageID.make(at: now, random)
        let key = MessageKey(from: member, messageID: new)
        let old = MessageKey(from: member, messageID: row.message)
        let bundle = try await draftBundle(row)
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
            draft: try await vault.seal(
                bundle.bytes,
                .draft(new),
                of: try await patient(ofSent: row)
            ),
            copies: copies.map {
                OutboxCopy(to: $0.to, desk: $0.desk, state: .queued, movedAt: now)
            },
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
        )
        let open =
            try await expectations(of: old).map(\.name)
            + copies.map { ExpectationName(old, $0.to, .delivered) }
        try await record(
            acts + [facts(.messageResealed, by: .system, on: .message(new))],
            expects: [.outboxRevision(row.message, row.revision)],
            writes: writes
                + [.queue(again), .claim(bundle.attachments.chunks, by: key)]
                + open.filter { name in copies.contains { $0.to == name.peer } }
                .map { .met($0, at: now) }
                + copies.map { .expect(.arrival(of: key, at: $0.to, by: row.expiresAt)) }
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
