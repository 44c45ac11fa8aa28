import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

/// Whether an offered message is taken in (`exchange-api.md` 4, checks 2 to 10).
struct SubmitDecision: Sendable {
    let moment: Moment
    let member: MemberID
    let view: DirectoryView
    let settings: ExchangeSettings

    /// What the store knows about an offer.
    struct State: Sendable {
        let duplicate: Duplicate
        let stored: (message: MessageRow, accepted: StatementRow)?
        let uploaded: Set<Digest>
        let usage: [MemberID: Usage]
        let keys: TreeRow
    }

    typealias Outcome = Decision<ItemResult>

    /// Check 2: the routing header, strictly, and in the caller's own name.
    static func routing(_ bytes: [UInt8], of member: MemberID) throws(Refusal) -> Routing {
        let routing = try refusing(.malformed) { () throws(DecodingRefusal) in
            try Routing(reading: bytes)
        }
        guard routing.from == member else { throw Refusal(.notYourName) }
        return routing
    }

    /// Checks 3 to 10.
    func decide(_ message: WireMessage, _ routing: Routing, _ state: State) -> Outcome {
        do throws(Refusal) {
            if let repeated = try duplicate(message, routing, state) { return repeated }
            guard Suite(routing.suite) != nil else { throw Refusal(.wrongSuite) }
            let submission = try submission(message, routing)
            try checkRecipients(submission)
            try checkTimes(routing)
            try checkChunks(submission.body, state)
            try checkQuota(submission, state)
            return accept(submission, message, state)
        } catch {
            return rejected(routing.key, error)
        }
    }

    /// Check 3, before all that follows: a repeat gets its answer even when quota, clock or
    /// certificate have changed.
    private func duplicate(
        _ message: WireMessage,
        _ routing: Routing,
        _ state: State
    ) throws(Refusal) -> Outcome? {
        switch state.duplicate {
        case .unknown: return nil
        case .contentSeen: return conflict(routing.key, .contentSeen)
        case .known(let sealed):
            guard sealed == SHA256.hash(message.sealed) else {
                return conflict(routing.key, .messageIdConflict)
            }
            guard let stored = state.stored else { return .refuse(Refusal(.receiptGone)) }
            let offered = try submissionBody(message)
            guard stored.message.routing == routing.bytes,
                stored.message.chunks == offered.chunks
            else { return conflict(routing.key, .messageIdConflict) }
            let receipt = stored.accepted.bytes
            return record(.messageDuplicate, .minorFailure, "sameBytes", routing.key) { _ in
                .done(isNew: false, receipt: receipt)
            }
        }
    }

    private func submissionBody(_ message: WireMessage) throws(Refusal) -> SubmissionStatement {
        try refusing(.malformed) { () throws(StatementRefusal) in
            try SignedStatement(reading: message.submission).body(as: SubmissionStatement.self)
        }
    }

    /// Check 5, and 6 as far as the strict reader goes.
    private func submission(
        _ message: WireMessage,
        _ routing: Routing
    ) throws(Refusal) -> Submission {
        do throws(StatementRefusal) {
            let statement = try SignedStatement(reading: message.submission)
            let submission = try Submission(
                routing: routing,
                submission: statement,
                sealed: message.sealed
            )
            let signer = try view.verify(statement, at: moment.now)
            guard view.isStanding(signer.sha256) else { throw .revoked }
            return submission
        } catch {
            throw Refusal(error)
        }
    }

    /// Checks 6 and 7: sealed to exactly those named, each able to receive. One unusable recipient
    /// refuses the whole submission and is named.
    private func checkRecipients(_ submission: Submission) throws(Refusal) {
        let routing = submission.routing
        let envelope = try refusing(.malformed) { () throws(CMSRefusal) in
            try AuthEnvelopedData(reading: submission.sealed, limit: Limits.sealedBytes)
        }
        let named = routing.to.map(\.keyID)
        guard named.count == envelope.recipientKeyIDs.count,
            Set(named) == Set(envelope.recipientKeyIDs)
        else { throw Refusal(.recipientsDiffer) }
        var faults: [Refusal.Detail] = []
        var first: Refusal.Reason?
        for (index, addressee) in routing.to.enumerated() {
            guard let reason = fault(of: addressee, routing) else { continue }
            first = first ?? reason
            faults.append(Refusal.Detail(pointer: "/to/\(index)", code: reason.rawValue))
        }
        if let first { throw Refusal(first, details: faults) }
    }

    private func fault(of addressee: Addressee, _ routing: Routing) -> Refusal.Reason? {
        do throws(DirectoryRefusal) {
            let end = min(routing.expiresAt, moment.now.adding(.hours(24)))
            let usable = try view.encryptionCertificate(
                for: addressee.memberID,
                at: moment.now,
                until: end
            )
            guard usable.keyID == addressee.keyID else { return .recipientKeyUnusable }
            guard view.member(addressee.memberID)?.entry?.suites.contains(routing.suite) ?? false
            else { return .recipientCannotRead }
            return nil
        } catch {
            return Refusal.Reason(rawValue: error.code) ?? .recipientKeyUnusable
        }
    }

    /// Check 8.
    private func checkTimes(_ routing: Routing) throws(Refusal) {
        guard routing.createdAt <= moment.now.adding(Limits.clockTolerance) else {
            throw Refusal(.clockSkew)
        }
        guard routing.expiresAt > moment.now else { throw Refusal(.expired) }
    }

    /// Check 9.
    private func checkChunks(
        _ body: SubmissionStatement,
        _ state: State
    ) throws(Refusal) {
        guard body.chunks.reduce(0, { $0 + $1.sealedLength }) <= Limits.messageBytes else {
            throw Refusal(.tooLarge)
        }
        let missing = body.chunks.map(\.sealedSha256).filter { !state.uploaded.contains($0) }
        guard missing.isEmpty else {
            let details = missing.map { Refusal.Detail(pointer: $0.hex, code: "chunkMissing") }
            throw Refusal(.chunkMissing, details: details)
        }
    }

    /// Check 10: one sender cannot fill another's mailbox.
    private func checkQuota(_ submission: Submission, _ state: State) throws(Refusal) {
        for (index, addressee) in submission.routing.to.enumerated() {
            let usage = state.usage[addressee.memberID] ?? Usage(messages: 0, bytes: 0)
            guard usage.messages < settings.pairMessages,
                usage.bytes + Int64(submission.sealed.count) <= settings.pairBytes
            else {
                let detail = Refusal.Detail(pointer: "/to/\(index)", code: "quotaExceeded")
                throw Refusal(.quotaExceeded, details: [detail], retryAfterSeconds: 60)
            }
        }
    }

    /// Check 11: the receipt, and everything that commits with it.
    private func accept(
        _ submission: Submission,
        _ message: WireMessage,
        _ state: State
    ) -> Outcome {
        let moment = moment
        let routing = submission.routing
        let head = ReceiptHead(
            issuer: PartyID(moment.exchange),
            message: routing.key,
            previous: submission.statement.sha256,
            at: moment.now,
            logOrigin: moment.transport
        )
        let accepted = AcceptedStatement(
            head: head,
            submission: submission.body,
            expiresAt: routing.expiresAt
        )
        let usages = routing.to.map { addressee in
            Precondition.usage(
                from: routing.from,
                to: addressee.memberID,
                atMost: state.usage[addressee.memberID] ?? Usage(messages: 0, bytes: 0)
            )
        }
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now),
                .treeSize(state.keys.origin, state.keys.size),
                .messageUnknown(routing.key, sealed: submission.body.sealedSha256),
            ] + usages,
            drafts: [{ _ in accepted }]
        ) { signed in
            let receipt = StatementRow(
                signed[0],
                slot: .message(.accepted, routing.key),
                storedAt: moment.now
            )
            let row = MessageRow(submission, message, accepted: signed[0].sha256, at: moment.now)
            let recipients = routing.to.map(\.memberID)
            var act = moment.act(.messageAccepted, by: routing.from, on: routing.key)
            act.statementSha256 = signed[0].sha256
            return (
                writes: [
                    .accept(row, sealed: submission.sealed, to: recipients, accepted: receipt)
                ],
                audit: [AuditEntry(act, in: .transport, random: moment.random)]
            )
        }
        return .propose(proposal) { committed in
            .done(isNew: true, receipt: committed.receipts.first?.bytes)
        }
    }

    private func conflict(_ key: MessageKey, _ reason: Refusal.Reason) -> Outcome {
        record(.messageConflict, .seriousFailure, reason.rawValue, key) { _ in
            .refused(Refusal(reason))
        }
    }

    /// A refusal of the sender's doing is on record; one of load or of our own is not.
    private func rejected(_ key: MessageKey, _ refusal: Refusal) -> Outcome {
        switch refusal.reason {
        case .badSignature, .revoked, .certificateExpired, .recipientsDiffer, .malformed,
            .hashDiffers:
            return record(.submissionRejected, .seriousFailure, refusal.code, key) { _ in
                .refused(refusal)
            }
        case .tooLarge, .recipientCannotRead, .clockSkew, .quotaExceeded, .wrongSuite,
            .unknownRecipient, .paperOnlyRecipient, .recipientKeyUnusable, .memberSuspended:
            return record(.submissionRejected, .minorFailure, refusal.code, key) { _ in
                .refused(refusal)
            }
        default: return .refuse(refusal)
        }
    }

    private func record(
        _ event: AuditEvent,
        _ outcome: AuditOutcome,
        _ reason: String,
        _ key: MessageKey,
        answer: @escaping @Sendable (Committed) -> ItemResult
    ) -> Outcome {
        let moment = moment
        let member = member
        let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
            var act = moment.act(event, by: member, on: key)
            act.outcome = outcome
            act.reason = AuditReason(reason)
            return (writes: [], audit: [AuditEntry(act, in: .transport, random: moment.random)])
        }
        return .propose(proposal, answer: answer)
    }
}

extension MessageRow {
    init(_ submission: Submission, _ message: WireMessage, accepted: Digest, at now: Timestamp) {
        self.init(
            key: submission.key,
            routing: message.routing,
            submission: message.submission,
            accepted: accepted,
            sealedSha256: submission.body.sealedSha256,
            sealedLength: submission.body.sealedLength,
            chunks: submission.body.chunks,
            urgency: submission.routing.urgency,
            acceptedAt: now,
            expiresAt: submission.routing.expiresAt,
            fiscalYear: TreeOrigin.fiscalYear(of: now)
        )
    }
}
