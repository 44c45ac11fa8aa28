package import Audit
import Cryptography
package import Delivery
import Directory
package import Primitives
import Storage

// Taking back what was sent: here while nothing has left, by a signed withdrawal afterwards.
extension OrganisationGateway {
    /// What came of the wish to take a message back.
    package enum TakingBack: String, Sendable {
        /// Nothing had left; nobody gets anything.
        case cancelled
        /// The withdrawal is signed and goes to the exchange; each copy is answered by itself.
        case requested
        /// An attempt may have arrived: the withdrawal follows as soon as that is certain.
        case pending
    }

    /// Takes a message back. The same again changes nothing; the first reason stands.
    ///
    /// - Throws: `notFound`; `outOfOrder` where no copy is left to take back.
    package func withdraw(
        _ message: MessageID,
        because reason: RetractionReason,
        by agent: Agent
    ) async throws(GatewayError) -> TakingBack {
        let family = try await family(of: message)
        // What waits here is taken back alone; what went to the others has its own number.
        let taken = family[0].waiting.isEmpty ? family : [family[0]]
        var result: TakingBack?
        for row in taken.reversed() {
            do throws(GatewayError) {
                let each = try await settle { () async throws(GatewayError) in
                    try await withdrawing(row.message, reason, agent)
                }
                result = result ?? each
            } catch {
                guard case .outOfOrder = error else { throw error }
            }
        }
        guard let result else { throw .outOfOrder }
        bell.ring()
        return result
    }

    private func withdrawing(
        _ message: MessageID,
        _ reason: RetractionReason,
        _ agent: Agent
    ) async throws(GatewayError) -> GatewayDecision<TakingBack> {
        let key = MessageKey(from: member, messageID: message)
        let known = try await read { stored throws(StoreError) in
            (
                row: try stored.outbox(message),
                accepted: try stored.receipt(in: .message(.accepted, key)),
                withdrawal: try stored.receipt(in: .message(.withdrawal, key))
            )
        }
        guard let row = known.row else { throw .notFound }
        guard known.withdrawal == nil else { return .answer(.requested) }
        let steps = row.copies.compactMap { copy -> Move<SentMachine.State>? in
            let state = row.sentState(of: copy, isAccepted: known.accepted != nil)
            guard case .moves(let move) = SentMachine.step(state, .withdraw) else { return nil }
            return move
        }
        let expects = [Precondition.outboxRevision(message, row.revision)]
        let patient = try await patient(ofSent: row)
        if let accepted = known.accepted?.statement.sha256,
            steps.contains(where: { $0.receipts == [.withdrawal] })
        {
            var signing = withdrawal(of: key, accepted: accepted, because: reason, by: agent)
            signing.act.patient = patient
            let asked = signing
            return .propose(
                proposal(
                    expects: expects + asked.expects,
                    drafts: [{ _ in asked.draft }],
                    acts: [asked.act]
                ) { signed in asked.writes(signed[0]) }
            ) { _ in .requested }
        }
        guard let step = steps.first else { throw .outOfOrder }
        let isLocal = step.next == .withdrawn
        var act = facts(step.audit[0], by: agent, on: .message(message))
        act.patient = patient
        let writes =
            isLocal
            ? row.moves(.withdraw, isAccepted: false, at: time.now)
            : [
                .setting(Self.wish(for: message), reason.rawValue.bytes),
                // The row rises with the wish: who is deciding about the message decides again.
                .block(message, row.blockedFor),
            ]
        return .propose(proposal(expects: expects, acts: [act]) { _ in writes }) { _ in
            isLocal ? .cancelled : .pending
        }
    }

    /// A withdrawal to be signed, with what commits beside it.
    struct WithdrawalSigning {
        let draft: WithdrawalStatement
        var act: AuditFacts
        let key: MessageKey
        let now: Timestamp

        private var slot: StatementSlot { .message(.withdrawal, key) }
        var expects: [Precondition] { [.statementUnknown(slot)] }

        func writes(_ signed: SignedStatement) -> [GatewayWrite] {
            let row = StatementRow(signed, slot: slot, storedAt: now)
            return [.receipt(row, disclosure: nil), .send(signed.sha256)]
        }
    }

    func withdrawal(
        of key: MessageKey,
        accepted: Digest,
        because reason: RetractionReason,
        by agent: Agent
    ) -> WithdrawalSigning {
        let now = time.now
        return WithdrawalSigning(
            draft: WithdrawalStatement(of: key, accepted: accepted, because: reason, at: now),
            act: facts(.withdrawalRequested, by: agent, on: .message(key.messageID)),
            key: key,
            now: now
        )
    }

    /// Why a message must be taken back as soon as it is certain that the exchange has it: somebody
    /// wished so, or its time was over and its sender was told that it would not arrive.
    func withdrawalDue(_ row: OutboxRow) async throws(GatewayError) -> RetractionReason? {
        if let wish = try await wishedBack(row.message) { return wish }
        let hasLapsed = row.copies.contains { copy in
            row.sentState(of: copy, isAccepted: false) == .lapsed
        }
        return hasLapsed ? .other : nil
    }

    /// The reason for which a person wished a message back that may have left.
    package func wishedBack(
        _ message: MessageID
    ) async throws(GatewayError) -> RetractionReason? {
        let bytes = try await read { stored throws(StoreError) in
            try stored.setting(Self.wish(for: message))
        }
        return bytes.flatMap { RetractionReason(rawValue: String(decoding: $0, as: UTF8.self)) }
    }

    private static func wish(for message: MessageID) -> SettingName {
        SettingName(rawValue: "withdraw.\(message)")
    }
}
