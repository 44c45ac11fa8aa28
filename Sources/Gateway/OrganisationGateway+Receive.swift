import Audit
import Consent
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Sheets
import Storage

// Taking mail in: fetch, steps 1 to 18 of opening, and commit 5.
extension OrganisationGateway {
    /// One round over the mailbox; the exchange may hold the call for `waitSeconds`.
    ///
    /// - Throws: `clockOff` while this computer's clock cannot be believed: what is refused for its
    ///   time is refused for good, and what stays listed is not lost.
    func receive(waitSeconds: Int) async throws(GatewayError) {
        try await meetExchange()
        if !isClockMeasured { try await keepHouse() }
        guard clockOffset.magnitudeIsBelow(Limits.clockTolerance) else { throw .clockOff }
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in try await endHeld() }
        let since = try await read { stored throws(StoreError) in try stored.cursor(.inbox) }
        // What the exchange was told of before it lists is not to be listed again.
        let asked = time.now
        let (untold, held) = try await read { stored throws(StoreError) in
            (
                Set(try stored.unsentStatements(limit: .max).compactMap(\.slot.message)),
                Set(try stored.heldInbox().map(\.key))
            )
        }
        guard let page = try await page(InboxQuery(since: since, waitSeconds: waitSeconds), held)
        else {
            try turns.end()
            return noteEmptied(asOf: asked)
        }
        // What is set apart stays listed, and is tried again when its cause may be gone.
        let lines = page.items.filter { !held.contains($0.key) }
        // One by one, so that a crash in the middle leaves the rest listed; first what comes whole.
        for line in lines.filter({ $0.chunkCount == 0 }) + lines.filter({ $0.chunkCount > 0 }) {
            await turns.take { () async throws(GatewayError) in
                try await receive(line.key, askedAt: asked, untold)
            }
        }
        try turns.end()
        // A long one is left at times, and stays listed: the next round goes on with it.
        guard !lines.contains(where: { isUnfinished($0.key) }) else { return }
        guard page.items.count < Limits.pageItems || lines.isEmpty else {
            // More waits behind this page: it comes forth when these are acknowledged.
            return try await reportStatements()
        }
        if since != page.revision { try await keep([.cursor(.inbox, page.revision)]) }
        noteEmptied(asOf: asked)
    }

    /// The first page of the mailbox on which there is anything that is not set apart, or its last.
    private func page(
        _ query: InboxQuery,
        _ held: Set<MessageKey>
    ) async throws(GatewayError) -> InboxPage? {
        var after = 0
        var revision: Int64?
        while true {
            let next = InboxQuery(
                since: query.since,
                waitSeconds: after == 0 ? query.waitSeconds : 0,
                after: after
            )
            let page = try await reached { () async throws(ExchangeError) in
                try await exchange.inbox(next)
            }
            guard let page else { return nil }
            let seen = revision ?? page.revision
            let isLast = page.items.count < Limits.pageItems
            // There cannot be more of them than are here.
            let mayGoOn = !isLast && after + page.items.count <= held.count
            guard mayGoOn, page.items.allSatisfy({ held.contains($0.key) }) else {
                // What changes while pages are turned is listed anew after the first of them.
                return InboxPage(revision: seen, items: page.items)
            }
            revision = seen
            after += page.items.count
        }
    }

    /// Takes in one listed message, unless it is here and its receipt is on its way.
    func receive(
        _ key: MessageKey,
        askedAt: Timestamp,
        _ untold: Set<MessageKey>
    ) async throws(GatewayError) {
        let known = try await read { stored throws(StoreError) in try stored.inbox(key) }
        if let known, known.state != nil, known.receivedAt >= askedAt || untold.contains(key) {
            return
        }
        guard try await !isErased(key) else { return }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.fetch([key])
        }
        guard let result = results.first else { throw .exchange(.badAnswer) }
        switch result {
        case .message(let message, _, _): try await take(message, listedAs: key)
        // Withdrawn or closed since it was listed: nothing is there to be taken.
        case .refused(_, let refusal) where !refusal.isTemporary: break
        case .refused(_, let refusal): throw .exchange(.refused(refusal))
        }
    }

    /// `adopting`: the statements that were made of it before this disk became an older copy.
    func take(
        _ message: WireMessage,
        listedAs key: MessageKey,
        adopting known: [SignedStatement] = []
    ) async throws(GatewayError) {
        guard let accepted = message.accepted else { throw .exchange(.badAnswer) }
        let bytes = Arrival.Bytes(
            routing: message.routing,
            submission: message.submission,
            sealed: message.sealed,
            accepted: accepted
        )
        try await take(bytes, listedAs: key, adopting: known)
    }

    /// Opens one message and commits what came of it.
    func take(
        _ bytes: Arrival.Bytes,
        listedAs key: MessageKey,
        adopting statements: [SignedStatement] = []
    ) async throws(GatewayError) {
        let known = try await read { stored throws(StoreError) in try stored.inbox(key) }
        if let known, known.state != nil {
            let isSame = known.sealedSha256 == SHA256.hash(bytes.sealed)
            return try await repeated(key, isSame: isSame)
        }
        for case .success(let statement) in [bytes.offer, bytes.receipt] {
            try await meetSigner(of: statement)
        }
        let arrival: Arrival
        do throws(OpenRefusal) {
            arrival = try Arrival(bytes, directory: view)
        } catch {
            let parcel = Parcel(key: key, bytes: bytes, held: known, adopted: statements)
            return try await turnAway(parcel, error)
        }
        var parcel = Parcel(key: key, bytes: bytes, held: known, adopted: statements)
        guard arrival.key == key else {
            return try await turnAway(parcel, .refused(.malformed, step: 2, detail: "key"))
        }
        parcel.arrival = arrival
        // What was taken in before is judged by the moment at which it was.
        var context = try openingContext(at: statements.delivered?.receiptTime ?? time.now)
        context.withdrawals = try await withdrawals(from: key.from)
        let checked: CheckedEnvelope
        do throws(OpenRefusal) {
            let keys = encryptionKeys()
            let opened = try await OpenedEnvelope(arrival, keys: keys, store: keyStore)
            checked = try await opened.checked(context)
        } catch {
            return try await turnAway(parcel, error)
        }
        guard try await fetchChunks(of: checked, key) else { return }
        var check = checked.chunkCheck()
        for chunk in checked.chunks {
            let sealed = try await kept(chunk, of: key)
            do throws(OpenRefusal) { try check.take(sealed) } catch {
                return try await turnAway(parcel, error)
            }
        }
        let verified: VerifiedSheet
        do throws(OpenRefusal) {
            verified = try await checked.verify(try check.finish())
        } catch {
            return try await turnAway(parcel, error)
        }
        let said = statements.delivered?.contentSha256
        guard said == nil || said == verified.contentSha256 else { throw .notFound }
        try await deliver(verified, parcel)
        try await hear(verified.manifest)
    }

    /// A message as it came, with what is known of it.
    struct Parcel {
        let key: MessageKey
        let bytes: Arrival.Bytes
        /// The row of a message that was set apart before.
        let held: InboxRow?
        var arrival: Arrival?
        /// It was set apart until its time was over.
        var hasLapsed = false
        /// What was said of it before this disk became an older copy.
        var adopted: [SignedStatement] = []

        /// That nobody else has judged it meanwhile.
        func expects(_ content: Digest?) -> [Precondition] {
            guard let held else { return [.inboxUnknown(key, content: content)] }
            return [.inboxRevision(key, held.revision)]
        }

        /// The leaf that a message which was set apart is free again.
        func freed(by gateway: OrganisationGateway) -> [AuditFacts] {
            guard held != nil, !hasLapsed else { return [] }
            return [gateway.facts(.messageFreed, by: .system, on: .message(key.messageID))]
        }
    }

    /// Step 18: the *delivered* receipt, signed, then everything in one commit.
    private func deliver(
        _ verified: VerifiedSheet,
        _ parcel: Parcel
    ) async throws(GatewayError) {
        let arrival = verified.arrival
        let key = arrival.key
        // All under one key, also at the turn of a year.
        let dataKey = try await vault.current(of: verified.sheet.auditPatient)
        let sheetColumn = dataKey.column(InboxBundle(verified).bytes, .inboxSheet(key.name))
        let contentColumn = dataKey.column(verified.content, .inboxContent(key.name))
        // The key that opens the message itself outlives what is kept of the patient.
        let sealedColumn = dataKey.column(parcel.bytes.sealed, .inboxSealed(key.name))
        let now = time.now
        var row = row(of: verified, sheetColumn, at: now)
        row.replacedBy = try await laterVersion(of: verified)
        let received = row
        let stored = parcel.bytes.stored(sealed: sealedColumn, content: contentColumn)
        let draft = DeliveredStatement(
            head: head(key, previous: arrival.accepted.sha256, now),
            sealedSha256: arrival.submission.body.sealedSha256,
            contentSha256: verified.contentSha256,
            checks: verified.checks
        )
        let acts = acts(ofDelivery: verified, parcel.adopted)
        let adopted = writes(readopting: parcel.adopted, key, in: .delivered)
        let isAdopted = parcel.adopted.delivered != nil
        let accepted = StatementRow(
            arrival.accepted,
            slot: .message(.accepted, key),
            storedAt: now
        )
        let member = member
        let chunks = arrival.submission.body.chunks.map(\.sealedSha256)
        try await settle { () async throws(GatewayError) in
            let replied = try await consequence(of: verified)
            let book = try await bookEntries(of: verified, received)
            let proposal = proposal(
                expects: parcel.expects(verified.contentSha256) + replied.expects,
                drafts: isAdopted ? [] : [{ _ in draft }],
                acts: acts + parcel.freed(by: self) + replied.acts
            ) { signed in
                let own = signed.flatMap { statement -> [GatewayWrite] in
                    let slot = StatementSlot.copy(.delivered, key, member)
                    let row = StatementRow(statement, slot: slot, storedAt: now)
                    return [.receipt(row, disclosure: nil), .send(statement.sha256)]
                }
                return [
                    .receive(received, stored), .claim(chunks, by: key),
                    .receipt(accepted, disclosure: nil),
                ] + own + adopted + replied.writes + book
            }
            return GatewayDecision<Void>.propose(proposal) { _ in }
        }
        bell.ring()
    }

    private func row(
        of verified: VerifiedSheet,
        _ column: SealedColumn,
        at now: Timestamp
    ) -> InboxRow {
        let routing = verified.arrival.routing
        var sheet = InboxSheet(
            thread: verified.sheet.threadID,
            sheetType: verified.sheet.type,
            contentSha256: verified.contentSha256,
            inReplyTo: verified.manifest.inReplyTo,
            desk: verified.manifest.toDesks.first { $0.member == member }?.desk,
            replyDueAt: verified.manifest.replyDueAt,
            sealed: column
        )
        sheet.replaces = verified.correctedMessage
        return InboxRow(
            key: verified.arrival.key,
            state: .delivered,
            urgency: routing.urgency,
            receivedAt: now,
            expiresAt: routing.expiresAt,
            movedAt: now,
            sealedSha256: verified.arrival.submission.body.sealedSha256,
            reason: nil,
            sheet: sheet,
            revision: 1
        )
    }

    /// What a sheet that is taken in opens and closes in the book, and which version it replaces.
    private func bookEntries(
        of verified: VerifiedSheet,
        _ row: InboxRow
    ) async throws(GatewayError) -> [GatewayWrite] {
        let sender = row.key.from
        let met = try await ended(by: verified.sheet, from: sender)
        guard row.replacedBy == nil else { return met }
        let owed = try owed(
            for: verified.sheet,
            row.key,
            sentAt: verified.arrival.routing.createdAt,
            at: row.sheet?.desk
        )
        return met + owed + (try await replaced(by: verified))
    }

    private func acts(
        ofDelivery verified: VerifiedSheet,
        _ adopted: [SignedStatement]
    ) -> [AuditFacts] {
        let key = verified.arrival.key
        var delivered = facts(
            .messageDelivered,
            by: .member,
            on: .message(key.messageID),
            peer: key.from
        )
        delivered.patient = verified.sheet.auditPatient
        delivered.statementSha256 = adopted.delivered?.sha256
        var granted = facts(.consentGranted, by: .system, on: verified.sheet.consentObject)
        granted.consent = verified.sheet.consentText
        granted.patient = verified.sheet.auditPatient
        return [delivered, granted] + readoptions(of: adopted, key)
    }

    /// Refused with a signed receipt, or set apart until the cause is gone.
    func turnAway(
        _ parcel: Parcel,
        _ refusal: OpenRefusal
    ) async throws(GatewayError) {
        // Still set apart for the same reason or another one: nothing new is known.
        if refusal.isHeld, parcel.held != nil { return }
        // It was taken in once: nothing else is said of it, and people are told that it is gone.
        guard parcel.adopted.isEmpty else { throw refusal.isHeld ? .quarantined : .notFound }
        let (key, bytes, arrival) = (parcel.key, parcel.bytes, parcel.arrival)
        let now = time.now
        let row = InboxRow(
            key: key,
            state: refusal.isHeld ? nil : .refused,
            urgency: arrival?.routing.urgency ?? .routine,
            receivedAt: now,
            expiresAt: bytes.expiry(at: now),
            movedAt: now,
            sealedSha256: SHA256.hash(bytes.sealed),
            reason: ReasonCode(rawValue: refusal.reasonCode),
            sheet: nil,
            revision: 1
        )
        let stored = bytes.stored()
        var act = facts(
            refusal.isHeld ? .messageQuarantined : .messageRefused,
            by: refusal.isHeld ? .system : .member,
            on: .message(key.messageID),
            peer: key.from
        )
        act.outcome = .minorFailure
        act.reason = AuditReason(refusal.reasonCode)
        guard case .refused(let code, _, _) = refusal,
            case .success(let accepted) = bytes.receipt
        else {
            return try await record(
                [act] + parcel.freed(by: self),
                expects: parcel.expects(nil),
                writes: [.receive(row, stored)]
            )
        }
        act.outcome = code.whoMustAct == .nobody ? .seriousFailure : .minorFailure
        let draft = RefusedStatement(
            head: head(key, previous: accepted.sha256, now),
            sealedSha256: row.sealedSha256,
            code: code
        )
        let member = member
        let acts = [act] + parcel.freed(by: self)
        try await settle { () async throws(GatewayError) in
            let proposal = proposal(
                expects: parcel.expects(nil),
                drafts: [{ _ in draft }],
                acts: acts
            ) { signed in
                let slot = StatementSlot.copy(.refused, key, member)
                return [
                    .receive(row, stored),
                    .receipt(StatementRow(signed[0], slot: slot, storedAt: now), disclosure: nil),
                    .send(signed[0].sha256),
                ]
            }
            return GatewayDecision<Void>.propose(proposal) { _ in }
        }
        bell.ring()
    }
}
