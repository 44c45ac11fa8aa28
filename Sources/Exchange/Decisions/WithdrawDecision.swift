import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

/// What becomes of a sender's withdrawal, copy by copy (`exchange-api.md` 8).
///
/// A copy that never left is withdrawn for good, and the exchange signs so. Of any other it says
/// when it left, and the recipient answers. All of it is one commit: a fetch that comes first makes
/// it be decided anew.
struct WithdrawDecision: Sendable {
    let moment: Moment
    let member: MemberID
    let keys: KeysMirror

    /// What the store knows of the message.
    struct State: Sendable {
        let message: MessageRow
        let copies: [CopyRow]
        /// The withdrawal that stands.
        let stored: Digest?
    }

    typealias Outcome = Decision<ItemResult>

    func decide(_ statement: SignedStatement, _ state: State) -> Outcome {
        if let stored = state.stored {
            guard stored == statement.sha256 else {
                return moment.reject(statement, of: member, .statementConflict, standing: stored)
            }
            return .answer(.done(isNew: false))
        }
        var steps: [CopyStep] = []
        var refusal: Refusal?
        for copy in state.copies {
            switch CopyMachine.step(copy.state, .withdrawal) {
            case .moves(let move): steps.append(CopyStep(copy: copy, move: move))
            case .refuses(let reason): refusal = refusal ?? Refusal(reason, in: copy.state)
            // It was withdrawn before: by this statement, or it would not be so.
            case .repeats: break
            }
        }
        guard !steps.isEmpty else { return .refuse(refusal ?? Refusal(.alreadyWithdrawn)) }
        do throws(StatementRefusal) {
            _ = try chain(state.message).verifyWithdrawal(statement, in: keys.view, at: moment.now)
        } catch {
            return moment.reject(statement, of: member, Refusal(of: error).reason)
        }
        return accept(statement, state.message, steps)
    }

    /// One copy, and what the withdrawal does to it.
    private struct CopyStep: Sendable {
        let copy: CopyRow
        let move: Move<DeliveryState>

        var isAnswered: Bool { move.receipts.contains(.withdrawalAnswer) }

        var outcome: WithdrawalOutcome {
            copy.releasedAt.map { .released(at: $0) } ?? .neverReleased
        }
    }

    private func chain(_ message: MessageRow) -> ReceiptChain {
        var chain = ReceiptChain(
            of: message.key,
            sealed: message.sealedSha256,
            submission: SHA256.hash(message.submission),
            to: member,
            through: moment.exchange
        )
        chain.append(.accepted, message.accepted)
        return chain
    }

    private func accept(
        _ statement: SignedStatement,
        _ message: MessageRow,
        _ steps: [CopyStep]
    ) -> Outcome {
        let moment = moment
        let key = message.key
        let slot = StatementSlot.message(.withdrawal, key)
        let answered = steps.filter(\.isAnswered)
        let drafts = answered.map { step -> Proposal<ExchangeWrite>.Draft in
            let body = WithdrawalAnswerStatement(
                head: moment.head(key, after: statement.sha256),
                to: step.copy.to,
                outcome: step.outcome
            )
            return { _ in body }
        }
        var requested = moment.facts(
            .withdrawalRequested,
            by: .member,
            of: member,
            on: .message(key.messageID)
        )
        requested.statementSha256 = statement.sha256
        let request = requested
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now),
                // The signer's certificate stands as it was read.
                .treeSize(keys.origin, keys.size), .statementUnknown(slot),
            ] + steps.map { .copyState(key, to: $0.copy.to, $0.copy.state) },
            drafts: drafts
        ) { signed in
            let row = StatementRow(statement, slot: slot, storedAt: moment.now)
            var writes: [ExchangeWrite] = [.statement(row)]
            for step in steps where step.copy.releasedAt != nil {
                writes.append(.event(step.copy.to, statement: row.sha256, at: moment.now))
            }
            for (step, answer) in zip(answered, signed) {
                writes += self.writes(of: answer, step, key)
            }
            let answers = zip(answered, signed).map { self.facts(of: $1, $0, key) }
            return (writes: writes, audit: ([request] + answers).map { moment.entry($0) })
        }
        return .propose(proposal) { _ in .done(isNew: true) }
    }

    private func writes(
        of answer: SignedStatement,
        _ step: CopyStep,
        _ key: MessageKey
    ) -> [ExchangeWrite] {
        let to = step.copy.to
        let slot = StatementSlot.answer(key, to, by: answer.issuer)
        let row = StatementRow(answer, slot: slot, storedAt: moment.now)
        var writes: [ExchangeWrite] = [
            .statement(row), .event(key.from, statement: row.sha256, at: moment.now),
        ]
        guard step.move.next != step.copy.state else { return writes }
        writes.append(.moveCopy(key, to: to, step.move.next, at: moment.now))
        // The recipient is told of what it will never get, so that its gap is explained.
        writes.append(.event(to, statement: row.sha256, at: moment.now))
        return writes
    }

    private func facts(
        of answer: SignedStatement,
        _ step: CopyStep,
        _ key: MessageKey
    ) -> AuditFacts {
        var act = moment.facts(
            .withdrawalAnswered,
            by: .system,
            of: step.copy.to,
            on: .statement(answer.sha256, of: key.messageID)
        )
        act.statementSha256 = answer.sha256
        if !step.outcome.isUnread { act.fail(.minorFailure, step.outcome.code.rawValue) }
        return act
    }
}
