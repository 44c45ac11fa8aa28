import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

/// Whether an offered message is taken in (`exchange-api.md` 4, checks 3 to 11).
struct SubmitDecision: Sendable {
    let moment: Moment
    let member: MemberID
    let keys: KeysMirror
    let limits: PolicyLimits

    /// What the store knows about an offer.
    struct State: Sendable {
        let duplicate: Duplicate
        let stored: (message: MessageRow, accepted: StatementRow)?
        /// The named chunks that are here, with their lengths.
        let uploaded: [Digest: Int]
        let usage: [MemberID: Usage]
    }

    typealias Outcome = Decision<ItemResult>

    var view: DirectoryView { keys.view }

    /// Check 2: the routing header, strictly, and in the caller's own name.
    static func routing(_ bytes: [UInt8], of member: MemberID) throws(Refusal) -> Routing {
        let routing = try refusing(.malformed) { () throws(DecodingRefusal) in
            try Routing(reading: bytes)
        }
        guard routing.from == member else { throw Refusal(.notYourName) }
        return routing
    }

    func decide(_ message: WireMessage, _ routing: Routing, _ state: State) -> Outcome {
        do throws(Refusal) {
            if let repeated = try repeated(message, routing, state) { return repeated }
            guard view.membership(of: member)?.standing.status == .active else {
                throw Refusal(.memberSuspended)
            }
            guard Suite(routing.suite) != nil else { throw Refusal(.wrongSuite) }
            let submission = try submission(message, routing)
            guard submission.bytes <= limits[.messageBytes] else { throw Refusal(.tooLarge) }
            try checkRecipients(submission)
            try checkTimes(routing)
            try checkChunks(submission.body, state)
            try checkQuota(submission, state)
            return accept(submission)
        } catch {
            return rejected(routing.key, error)
        }
    }

    /// Check 3, before all that follows: a repeat gets its answer even when quota, clock or
    /// certificate have changed.
    private func repeated(
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
            guard let stored = state.stored else { throw Refusal(.receiptGone) }
            guard stored.message.routing == routing.bytes,
                stored.message.chunks == (try offered(message)).chunks
            else { return conflict(routing.key, .messageIdConflict) }
            var facts = facts(.messageDuplicate, routing.key)
            facts.fail(.minorFailure, "sameBytes")
            let receipt = stored.accepted.bytes
            return record(facts, routing.key, .done(isNew: false, receipt: receipt))
        }
    }

    private func offered(_ message: WireMessage) throws(Refusal) -> SubmissionStatement {
        try refusing(.malformed) { () throws(StatementRefusal) in
            try SignedStatement(reading: message.submission).body(as: SubmissionStatement.self)
        }
    }

    /// Check 5.
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
            try view.verify(statement, at: moment.now)
            return submission
        } catch {
            throw Refusal(of: error)
        }
    }

    /// Checks 6 and 7: sealed to exactly those named, each able to receive. One unusable recipient
    /// refuses the whole submission, and every one is named.
    private func checkRecipients(_ submission: Submission) throws(Refusal) {
        let routing = submission.routing
        let envelope = try refusing(.malformed) { () throws(CMSRefusal) in
            try AuthEnvelopedData(reading: submission.sealed, limit: Limits.sealedBytes)
        }
        let named = routing.to.map(\.keyID)
        guard named.count == envelope.recipientKeyIDs.count,
            Set(named) == Set(envelope.recipientKeyIDs)
        else { throw Refusal(.recipientsDiffer) }
        let faults = routing.to.enumerated().compactMap { index, addressee in
            fault(of: addressee, submission).map { (index, $0) }
        }
        guard let first = faults.first else { return }
        throw Refusal(
            first.1,
            details: faults.map { Refusal.Detail(pointer: "/to/\($0)", code: $1.rawValue) }
        )
    }

    private func fault(
        of addressee: Addressee,
        _ submission: Submission
    ) -> Refusal.Reason? {
        do throws(DirectoryRefusal) {
            let now = moment.now
            let until = min(submission.routing.expiresAt, now.adding(Limits.keyOutlook))
            // Of a sender whose clock is a little ahead, a new key may have its time already.
            let to = addressee.memberID
            let ahead = now.adding(Limits.clockTolerance)
            let usable =
                try view.encryptionCertificates(for: to, at: now, until: until)
                + view.encryptionCertificates(for: to, at: ahead, until: until)
            guard usable.contains(where: { $0.keyID == addressee.keyID }) else {
                return .recipientKeyUnusable
            }
        } catch {
            return switch error {
            case .unknownRecipient: .unknownRecipient
            case .paperOnlyRecipient: .paperOnlyRecipient
            default: .recipientKeyUnusable
            }
        }
        guard let entry = view.member(addressee.memberID)?.entry,
            entry.suites.contains(submission.routing.suite),
            submission.bytes <= entry.maximumMessageBytes
        else { return .recipientCannotRead }
        return nil
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
        let missing = body.chunks.enumerated().filter {
            state.uploaded[$0.element.sealedSha256] == nil
        }
        guard missing.isEmpty else {
            throw Refusal(
                .chunkMissing,
                details: missing.map { index, chunk in
                    Refusal.Detail(pointer: "/chunks/\(index)", code: chunk.sealedSha256.hex)
                }
            )
        }
        guard body.chunks.allSatisfy({ state.uploaded[$0.sealedSha256] == $0.sealedLength })
        else { throw Refusal(.hashDiffers) }
    }

    /// Check 10: one sender cannot fill another's mailbox.
    private func checkQuota(_ submission: Submission, _ state: State) throws(Refusal) {
        let room = room(for: submission)
        for (index, addressee) in submission.routing.to.enumerated() {
            guard let usage = state.usage[addressee.memberID],
                usage.messages > room.messages
                    || usage.bytes > room.bytes
            else { continue }
            throw Refusal(
                .quotaExceeded,
                details: [Refusal.Detail(pointer: "/to/\(index)", code: "quotaExceeded")],
                retryAfterSeconds: 60
            )
        }
    }

    /// What may wait between two members so that this message still fits.
    private func room(for submission: Submission) -> Usage {
        Usage(
            messages: limits[.pairMessages] - 1,
            bytes: Int64(limits[.pairBytes] - submission.bytes)
        )
    }

    /// Check 11: the receipt, and everything that commits with it.
    private func accept(_ submission: Submission) -> Outcome {
        let moment = moment
        let key = submission.key
        let recipients = submission.routing.to.map(\.memberID)
        let room = room(for: submission)
        let accepted = AcceptedStatement(
            head: moment.head(key, after: submission.statement.sha256),
            submission: submission.body,
            expiresAt: submission.routing.expiresAt
        )
        let act = facts(.messageAccepted, key)
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now),
                // Every member and certificate stands as it was read.
                .treeSize(keys.origin, keys.size),
                .messageUnknown(key, sealed: submission.body.sealedSha256),
            ] + recipients.map { .usage(from: key.from, to: $0, atMost: room) },
            drafts: [{ _ in accepted }]
        ) { signed in
            let receipt = StatementRow(
                signed[0],
                slot: .message(.accepted, key),
                storedAt: moment.now
            )
            let row = MessageRow(submission, accepted: receipt.sha256, at: moment.now)
            var act = act
            act.statementSha256 = receipt.sha256
            return (
                writes: [
                    .accept(row, sealed: submission.sealed, to: recipients, accepted: receipt)
                ],
                audit: [moment.entry(act)]
            )
        }
        return .propose(proposal) { .done(isNew: true, receipt: $0.receipts.first?.bytes) }
    }

    private func conflict(_ key: MessageKey, _ reason: Refusal.Reason) -> Outcome {
        var facts = facts(.messageConflict, key)
        facts.fail(.seriousFailure, reason.rawValue)
        return record(facts, key, .refused(Refusal(reason)))
    }

    /// A refusal of the sender's doing is on record; one of load or of our own is not.
    private func rejected(_ key: MessageKey, _ refusal: Refusal) -> Outcome {
        var facts = facts(.submissionRejected, key)
        switch refusal.reason {
        case .malformed, .badSignature, .hashDiffers, .recipientsDiffer, .certificateExpired,
            .revoked:
            facts.fail(.seriousFailure, refusal.code)
        case .wrongSuite, .memberSuspended, .unknownRecipient, .paperOnlyRecipient,
            .recipientKeyUnusable, .recipientCannotRead, .clockSkew, .expired, .tooLarge,
            .quotaExceeded:
            facts.fail(.minorFailure, refusal.code)
        default: return .refuse(refusal)
        }
        return record(facts, key, .refused(refusal))
    }

    private func record(
        _ facts: AuditFacts,
        _ key: MessageKey,
        _ answer: ItemResult
    ) -> Outcome {
        .record(Remark(facts: facts, member: member, about: key.sha256), answer: answer)
    }

    private func facts(_ event: AuditEvent, _ key: MessageKey) -> AuditFacts {
        moment.facts(event, by: .member, of: member, on: .message(key.messageID))
    }
}

extension Submission {
    /// Of the message with its chunks, as it counts against limits.
    fileprivate var bytes: Int {
        body.chunks.reduce(sealed.count) { $0 + $1.sealedLength }
    }
}

extension MessageRow {
    fileprivate init(_ submission: Submission, accepted: Digest, at now: Timestamp) {
        self.init(
            key: submission.key,
            routing: submission.routing.bytes,
            submission: submission.statement.bytes,
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
