import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// What each decision has to read, and what is done besides it.
extension ExchangeNode {
    func decide(
        submission message: WireMessage,
        of member: MemberID
    ) async throws(Refusal) -> Decision<ItemResult> {
        let routing = try SubmitDecision.routing(message.routing, of: member)
        let sealed = SHA256.hash(message.sealed)
        let chunks = SubmitDecision.chunks(of: message)
        let origin = origin(.keys)
        let state = try await read { stored throws(StoreError) in
            let duplicate = try stored.duplicate(routing.key, sealed: sealed)
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
                duplicate: duplicate,
                stored: known,
                uploaded: try stored.uploaded(chunks, by: member),
                usage: usage,
                keys: try stored.trees().first { $0.origin == origin }
            )
        }
        let decision = SubmitDecision(
            moment: moment,
            member: member,
            view: view,
            settings: settings
        )
        return decision.decide(message, routing, state)
    }

    func decide(
        releaseOf key: MessageKey,
        to member: MemberID
    ) async throws(Refusal) -> Decision<ReleaseDecision.Release> {
        let copy = try await read { stored throws(StoreError) in
            try stored.copy(key, to: member)
        }
        guard let copy else { throw Refusal(.notFound) }
        return ReleaseDecision(moment: moment, member: member).decide(copy)
    }

    /// The body of a copy whose release has been committed.
    func body(
        of key: MessageKey,
        _ result: Result<ReleaseDecision.Release, Refusal>,
        for member: MemberID
    ) async -> FetchResult {
        do throws(Refusal) {
            let release: ReleaseDecision.Release
            switch result {
            case .success(let value): release = value
            case .failure(let refusal): throw refusal
            }
            if !release.isFirst { try await keep([.fetchedAgain(key, to: member)]) }
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
        } catch { return .refused(key, error) }
    }

    /// One statement of a recipient: a receipt, a directory entry or a revocation.
    func acknowledge(_ item: WireStatement, from member: MemberID) async -> ItemResult {
        do throws(Refusal) {
            let statement = try SignedStatement.received(item.bytes)
            guard statement.issuer == PartyID(member) else { throw Refusal(.notYourName) }
            switch statement.type {
            case .delivered, .refused, .opened, .confirmed:
                return try await acknowledge(item, statement, from: member)
            case .directoryEntry: return try await enter(statement, of: member)
            case .revocation: return try await revoke(statement, of: member)
            case .submission, .accepted, .expired, .undeliverable, .membership, .policy:
                throw Refusal(.notYourName)
            }
        } catch { return .refused(error) }
    }

    private func acknowledge(
        _ item: WireStatement,
        _ statement: SignedStatement,
        from member: MemberID
    ) async throws(Refusal) -> ItemResult {
        let key = try AcknowledgeDecision.key(statement)
        let result = try await settle { () async throws(Refusal) in
            let state = try await read { stored throws(StoreError) -> AcknowledgeDecision.State? in
                guard let message = try stored.message(key),
                    let copy = try stored.copy(key, to: member)
                else { return nil }
                return AcknowledgeDecision.State(
                    message: message,
                    copy: copy,
                    statements: try stored.statements(of: key, to: member)
                )
            }
            guard let state else { throw Refusal(.notFound) }
            let decision = AcknowledgeDecision(moment: moment, member: member, view: view)
            return decision.decide(item, statement, state)
        }
        if result.status == 201 {
            mailboxes.notify(key.from)
            mailboxes.notify(member)
        }
        return result
    }

    func keep(_ facts: [ExchangeUpkeep]) async throws(Refusal) {
        try await wrap({ Refusal($0) }) { () async throws(StoreError) in
            try await store.keep(facts)
        }
    }
}

extension SignedStatement {
    static func received(_ bytes: [UInt8]) throws(Refusal) -> SignedStatement {
        do throws(StatementRefusal) { return try SignedStatement(reading: bytes) } catch {
            throw Refusal(error)
        }
    }
}

extension SubmitDecision {
    /// The chunks a submission names, before it is believed; none where it cannot be read.
    static func chunks(of message: WireMessage) -> [Digest] {
        do throws(StatementRefusal) {
            return try SignedStatement(reading: message.submission)
                .body(as: SubmissionStatement.self).chunks.map(\.sealedSha256)
        } catch { return [] }
    }
}
