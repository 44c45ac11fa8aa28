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

// From the end of the hold to the exchange's receipt: commits 2 and 4.
extension OrganisationGateway {
    /// Seals every message whose hold is over.
    func sealDue(_ report: Report) async throws(GatewayError) {
        let now = time.now
        let limit = scanItems
        let due = try await read { stored throws(StoreError) in
            try stored.heldOutbox(until: now, limit: limit)
        }
        guard !due.isEmpty else { return }
        guard clockOffset.magnitudeIsBelow(Limits.clockTolerance) else { throw .clockOff }
        _ = try signingIdentity()
        for row in due {
            try await alone(row.message, report) { () async throws(GatewayError) in
                try await seal(row)
            }
        }
    }

    private func seal(_ row: OutboxRow) async throws(GatewayError) {
        let bundle = try await draftBundle(row)
        let sheet = try await draftedSheet(row)
        let grant: Grant
        let sealed: Sealed
        do throws(GatewayError) {
            grant = try await permit(
                sheet,
                until: row.expiresAt,
                among: row.waiting,
                isSealing: true
            )
            sealed = try await self.sealed(row, grant.permit, bundle)
        } catch {
            return try await block(row, sheet, error)
        }
        let content = try await vault.seal(
            sealed.content,
            .ownContent(row.message),
            of: sheet.auditPatient
        )
        var act = facts(
            .messageSigned,
            by: bundle.agent,
            on: .message(row.message, sha256: sealed.contentSha256)
        )
        act.patient = sheet.auditPatient
        act.consent = sheet.consentText
        var writes: [GatewayWrite] = [
            .seal(row.message, sealed.bytes(content: content))
        ]
        for pair in sealed.pairs { writes.append(.pair(pair)) }
        writes += awaited(
            by: sheet,
            MessageKey(from: member, messageID: row.message),
            from: grant.permit.recipients.map(\.membership.memberID)
        )
        writes += try await replacing(row, sheet)
        try await record(
            [act],
            expects: [.outboxRevision(row.message, row.revision)] + sealed.expects
                + grant.expects,
            writes: writes
        )
    }

    /// What was sealed and what must hold when it is stored.
    private struct Sealed {
        let routing: [UInt8]
        let submission: [UInt8]
        let envelope: SealedEnvelope
        let content: [UInt8]
        let contentSha256: Digest
        let pairs: [PairRow]
        let expects: [Precondition]

        func bytes(content: SealedColumn) -> OutboxBytes {
            OutboxBytes(
                routing: routing,
                submission: submission,
                sealed: envelope.bytes,
                content: content
            )
        }
    }

    private func sealed(
        _ row: OutboxRow,
        _ permit: Permit,
        _ bundle: DraftBundle
    ) async throws(GatewayError) -> Sealed {
        let identity = try signingIdentity()
        let signer = Signer(
            store: keyStore,
            key: identity.key,
            identity: identity.identity
        )
        let chains = try await chains(to: permit.recipients.map(\.membership.memberID), row)
        let now = time.now
        var frame = Signer.Frame(
            key: MessageKey(from: member, messageID: row.message),
            life: MessageLife(createdAt: now, expiresAt: row.expiresAt, urgency: row.urgency),
            pairs: chains.links,
            product: Manifest.Product(
                product: settings.product,
                productVersion: settings.productVersion,
                supportTelephone: settings.supportTelephone
            )
        )
        frame.inReplyTo = row.inReplyTo
        frame.replaces = try await replacement(of: row, permit.sheet)
        frame.desks = row.copies.compactMap { copy in
            copy.desk.map { Manifest.DeskAddress(member: copy.to, desk: $0) }
        }
        frame.seenCheckpoints = try await seenCheckpoints()
        let signed: SignedSheet
        let envelope: SealedEnvelope
        do throws(SealError) {
            signed = try await signer.sign(
                permit,
                frame,
                attachments: bundle.attachments
            )
            envelope = try signed.sealed()
        } catch { throw .seal(error) }
        let offer = SubmissionStatement(
            routing: envelope.routing,
            sealed: envelope.bytes,
            chunks: envelope.chunks
        )
        let statements = try statementSigner()
        let submission = try await wrap(GatewayError.keyStore) {
            () async throws(KeyStoreError) in
            try await statements.sign(offer, at: now)
        }
        return Sealed(
            routing: envelope.routing.bytes,
            submission: submission.bytes,
            envelope: envelope,
            content: signed.contentDER,
            contentSha256: signed.contentSha256,
            pairs: chains.rows,
            expects: chains.expects
        )
    }

    /// The next link of the chain to each recipient.
    private func chains(
        to recipients: [MemberID],
        _ row: OutboxRow
    ) async throws(GatewayError) -> (
        links: [Manifest.PairLink], rows: [PairRow], expects: [Precondition]
    ) {
        let known = try await read { stored throws(StoreError) in
            try recipients.map { peer throws(StoreError) in
                (peer: peer, pair: try stored.pair(.sent, with: peer))
            }
        }
        var links: [Manifest.PairLink] = []
        var rows: [PairRow] = []
        var expects: [Precondition] = []
        for (peer, pair) in known {
            // A random start tells fellow recipients nothing about volume.
            let sequence = pair.map { $0.sequence + 1 } ?? Int64(random.number(below: 1 << 40))
            links.append(
                Manifest.PairLink(member: peer, sequence: sequence, previous: pair?.message)
            )
            rows.append(
                PairRow(
                    direction: .sent,
                    peer: peer,
                    sequence: sequence,
                    message: row.message
                )
            )
            expects.append(.pairSequence(.sent, peer, pair?.sequence))
        }
        return (links, rows, expects)
    }

    /// A permit or key that is gone stops this message until a person decides; nothing is lost.
    func block(
        _ row: OutboxRow,
        _ sheet: Sheet,
        _ error: GatewayError
    ) async throws(GatewayError) {
        var acts: [AuditFacts] = []
        if case .consent(let refusal) = error {
            var denied = facts(.consentDenied, by: .system, on: sheet.consentObject)
            denied.outcome = .seriousFailure
            denied.reason = AuditReason(refusal.reason.rawValue)
            denied.patient = sheet.auditPatient
            acts.append(denied)
        } else if error.mayPass {
            throw error
        }
        var held = facts(.messageHeld, by: .system, on: .message(row.message))
        held.reason = AuditReason(error.code)
        acts.append(held)
        try await record(
            acts,
            expects: [.outboxRevision(row.message, row.revision)],
            writes: [.block(row.message, ReasonCode(rawValue: error.code))]
        )
    }
}

extension GatewayError {
    /// Whether time or this office's own administrator mends it, with the message left as it is.
    fileprivate var mayPass: Bool {
        switch self {
        case .seal(.certificateEnding), .dataKey, .keyStore, .notEnrolled: true
        case .directory(.keyUnwitnessed): true
        // The recipient's key or standing: a person decides, even if it may come back.
        case .directory: false
        default: isTemporary
        }
    }
}

extension Duration {
    func magnitudeIsBelow(_ bound: Duration) -> Bool { self < bound && .zero - self < bound }
}
