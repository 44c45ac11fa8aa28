import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// After an older copy of the disk was put back: the exchange still has the sheets that came in
// since, and every receipt that was made of them. Those are taken back; none is made a second time.
extension OrganisationGateway {
    /// The last time an older copy of the disk was put back here, and what came of it.
    package func restoration() async throws(GatewayError) -> Restoration? {
        let bytes = try await read { stored throws(StoreError) in
            try stored.setting(.restoration)
        }
        return try bytes.map { bytes throws(GatewayError) in
            try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
                try Restoration(reading: bytes)
            }
        }
    }

    /// Asks the exchange for all that it has, before anything else is taken in. What cannot be
    /// judged yet, or is not here whole, is asked for again later.
    func readopt() async throws(GatewayError) {
        guard var restoration = try await restoration(), !restoration.isComplete else { return }
        // By an old directory good sheets would not be believed.
        try await hearNews()
        let days = restoration.days(until: time.now)
        restoration.lost = 0
        var (after, isComplete) = (0, true)
        while true {
            let query = InboxQuery.delivered(days: days, after: after)
            let page = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                try await exchange.inbox(query)
            }
            guard let lines = page?.items, !lines.isEmpty else { break }
            for line in lines {
                switch try await readopt(line) {
                case .known: break
                case .returned: restoration.returned += 1
                case .lost: restoration.lost += 1
                case .later: isComplete = false
                }
            }
            after += lines.count
        }
        restoration.uncopied = try await uncopied()
        restoration.isComplete = isComplete
        try await keep([.setting(.restoration, restoration.json.canonicalBytes)])
    }

    private enum Returned { case known, returned, lost, later }

    private func readopt(_ line: InboxLine) async throws(GatewayError) -> Returned {
        let key = line.key
        guard let ended = line.ended, try await !isErased(key) else { return .known }
        let row = try await read { stored throws(StoreError) in try stored.inbox(key) }
        let statements = try await missing(among: ended.statements, of: key)
        let own = statements.filter { $0.issuer == PartyID(member) }
        if row != nil {
            guard !statements.isEmpty else { return .known }
            try await settle { () async throws(GatewayError) in
                try await readopting(statements, key)
            }
            return .returned
        }
        // Nothing was ever said of it here: it ended before it came.
        guard !own.isEmpty else { return .known }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.fetch([key])
        }
        switch results.first {
        case .message(let message, _, _)?:
            return try await readopt(message, key, statements)
        case .refused(_, let refusal)? where refusal.isTemporary: return .later
        case .refused?:
            guard ended.state == .withdrawn || ended.state == .refused else { return .lost }
            try await keepEnded(line, ended.state, statements)
            return .returned
        case nil: throw .exchange(.badAnswer)
        }
    }

    private func readopt(
        _ message: WireMessage,
        _ key: MessageKey,
        _ statements: [SignedStatement]
    ) async throws(GatewayError) -> Returned {
        do throws(GatewayError) {
            try await take(message, listedAs: key, adopting: statements)
        } catch {
            switch error {
            case .notFound: return .lost
            case .quarantined: return .later
            default: throw error
            }
        }
        // A long one is left at times.
        return isUnfinished(key) ? .later : .returned
    }

    /// What was refused or taken back has no body any more; that it was here is kept.
    private func keepEnded(
        _ line: InboxLine,
        _ state: DeliveryState,
        _ statements: [SignedStatement]
    ) async throws(GatewayError) {
        let key = line.key
        let sealed = statements.lazy.compactMap(\.sealedSha256).first
        let now = time.now
        let row = InboxRow(
            key: key,
            state: state,
            urgency: line.urgency,
            receivedAt: now,
            expiresAt: line.expiresAt,
            movedAt: now,
            sealedSha256: sealed ?? SHA256.hash([]),
            reason: nil,
            sheet: nil,
            revision: 1
        )
        let acts = readoptions(of: statements, key)
        let writes = writes(readopting: statements, key, in: nil).filter {
            if case .receipt = $0 { true } else { false }
        }
        try await settle { () async throws(GatewayError) in
            .propose(
                proposal(expects: [.inboxUnknown(key, content: nil)], acts: acts) { _ in
                    [.receive(row, nil)] + writes
                }
            ) { _ in }
        }
    }

    /// What the exchange has of a message's statements and this store has not, each by its maker's
    /// good signature.
    private func missing(
        among digests: [Digest],
        of key: MessageKey
    ) async throws(GatewayError) -> [SignedStatement] {
        var missing: [SignedStatement] = []
        for digest in digests {
            let isHere = try await read { stored throws(StoreError) in
                try stored.receipt(digest) != nil
            }
            guard !isHere else { continue }
            let bytes = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                try await exchange.statement(digest)
            }
            guard let statement = try await believed(bytes, digest, key),
                // It comes with the message itself.
                statement.type != .accepted
            else { continue }
            missing.append(statement)
        }
        return missing
    }

    /// nil where the signature does not hold: that is on record.
    private func believed(
        _ bytes: [UInt8],
        _ digest: Digest,
        _ key: MessageKey
    ) async throws(GatewayError) -> SignedStatement? {
        let view = view
        do throws(StatementRefusal) {
            let statement = try SignedStatement(reading: bytes)
            guard statement.sha256 == digest, statement.messageKey == key,
                let time = statement.ownTime
            else { throw .hashDiffers }
            _ = try view.verify(statement, at: time)
            return statement
        } catch {
            try await reject(bytes, error.code)
            return nil
        }
    }

    private func readopting(
        _ statements: [SignedStatement],
        _ key: MessageKey
    ) async throws(GatewayError) -> GatewayDecision<Void> {
        let row = try await read { stored throws(StoreError) in try stored.inbox(key) }
        guard let row else { return .answer(()) }
        let acts = readoptions(of: statements, key)
        let writes = writes(readopting: statements, key, in: row.state)
        guard !acts.isEmpty else { return .answer(()) }
        return .propose(
            proposal(expects: [.inboxRevision(key, row.revision)], acts: acts) { _ in writes }
        ) { _ in }
    }

    /// A leaf for each own statement: it keeps the promise that the statement is.
    func readoptions(of statements: [SignedStatement], _ key: MessageKey) -> [AuditFacts] {
        statements.filter { $0.issuer == PartyID(member) }.map { statement in
            var act = facts(
                .receiptReadopted,
                by: .system,
                on: .statement(statement.sha256, of: key.messageID),
                peer: key.from
            )
            act.outcome = .minorFailure
            act.reason = AuditReason("restored")
            act.statementSha256 = statement.sha256
            return act
        }
    }

    /// The statements as they stand, and the state that they lead to from `state`.
    func writes(
        readopting statements: [SignedStatement],
        _ key: MessageKey,
        in state: DeliveryState?
    ) -> [GatewayWrite] {
        let now = time.now
        var writes: [GatewayWrite] = []
        var state = state
        for statement in statements {
            guard let slot = statement.slot(of: key, to: member) else { continue }
            writes.append(
                .receipt(StatementRow(statement, slot: slot, storedAt: now), disclosure: nil)
            )
            guard let next = statement.stateOfOwnCopy, next != state else { continue }
            writes.append(.moveInbox(key, next, at: now))
            state = next
        }
        return writes
    }

    /// How many own messages others have of which nothing is here.
    private func uncopied() async throws(GatewayError) -> Int {
        var after: Int64 = 0
        var unknown: Set<MessageID> = []
        while true {
            let copies = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                try await exchange.deliveries(DeliveryQuery(messageID: nil, after: after))
            }
            guard let last = copies.last else { return unknown.count }
            guard last.place > after else { throw .exchange(.badAnswer) }
            after = last.place
            let ids = Set(copies.map(\.messageID))
            let missing = try await read { stored throws(StoreError) in
                var missing: [MessageID] = []
                for id in ids where try stored.outboxBytes(of: id) == nil { missing.append(id) }
                return missing
            }
            unknown.formUnion(missing)
        }
    }
}

extension [SignedStatement] {
    /// The receipt that says of a message that it was taken in.
    var delivered: SignedStatement? { first { $0.type == .delivered } }
}

extension SignedStatement {
    fileprivate var sealedSha256: Digest? {
        json["sealedSha256"]?.string.flatMap { Digest(hex: $0) }
    }

    /// What a *delivered* says of the content that was taken in.
    var contentSha256: Digest? { json["contentSha256"]?.string.flatMap { Digest(hex: $0) } }

    /// The time that it says of itself, by which its signer is judged.
    fileprivate var ownTime: Timestamp? {
        receiptTime ?? json["requestedAt"]?.string.flatMap { Timestamp($0) }
    }

    /// The place that it takes at the recipient of a message.
    fileprivate func slot(of key: MessageKey, to member: MemberID) -> StatementSlot? {
        switch type {
        case .accepted, .withdrawal: .message(type, key)
        case .delivered, .refused, .opened, .confirmed, .expired, .undeliverable:
            .copy(type, key, member)
        case .withdrawalAnswer: .answer(key, member, by: issuer)
        case .submission, .rotation, .revocation, .membership, .directoryEntry, .policy,
            .reconciliation, .backup:
            nil
        }
    }

    /// Where a copy stands at its recipient after this.
    fileprivate var stateOfOwnCopy: DeliveryState? {
        switch type {
        case .delivered: .delivered
        case .refused: .refused
        case .opened: .opened
        case .confirmed: .confirmed
        case .withdrawalAnswer:
            withdrawalOutcome == .neverOpened || withdrawalOutcome == .neverReleased
                ? .withdrawn : nil
        default: nil
        }
    }
}
