package import Audit
import Consent
import Cryptography
import Delivery
import Directory
import Envelope
import Primitives
import Sheets
import Storage

// Sending: validated and permitted, then commit 1. Nothing is signed before the hold is over.
extension OrganisationGateway {
    /// Puts a sheet into the outbox, and with it the extracts that some of its recipients get
    /// instead. From this commit on they are 送信待ち.
    ///
    /// - Throws: `sheet` with all problems, `consent`, `recipientUnreachable`, `recipientUnknown`,
    ///   `notARecipient`, `notOurSheet`, `deskUnknown`, `extractUnfit`.
    package func send(
        _ request: SendRequest,
        by agent: Agent
    ) async throws(GatewayError) -> QueuedMessage {
        if let known = try await queued(request) { return known }
        let letters = try await letters(of: request)
        let recipients = letters.flatMap(\.recipients)
        if let only = request.onlyTo, !recipients.contains(where: { $0.isCalled(only) }) {
            throw .notARecipient
        }
        for letter in letters { try await check(letter, by: agent) }
        let desks = try desks(request, among: recipients)
        var rows: [OutboxRow] = []
        for letter in letters {
            rows.append(try await row(of: letter, at: desks, holding: !request.sendsNow, by: agent))
        }
        do {
            try await queue(Array(zip(rows, letters)), agent, request)
        } catch .store(.conflict) {
            // The same word came twice at once; the first of them is the sending.
            guard let first = try await queued(request) else { throw .store(.conflict(nil)) }
            return first
        }
        bell.ring()
        return QueuedMessage(
            messageID: rows[0].message,
            holdUntil: rows[0].holdUntil,
            recipients: letters[0].recipients.map(\.memberID),
            extracts: rows.dropFirst().flatMap(\.sentExtracts),
            warnings: letters[0].sheet.warnings
        )
    }

    private func check(_ letter: Letter, by agent: Agent) async throws(GatewayError) {
        for recipient in letter.recipients { try checkReach(recipient, letter.sheet) }
        let life = MessageLife(createdAt: time.now, urgency: letter.sheet.urgency.transport)
        do throws(GatewayError) {
            _ = try await permit(letter.sheet, until: life.expiresAt)
        } catch {
            if case .consent(let refusal) = error {
                try await denied(letter.sheet, refusal, agent)
            }
            throw error
        }
    }

    private func row(
        of letter: Letter,
        at desks: [MemberID: DeskID],
        holding holds: Bool,
        by agent: Agent
    ) async throws(GatewayError) -> OutboxRow {
        let (sheet, now) = (letter.sheet, time.now)
        let urgency = sheet.urgency.transport
        let answered = try await messageAnswered(by: sheet)
        let corrected = try await messageCorrected(by: sheet)
        let message = MessageID.make(at: now, random)
        let bundle = DraftBundle(sheet: sheet.bytes, attachments: letter.attachments, agent: agent)
        return OutboxRow(
            message: message,
            thread: sheet.threadID,
            sheetType: sheet.type,
            urgency: urgency,
            inReplyTo: answered,
            replaces: corrected,
            createdAt: now,
            holdUntil: holds && urgency != .emergency ? now.adding(settings.hold) : now,
            expiresAt: MessageLife(createdAt: now, urgency: urgency).expiresAt,
            draft: try await vault.seal(bundle.bytes, .draft(message), of: sheet.auditPatient),
            copies: letter.recipients.map {
                OutboxCopy(to: $0.memberID, desk: desks[$0.memberID], state: .queued, movedAt: now)
            },
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
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

    func validated(_ sheet: [UInt8]) async throws(GatewayError) -> Sheet {
        let context = try await context(for: sheet)
        return try wrap(GatewayError.sheet) { () throws(InvalidSheet) in
            try catalogue.validate(DraftSheet(bytes: sheet), context)
        }
    }

    func context(for sheet: [UInt8]) async throws(GatewayError) -> SheetContext {
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
