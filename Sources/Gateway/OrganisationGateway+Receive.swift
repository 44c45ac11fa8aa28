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
    func receive(waitSeconds: Int) async throws(GatewayError) {
        let since = try await read { stored throws(StoreError) in try stored.cursor(.inbox) }
        let page = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.inbox(InboxQuery(since: since, waitSeconds: waitSeconds))
        }
        guard let page else { return }
        // One by one, so that a crash in the middle leaves the rest listed.
        for line in page.items { try await receive(line.key) }
        if since != page.revision { try await keep([.cursor(.inbox, page.revision)]) }
    }

    private func receive(_ key: MessageKey) async throws(GatewayError) {
        if let known = try await read({ stored throws(StoreError) in try stored.inbox(key) }),
            known.state != nil
        {
            // Its receipt waits to be told, or was told and the listing is older.
            return
        }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.fetch([key])
        }
        guard case .message(let message, _, _)? = results.first,
            let accepted = message.accepted
        else { return }
        let bytes = Arrival.Bytes(
            routing: message.routing,
            submission: message.submission,
            sealed: message.sealed,
            accepted: accepted
        )
        try await take(bytes, listedAs: key)
    }

    /// Opens one message and commits what came of it.
    func take(_ bytes: Arrival.Bytes, listedAs key: MessageKey) async throws(GatewayError) {
        let sealedSha256 = SHA256.hash(bytes.sealed)
        if let stored = try await read({ stored throws(StoreError) in try stored.inbox(key) }),
            stored.state != nil
        {
            return try await repeated(key, isSame: stored.sealedSha256 == sealedSha256)
        }
        let opening: Result<(VerifiedSheet, [Digest: [UInt8]]), OpenRefusal>
        var arrival: Arrival?
        do throws(OpenRefusal) {
            arrival = try Arrival(bytes, directory: view)
        } catch {
            return try await turnAway(key, bytes, nil, error)
        }
        guard let arrival, arrival.key == key else {
            return try await turnAway(key, bytes, nil, .refused(.malformed, step: 2, detail: "key"))
        }
        let chunks = try await fetchChunks(of: arrival)
        let context = try await openingContext()
        do throws(OpenRefusal) {
            let opened = try await OpenedEnvelope(
                arrival,
                keys: encryptionKeys(),
                store: keyStore
            )
            let verified = try await opened.verify(context, chunks: chunks)
            opening = .success((verified, chunks))
        } catch { opening = .failure(error) }
        switch opening {
        case .success(let (verified, chunks)): try await deliver(verified, bytes, chunks)
        case .failure(let refusal): try await turnAway(key, bytes, arrival, refusal)
        }
    }

    private func fetchChunks(of arrival: Arrival) async throws(GatewayError) -> [Digest: [UInt8]] {
        var chunks: [Digest: [UInt8]] = [:]
        for chunk in arrival.submission.body.chunks {
            chunks[chunk.sealedSha256] = try await wrap(GatewayError.exchange) {
                () async throws(ExchangeError) in
                try await exchange.chunk(of: arrival.key, chunk.sealedSha256)
            }
        }
        return chunks
    }

    private func encryptionKeys() -> [KeyID: KeyHandle] {
        var keys: [KeyID: KeyHandle] = [:]
        for handle in keyStore.handles() where handle.use == .encryption {
            if let id = handle.keyID { keys[id] = handle }
        }
        return keys
    }

    private func openingContext() async throws(GatewayError) -> OpeningContext {
        let known = catalogue.types
        let memory = OpeningMemory(
            accepts: { type, _ in known.contains(type) },
            earlier: { digest in
                do throws(GatewayError) {
                    return try await self.read { stored throws(StoreError) in
                        try stored.inbox(content: digest)?.key
                    }
                } catch { return nil }
            },
            answered: { id, thread in
                do throws(GatewayError) {
                    return try await self.sheet(id, in: thread)?.sheet
                } catch { return nil }
            }
        )
        var context = OpeningContext(
            receiver: try membership(),
            directory: view,
            catalogue: catalogue,
            now: time.now,
            memory: memory
        )
        context.isTestExchange = settings.isTestExchange
        return context
    }

    /// Step 18: the *delivered* receipt, signed, then everything in one commit.
    private func deliver(
        _ verified: VerifiedSheet,
        _ bytes: Arrival.Bytes,
        _ chunks: [Digest: [UInt8]]
    ) async throws(GatewayError) {
        let arrival = verified.arrival
        let key = arrival.key
        let sheetColumn = try await vault.seal(
            InboxBundle(verified).bytes,
            .inboxSheet(key.name)
        )
        let contentColumn = try await vault.seal(verified.content, .inboxContent(key.name))
        let now = time.now
        let row = row(of: verified, sheetColumn, at: now)
        let stored = bytes.stored(chunks: chunks, content: contentColumn)
        let head = head(key, previous: arrival.accepted.sha256, now)
        let draft = DeliveredStatement(
            head: head,
            sealedSha256: arrival.submission.body.sealedSha256,
            contentSha256: verified.contentSha256,
            checks: verified.checks
        )
        let acts = try acts(ofDelivery: verified)
        let replied = try await repliedTo(verified)
        let accepted = StatementRow(
            arrival.accepted,
            slot: .message(.accepted, key),
            storedAt: now
        )
        let random = random
        let member = member
        try await settle { () async throws(GatewayError) in
            let proposal = Proposal<GatewayWrite>(
                expects: [.inboxUnknown(key, content: verified.contentSha256)],
                drafts: [{ _ in draft }]
            ) { signed in
                let receipt = StatementRow(
                    signed[0],
                    slot: .copy(.delivered, key, member),
                    storedAt: now
                )
                var all = acts
                all[0].statementSha256 = signed[0].sha256
                return (
                    writes: [
                        .receive(row, stored), .receipt(accepted, disclosure: nil),
                        .receipt(receipt, disclosure: nil), .send(signed[0].sha256),
                    ] + replied.writes,
                    audit: (all + replied.acts).map {
                        AuditEntry($0, in: .access, random: random)
                    }
                )
            }
            return GatewayDecision<Void>.propose(proposal) { _ in }
        }
        bell.ring()
    }

    private func row(
        of verified: VerifiedSheet,
        _ sealed: SealedColumn,
        at now: Timestamp
    ) -> InboxRow {
        let arrival = verified.arrival
        return InboxRow(
            key: arrival.key,
            state: .delivered,
            urgency: arrival.routing.urgency,
            receivedAt: now,
            expiresAt: arrival.routing.expiresAt,
            movedAt: now,
            sealedSha256: arrival.submission.body.sealedSha256,
            reason: nil,
            sheet: InboxSheet(
                thread: verified.sheet.threadID,
                sheetType: verified.sheet.type,
                contentSha256: verified.contentSha256,
                inReplyTo: verified.manifest.inReplyTo,
                desk: verified.manifest.toDesks.first { $0.member == member }?.desk,
                replyDueAt: verified.manifest.replyDueAt,
                sealed: sealed
            ),
            revision: 1
        )
    }

    private func acts(ofDelivery verified: VerifiedSheet) throws(GatewayError) -> [AuditFacts] {
        let key = verified.arrival.key
        var delivered = facts(
            .messageDelivered,
            by: .member,
            on: .message(key.messageID),
            peer: key.from
        )
        delivered.patient = verified.sheet.patientName
        var granted = facts(.consentGranted, by: .system, on: verified.sheet.consentObject)
        granted.consent = verified.sheet.consentText
        granted.patient = verified.sheet.patientName
        return [delivered, granted]
    }

    /// A reply that has arrived moves the message it answers to 返信あり.
    private func repliedTo(
        _ verified: VerifiedSheet
    ) async throws(GatewayError) -> (writes: [GatewayWrite], acts: [AuditFacts]) {
        guard let answered = verified.manifest.inReplyTo, answered.from == member else {
            return ([], [])
        }
        let row = try await read { stored throws(StoreError) in
            try stored.outbox(answered.messageID)
        }
        let sender = verified.arrival.key.from
        guard let row, let copy = row.copies.first(where: { $0.to == sender }),
            copy.state.rank >= DeliveryState.accepted.rank, copy.state != .replied
        else { return ([], []) }
        let now = time.now
        return (
            writes: [
                .moveOutbox(row.message, to: sender, .replied, at: now),
                .met(row.message, sender, .reply, at: now),
            ],
            acts: [
                facts(.messageReplied, by: .member, on: .message(row.message), peer: sender)
            ]
        )
    }

    /// Refused with a signed receipt, or set apart until the cause is gone.
    private func turnAway(
        _ key: MessageKey,
        _ bytes: Arrival.Bytes,
        _ arrival: Arrival?,
        _ refusal: OpenRefusal
    ) async throws(GatewayError) {
        let now = time.now
        let row = InboxRow(
            key: key,
            state: refusal.isHeld ? nil : .refused,
            urgency: arrival?.routing.urgency ?? .routine,
            receivedAt: now,
            expiresAt: arrival?.routing.expiresAt ?? now.adding(Limits.lifeMaximum),
            movedAt: now,
            sealedSha256: SHA256.hash(bytes.sealed),
            reason: ReasonCode(rawValue: refusal.reasonCode),
            sheet: nil,
            revision: 1
        )
        let stored = bytes.stored(chunks: [:], content: nil)
        var act = facts(
            refusal.isHeld ? .messageQuarantined : .messageRefused,
            by: refusal.isHeld ? .system : .member,
            on: .message(key.messageID),
            peer: key.from
        )
        act.outcome = .minorFailure
        act.reason = AuditReason(refusal.reasonCode)
        guard case .refused(let code, _, _) = refusal,
            let accepted = acceptedHash(bytes.accepted)
        else {
            return try await record([act], writes: [.receive(row, stored)])
        }
        act.outcome = code.whoMustAct == .nobody ? .seriousFailure : .minorFailure
        let draft = RefusedStatement(
            head: head(key, previous: accepted, now),
            sealedSha256: row.sealedSha256,
            code: code
        )
        try await refuse(draft, row, stored, act)
    }

    private func refuse(
        _ draft: RefusedStatement,
        _ row: InboxRow,
        _ stored: InboxBytes,
        _ act: AuditFacts
    ) async throws(GatewayError) {
        let key = row.key
        let member = member
        let random = random
        let now = row.receivedAt
        try await settle { () async throws(GatewayError) in
            let proposal = Proposal<GatewayWrite>(
                expects: [.inboxUnknown(key, content: nil)],
                drafts: [{ _ in draft }]
            ) { signed in
                var act = act
                act.statementSha256 = signed[0].sha256
                let receipt = StatementRow(
                    signed[0],
                    slot: .copy(.refused, key, member),
                    storedAt: now
                )
                return (
                    writes: [
                        .receive(row, stored), .receipt(receipt, disclosure: nil),
                        .send(signed[0].sha256),
                    ],
                    audit: [AuditEntry(act, in: .access, random: random)]
                )
            }
            return GatewayDecision<Void>.propose(proposal) { _ in }
        }
        bell.ring()
    }

    /// The same message again: with the same bytes a repeat, with others an alarm.
    private func repeated(_ key: MessageKey, isSame: Bool) async throws(GatewayError) {
        var act = facts(
            isSame ? .messageDuplicate : .messageConflict,
            by: .member,
            on: .message(key.messageID),
            peer: key.from
        )
        act.outcome = isSame ? .minorFailure : .seriousFailure
        act.reason = AuditReason(isSame ? "sameBytes" : "otherBytes")
        try await record([act])
    }

    private func acceptedHash(_ bytes: [UInt8]) -> Digest? {
        do throws(StatementRefusal) {
            return try SignedStatement(reading: bytes).sha256
        } catch { return nil }
    }

    func head(_ key: MessageKey, previous: Digest, _ now: Timestamp) -> ReceiptHead {
        ReceiptHead(
            issuer: PartyID(member),
            message: key,
            previous: previous,
            at: now,
            logOrigin: accessOrigin
        )
    }

    /// Messages set apart are tried again when a list or the directory has changed.
    func retryHeld() async throws(GatewayError) {
        let held = try await read { stored throws(StoreError) in
            try stored.heldInbox().map { row throws(StoreError) in
                (key: row.key, bytes: try stored.inboxBytes(of: row.key))
            }
        }
        for (key, bytes) in held {
            guard let bytes else { continue }
            try await take(
                Arrival.Bytes(
                    routing: bytes.routing,
                    submission: bytes.submission,
                    sealed: bytes.sealed,
                    accepted: bytes.accepted
                ),
                listedAs: key
            )
        }
    }
}

extension Arrival.Bytes {
    func stored(chunks: [Digest: [UInt8]], content: SealedColumn?) -> InboxBytes {
        InboxBytes(
            routing: routing,
            submission: submission,
            sealed: sealed,
            accepted: accepted,
            chunks: chunks.sorted { $0.key < $1.key }.map {
                StoredChunk(sha256: $0.key, sealed: $0.value)
            },
            content: content
        )
    }
}
