import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// What its sender has taken back, and what never came: the recipient's side.
extension OrganisationGateway {
    /// A statement about a message that was sent to this organisation.
    func applyReceived(
        _ statement: SignedStatement,
        _ key: MessageKey,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        switch statement.type {
        case .withdrawal: try await takeBack(statement, key, moved)
        case .withdrawalAnswer: try await noteEnded(statement, key, .withdrawn, moved)
        case .expired: try await noteEnded(statement, key, .expired, moved)
        default: try await keep([moved])
        }
    }

    /// A sheet that nobody has opened is never opened any more; otherwise its sender is told when
    /// it was. What may be on its way is taken in first, so that it cannot come later.
    private func takeBack(
        _ statement: SignedStatement,
        _ key: MessageKey,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        let known = try await read { stored throws(StoreError) in try stored.inbox(key) }
        if known == nil {
            // One with many chunks comes in several turns: before its end it has no row on which
            // the withdrawal could stand.
            repeat { try await receive(key, askedAt: time.now, []) } while isUnfinished(key)
        }
        try await settle { () async throws(GatewayError) in
            try await takingBack(statement, key, moved)
        }
        bell.ring()
    }

    private func takingBack(
        _ statement: SignedStatement,
        _ key: MessageKey,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) -> GatewayDecision<Void> {
        let slot = StatementSlot.message(.withdrawal, key)
        let member = member
        let known = try await read { stored throws(StoreError) in
            (
                row: try stored.inbox(key), bytes: try stored.inboxBytes(of: key),
                withdrawal: try stored.receipt(in: slot),
                opened: try stored.receipt(in: .copy(.opened, key, member))
            )
        }
        // Opened in an emergency it stays on its desk's list, and is opened nevertheless.
        let isSeen = known.opened != nil && known.row?.state == .delivered
        guard let row = known.row, let bytes = known.bytes, known.withdrawal == nil,
            case .moves(let move) = ReceivedMachine.step(
                isSeen ? .opened : row.receivedState,
                .withdraw
            )
        else {
            try await keep([moved])
            return .answer(())
        }
        do throws(StatementRefusal) {
            var chain = try chain(of: key, to: member, bytes.routing, bytes.submission)
            chain.append(.accepted, SHA256.hash(bytes.accepted))
            try chain.verifyWithdrawal(statement, in: view)
        } catch {
            guard !isUnchecked(statement) else {
                try await withhold(statement, of: key.from, moved)
                return .answer(())
            }
            try await reject(statement.bytes, error.code, [.upkeep(moved)])
            return .answer(())
        }
        let now = time.now
        let isUnread = move.next == .withdrawn
        let openedAt =
            known.opened?.statement.body(as: OpenedStatement.self)?.head.at
            ?? row.movedAt
        let draft = WithdrawalAnswerStatement(
            head: head(key, previous: statement.sha256, now),
            to: member,
            outcome: isUnread ? .neverOpened : .alreadyOpened(at: openedAt)
        )
        var act = answerAct(key, isUnread: isUnread)
        act.patient = try await patient(ofReceived: key)
        let answered = act
        let asked = StatementRow(statement, slot: slot, storedAt: now)
        return .propose(
            proposal(
                expects: [.inboxRevision(key, row.revision), .statementUnknown(slot)],
                drafts: [{ _ in draft }],
                acts: [answered]
            ) { signed in
                let answer = StatementRow(
                    signed[0],
                    slot: .answer(key, member, by: PartyID(member)),
                    storedAt: now
                )
                return [
                    .receipt(asked, disclosure: nil), .receipt(answer, disclosure: nil),
                    .send(signed[0].sha256), .upkeep(moved),
                ] + (isUnread ? [.moveInbox(key, .withdrawn, at: now)] : [])
            }
        ) { _ in }
    }

    private func answerAct(_ key: MessageKey, isUnread: Bool) -> AuditFacts {
        var act = facts(
            .withdrawalAnswered,
            by: .system,
            on: .message(key.messageID),
            peer: key.from
        )
        if !isUnread {
            act.outcome = .minorFailure
            act.reason = AuditReason("alreadyOpened")
        }
        return act
    }

    /// A message of which no body ever left the exchange: a row in the list explains the gap. An
    /// exchange that says so of what is here is not believed.
    private func noteEnded(
        _ statement: SignedStatement,
        _ key: MessageKey,
        _ state: DeliveryState,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        let slot: StatementSlot =
            state == .withdrawn
            ? .answer(key, member, by: statement.issuer) : .copy(statement.type, key, member)
        let known = try await read { stored throws(StoreError) in
            (row: try stored.inbox(key), statement: try stored.receipt(in: slot))
        }
        let isErased = try await isErased(key)
        guard known.statement == nil, !isErased else { return try await keep([moved]) }
        do throws(StatementRefusal) {
            guard known.row == nil else { throw .outOfOrder }
            try verifyEnded(statement)
        } catch {
            return try await reject(statement.bytes, error.code, [.upkeep(moved)])
        }
        let now = time.now
        let row = InboxRow(
            key: key,
            state: state,
            urgency: .routine,
            receivedAt: now,
            expiresAt: now,
            movedAt: now,
            sealedSha256: SHA256.hash([]),
            reason: nil,
            sheet: nil,
            revision: 1
        )
        var act = facts(
            .receiptReceived,
            by: .exchange,
            on: .statement(statement.sha256, of: key.messageID),
            peer: key.from
        )
        act.statementSha256 = statement.sha256
        let stored = StatementRow(statement, slot: slot, storedAt: now)
        try await record(
            [act],
            expects: [.inboxUnknown(key, content: nil), .statementUnknown(slot)],
            writes: [.receive(row, nil), .receipt(stored, disclosure: nil), .upkeep(moved)]
        )
    }

    private func verifyEnded(_ statement: SignedStatement) throws(StatementRefusal) {
        let body: any ReceiptBody
        let to: MemberID
        if statement.type == .expired {
            let expired = try statement.body(as: ExpiredStatement.self)
            (body, to) = (expired, expired.to)
        } else {
            let answer = try statement.body(as: WithdrawalAnswerStatement.self)
            guard answer.outcome == .neverReleased else { throw .outOfOrder }
            (body, to) = (answer, answer.to)
        }
        guard view.exchange.map({ PartyID($0) }) == body.issuer else { throw .wrongSigner }
        guard to == member else { throw .hashDiffers }
        _ = try view.verify(statement, at: body.head.at)
    }
}
