package import Audit
import Consent
import Cryptography
import Delivery
import Directory
import Envelope
package import Primitives
package import Sheets
import Storage

// Sending: validated and permitted, then commit 1. Nothing is signed before the hold is over.
extension OrganisationGateway {
    /// Puts a sheet into the outbox. From this commit on it is 送信待ち.
    ///
    /// - Throws: `sheet` with all problems, `consent`, `recipientUnreachable`, `recipientUnknown`,
    ///   `notARecipient`, `notOurSheet`, `deskUnknown`.
    package func send(
        _ request: SendRequest,
        by agent: Agent
    ) async throws(GatewayError) -> QueuedMessage {
        if let known = try await queued(request) { return known }
        let sheet = try await validated(request.sheet)
        guard Addressing(view: view).names(sheet.sender, try membership()) else {
            throw .notOurSheet
        }
        if let index = request.attachments.difference(from: sheet) {
            throw .seal(.attachmentDiffers(index: index))
        }
        let recipients = try Addressing(view: view).members(of: sheet)
        if let only = request.onlyTo, !recipients.contains(where: { $0.isCalled(only) }) {
            throw .notARecipient
        }
        for recipient in recipients { try checkReach(recipient, sheet) }
        let now = time.now
        let urgency = sheet.urgency.transport
        let life = MessageLife(createdAt: now, urgency: urgency)
        do throws(GatewayError) {
            _ = try await permit(sheet, until: life.expiresAt)
        } catch {
            if case .consent(let refusal) = error { try await denied(sheet, refusal, agent) }
            throw error
        }
        let desks = try desks(request, among: recipients)
        let answered = try await messageAnswered(by: sheet)
        let corrected = try await messageCorrected(by: sheet)
        let message = MessageID.make(at: now, random)
        let bundle = DraftBundle(
            sheet: sheet.bytes,
            attachments: request.attachments,
            agent: agent
        )
        let isHeld = !request.sendsNow && urgency != .emergency
        let row = OutboxRow(
            message: message,
            thread: sheet.threadID,
            sheetType: sheet.type,
            urgency: urgency,
            inReplyTo: answered,
            replaces: corrected,
            createdAt: now,
            holdUntil: isHeld ? now.adding(settings.hold) : now,
            expiresAt: life.expiresAt,
            draft: try await vault.seal(bundle.bytes, .draft(message), of: sheet.auditPatient),
            copies: recipients.map {
                OutboxCopy(to: $0.memberID, desk: desks[$0.memberID], state: .queued, movedAt: now)
            },
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
        )
        do {
            try await queue(row, sheet, agent, request)
        } catch .store(.conflict) {
            // The same word came twice at once; the first of them is the sending.
            guard let first = try await queued(request) else { throw .store(.conflict(nil)) }
            return first
        }
        bell.ring()
        return QueuedMessage(
            messageID: message,
            holdUntil: row.holdUntil,
            recipients: recipients.map(\.memberID),
            warnings: sheet.warnings
        )
    }

    /// The desk meant at each recipient; none where none is asked for.
    ///
    /// - Throws: `deskUnknown` where a recipient does not have the desk that is asked for at it, or
    ///   none has the one asked for at all.
    private func desks(
        _ request: SendRequest,
        among recipients: [Membership]
    ) throws(GatewayError) -> [MemberID: DeskID] {
        let (view, peers) = (view, recipients.map(\.memberID))
        func has(_ peer: MemberID, _ desk: DeskID) -> Bool {
            peers.contains(peer) && view.member(peer)?.entry?.desk(desk) != nil
        }
        guard request.desks.allSatisfy({ has($0.key, $0.value) }) else { throw .deskUnknown }
        guard let desk = request.desk else { return request.desks }
        let having = peers.filter { has($0, desk) }
        guard !having.isEmpty else { throw .deskUnknown }
        return having.reduce(into: request.desks) { named, peer in
            named[peer] = named[peer] ?? desk
        }
    }

    /// Whether a recipient is there and reads this sheet, told before anything is stored.
    ///
    /// - Throws: `recipientUnreachable` with how else it can be reached.
    func checkReach(_ membership: Membership, _ sheet: Sheet) throws(GatewayError) {
        let view = view
        let now = time.now
        let peer = membership.memberID
        let entry = view.member(peer)?.entry
        do throws(DirectoryRefusal) {
            _ = try view.encryptionCertificate(
                for: peer,
                at: now,
                until: now.adding(Limits.lifeMinimum)
            )
            let suites = entry?.suites ?? []
            guard entry?.acceptance(of: sheet.type, version: sheet.schemaVersion) != nil,
                suites.contains(where: { Suite($0) != nil })
            else { throw .recipientCannotRead }
        } catch {
            throw .recipientUnreachable(
                error,
                GatewayError.Reach(
                    name: membership.profile.displayName,
                    telephone: view.telephone(of: peer),
                    fax: view.fax(of: peer)
                )
            )
        }
    }

    /// Problems and warnings of a draft as this office would send it today.
    package func report(_ sheet: [UInt8]) async throws(GatewayError) -> SheetReport {
        catalogue.report(DraftSheet(bytes: sheet), try await context(for: sheet))
    }

    func validated(_ sheet: [UInt8]) async throws(GatewayError) -> Sheet {
        let context = try await context(for: sheet)
        return try wrap(GatewayError.sheet) { () throws(InvalidSheet) in
            try catalogue.validate(DraftSheet(bytes: sheet), context)
        }
    }

    private func context(for sheet: [UInt8]) async throws(GatewayError) -> SheetContext {
        let json: JSON?
        do throws(DecodingRefusal) { json = try JSON(reading: sheet) } catch { json = nil }
        var answered: Sheet?
        if let id = json?["inReplyTo"]?.string.flatMap(SheetID.init(_:)),
            let thread = json?["threadId"]?.string.flatMap(ThreadID.init(_:))
        {
            answered = try await self.sheet(id, in: thread)?.sheet
        }
        return SheetContext(
            today: time.now.dayInJapan,
            answered: answered,
            isTestExchange: settings.isTestExchange
        )
    }

    /// A permit, and what must still be so when something is done on its ground.
    struct Grant {
        let permit: Permit
        let expects: [Precondition]
    }

    /// Asks the register and the directory whether this sheet may go to its recipients now. To be
    /// sealed it needs keys that witnesses have seen; to be queued it does not.
    ///
    /// `among` are those of its recipients who are to get it; nil: all.
    func permit(
        _ sheet: Sheet,
        until: Timestamp,
        among: Set<MemberID>? = nil,
        isSealing: Bool = false
    ) async throws(GatewayError) -> Grant {
        let view = view
        let now = time.now
        var recipients: [Permit.Recipient] = []
        for membership in try Addressing(view: view).members(of: sheet, among: among) {
            let certificate = try wrap(GatewayError.directory) { () throws(DirectoryRefusal) in
                try view.encryptionCertificate(
                    for: membership.memberID,
                    at: now,
                    until: min(until, now.adding(Limits.keyOutlook)),
                    witnessed: isSealing ? witnessed.view : nil
                )
            }
            recipients.append(
                Permit.Recipient(membership: membership, certificate: certificate)
            )
        }
        let (register, row) = try await register(of: sheet)
        let terms = terms(of: sheet)
        let permit = try wrap(GatewayError.consent) { () throws(ConsentRefusal) in
            try register.permit(sheet, to: recipients, under: terms, at: now)
        }
        return Grant(
            permit: permit,
            expects: row.map { [.recordRevision(.consentRecord, $0.id, $0.revision)] } ?? []
        )
    }

    func terms(of sheet: Sheet) -> ConsentTerms {
        catalogue.delivery(of: sheet.type)?.terms(of: sheet) ?? ConsentTerms(purposes: [])
    }

    /// What a sheet may stand on, with the row of its record.
    func register(
        of sheet: Sheet
    ) async throws(GatewayError) -> (ConsentRegister, RecordRow?) {
        let name = sheet.consent.recordID.map(Self.name)
        let row = try await read { stored throws(StoreError) in
            try name.flatMap { name throws(StoreError) in
                try stored.record(.consentRecord, name)
            }
        }
        var records: [ConsentRecord] = []
        if let row { records.append(try await consentRecord(row)) }
        return (ConsentRegister(records: records, heldBy: try membership()), row)
    }

    func denied(
        _ sheet: Sheet,
        _ refusal: ConsentRefusal,
        _ agent: Agent
    ) async throws(GatewayError) {
        var act = facts(.consentDenied, by: agent, on: sheet.consentObject)
        act.outcome = .seriousFailure
        act.reason = AuditReason(refusal.reason.rawValue)
        act.patient = sheet.auditPatient
        try await record([act])
    }

    private func queue(
        _ row: OutboxRow,
        _ sheet: Sheet,
        _ agent: Agent,
        _ request: SendRequest
    ) async throws(GatewayError) {
        var queued = facts(.messageQueued, by: agent, on: .message(row.message))
        queued.patient = sheet.auditPatient
        let acts = grounds(of: sheet, agent) + [queued]
        let own = MessageKey(from: member, messageID: row.message)
        var writes: [GatewayWrite] = [
            .queue(row), .claim(request.attachments.chunks, by: own),
        ]
        writes += try await exception(of: sheet, in: row.message, by: agent, request.account)
        var expects: [Precondition] = []
        if let key = request.idempotencyKey {
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
        let key = MessageKey(from: member, messageID: row.message)
        for copy in row.copies {
            writes.append(.expect(.arrival(of: key, at: copy.to, by: row.expiresAt)))
        }
        try await record(acts, expects: expects, writes: writes)
    }

    /// On which ground a sheet leaves the office.
    func grounds(of sheet: Sheet, _ agent: Agent) -> [AuditFacts] {
        var granted = facts(.consentGranted, by: .system, on: sheet.consentObject)
        granted.consent = sheet.consentText
        granted.patient = sheet.auditPatient
        guard sheet.consent.status == .emergencyException else { return [granted] }
        var used = facts(.consentEmergencyUsed, by: agent, on: sheet.consentObject)
        used.details = sheet.consent.emergencyReason
        used.patient = sheet.auditPatient
        return [granted, used]
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
    private func queued(_ request: SendRequest) async throws(GatewayError) -> QueuedMessage? {
        guard let key = request.idempotencyKey, let sending = try await sending(under: key) else {
            return nil
        }
        guard sending.request == request.sha256 else { throw .keyTaken }
        let row = try await track(sending.message)
        return QueuedMessage(
            messageID: row.message,
            holdUntil: row.holdUntil,
            recipients: row.copies.map(\.to),
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

extension Sheet {
    /// The patient as the access log has it; sealed wherever it is kept.
    var auditPatient: AuditPatient? {
        let patient = json["patient"]
        guard let name = patient?["fullName"]?.string else { return nil }
        return AuditPatient(named: name, birthDate: patient?["birthDate"]?.string)
    }

    /// The signed statement of consent, byte for byte.
    var consentText: String { json["consent"]?.canonicalText ?? "" }

    var consentObject: AuditObject { .consent(consent.recordID ?? sheetID) }
}

extension MessageLife {
    /// The default life by urgency: long enough for holidays, as warnings come early.
    init(createdAt: Timestamp, urgency: Urgency) {
        let life: Duration =
            switch urgency {
            case .emergency: .hours(24)
            case .urgent: .days(3)
            case .routine: .days(7)
            }
        self.init(createdAt: createdAt, expiresAt: createdAt.adding(life), urgency: urgency)
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
        return SHA256.hash(parts.flatMap(\.bytes))
    }
}
