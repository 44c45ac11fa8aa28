import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// What the decisions about messages have to read.
extension ExchangeNode {
    func decide(
        submission message: WireMessage,
        of member: MemberID
    ) async throws(Refusal) -> Decision<ItemResult> {
        let routing = try SubmitDecision.routing(message.routing, of: member)
        let sealed = SHA256.hash(message.sealed)
        let chunks = SubmitDecision.chunks(of: message)
        let keys = try await followed()
        let state = try await read { stored throws(StoreError) in
            var known: (message: MessageRow, accepted: StatementRow)?
            if let row = try stored.message(routing.key),
                let accepted = try stored.statement(row.accepted)
            {
                known = (row, accepted)
            }
            var usage: [MemberID: Usage] = [:]
            for addressee in routing.to {
                usage[addressee.memberID] = try stored.usage(
                    from: member,
                    to: addressee.memberID
                )
            }
            return SubmitDecision.State(
                duplicate: try stored.duplicate(routing.key, sealed: sealed),
                stored: known,
                uploaded: try stored.uploaded(chunks, by: member),
                usage: usage
            )
        }
        if state.duplicate != .unknown {
            // A repeat gets its answer, and costs what a call costs.
            try admitCall(of: member)
        } else {
            try admitBody(routing.urgency)
            // An emergency waits for nobody.
            if routing.urgency != .emergency {
                let chunkBytes = state.uploaded.values.reduce(0, +)
                try admitMessage(of: member, bytes: message.sealed.count + chunkBytes)
            }
        }
        let decision = SubmitDecision(
            moment: moment,
            member: member,
            keys: keys,
            limits: settings.limits
        )
        return decision.decide(message, routing, state)
    }

    /// Keeps proofs for the other side's events, as far as there is room between the two: the
    /// exchange cannot read them, so anything may be in them.
    func carry(_ proofs: SealedProofs, from member: MemberID) async throws(Refusal) {
        let (haveDealt, bytes) = try await read { stored throws(StoreError) in
            (
                try stored.haveDealt(member, proofs.to),
                try stored.proofBytes(from: member, to: proofs.to)
            )
        }
        guard haveDealt else { throw Refusal(.unknownRecipient) }
        guard bytes + Int64(proofs.bytes.count) <= Int64(Limits.pairProofBytes) else {
            throw Refusal(.quotaExceeded, retryAfterSeconds: 60)
        }
        try admitBytes(proofs.bytes.count, of: member)
        let now = time.now
        try await keep([.proofs(from: member, to: proofs.to, sealed: proofs.bytes, at: now)])
        mailboxes.notify(proofs.to)
    }

    /// Releases copies, as many of them as one answer may hold, and gives their bodies. The rows of
    /// first releases are committed before.
    func fetch(
        _ keys: [MessageKey],
        for member: MemberID
    ) async throws(Refusal) -> [FetchResult] {
        let keys = try await fitting(keys)
        let released = await settleAll(keys.count) { (index) async throws(Refusal) in
            let copy = try await self.read { stored throws(StoreError) in
                try stored.copy(keys[index], to: member)
            }
            guard let copy else { throw Refusal(.notFound) }
            return ReleaseDecision(moment: self.moment, member: member).decide(copy)
        }
        var again: [ExchangeUpkeep] = []
        for case (let key, .success(let release)) in zip(keys, released) where !release.isFirst {
            again.append(.fetchedAgain(key, to: member))
        }
        if !again.isEmpty { try await keep(again) }
        var results: [FetchResult] = []
        for (key, release) in zip(keys, released) {
            do throws(Refusal) {
                results.append(try await body(of: key, try release.get()))
            } catch {
                results.append(.refused(key, error))
            }
        }
        return results
    }

    /// The first of `keys` that fit into one answer, at least one.
    private func fitting(_ keys: [MessageKey]) async throws(Refusal) -> [MessageKey] {
        try await read { stored throws(StoreError) in
            var room = Limits.batchBytes
            var fitting: [MessageKey] = []
            for key in keys {
                if let message = try stored.message(key) {
                    room -=
                        message.sealedLength + message.routing.count
                        + message.submission.count + Limits.frameLineBytes
                }
                guard room >= 0 || fitting.isEmpty else { break }
                fitting.append(key)
            }
            return fitting
        }
    }

    private func body(
        of key: MessageKey,
        _ release: ReleaseDecision.Release
    ) async throws(Refusal) -> FetchResult {
        let message = try await read { stored throws(StoreError) -> WireMessage? in
            guard let row = try stored.message(key),
                let sealed = try stored.sealedBody(of: key),
                let accepted = try stored.statement(row.accepted)
            else { return nil }
            return WireMessage(
                routing: row.routing,
                submission: row.submission,
                sealed: sealed,
                accepted: accepted.bytes
            )
        }
        guard let message else { throw Refusal(.bodyGone) }
        return .message(message, released: release.at, attempt: release.attempt)
    }
}

extension SubmitDecision {
    /// The chunks a submission names, before it is believed; none where it cannot be read.
    fileprivate static func chunks(of message: WireMessage) -> [Digest] {
        do throws(StatementRefusal) {
            return try SignedStatement(reading: message.submission)
                .body(as: SubmissionStatement.self).chunks.map(\.sealedSha256)
        } catch { return [] }
    }
}
