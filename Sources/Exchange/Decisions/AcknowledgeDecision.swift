import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

/// Whether a recipient's receipt moves its copy (`exchange-api.md` 6).
struct AcknowledgeDecision: Sendable {
    let moment: Moment
    let member: MemberID
    let keys: KeysMirror

    /// What the store knows of the copy.
    struct State: Sendable {
        let message: MessageRow
        let copy: CopyRow
        let statements: [StatementRow]
    }

    typealias Outcome = Decision<ItemResult>

    /// A receipt with what travels beside it.
    struct Offer: Sendable {
        let statement: SignedStatement
        let event: CopyMachine.Event
        let disclosure: [UInt8]?
    }

    func decide(_ offer: Offer, _ state: State) -> Outcome {
        let statement = offer.statement
        let key = state.message.key
        let slot: StatementSlot =
            statement.type == .withdrawalAnswer
            ? .answer(key, member, by: statement.issuer) : .copy(statement.type, key, member)
        if let stored = state.statements.first(where: { $0.slot == slot }) {
            guard stored.sha256 == statement.sha256 else {
                return moment.reject(
                    statement,
                    of: member,
                    .statementConflict,
                    standing: stored.sha256
                )
            }
            return .answer(.done(isNew: false))
        }
        switch CopyMachine.step(state.copy.state, offer.event) {
        case .refuses(.deliveryClosed): return late(offer, state)
        case .refuses(let refusal): return .refuse(Refusal(refusal, in: state.copy.state))
        // A repeat is known by its slot; what remains here belongs to no turn.
        case .repeats: return .refuse(Refusal(StepRefusal.outOfOrder, in: state.copy.state))
        case .moves(let move):
            do throws(StatementRefusal) {
                _ = try chain(state).verify(statement, in: keys.view, at: moment.now)
            } catch {
                return moment.reject(statement, of: member, Refusal(of: error).reason)
            }
            guard offer.disclosure.map({ SHA256.hash($0) }) == statement.disclosureSha256 else {
                return moment.reject(statement, of: member, .hashDiffers)
            }
            return accept(offer, state, move, slot)
        }
    }

    private func chain(_ state: State) -> ReceiptChain {
        var chain = ReceiptChain(
            of: state.message.key,
            sealed: state.message.sealedSha256,
            submission: SHA256.hash(state.message.submission),
            to: member,
            through: moment.exchange
        )
        for row in state.statements { chain.append(row.type, row.sha256) }
        return chain
    }

    private func accept(
        _ offer: Offer,
        _ state: State,
        _ move: Move<DeliveryState>,
        _ slot: StatementSlot
    ) -> Outcome {
        let moment = moment
        let member = member
        let keys = keys
        let key = state.message.key
        let statement = offer.statement
        let acts = move.audit.map { event in
            var act = moment.facts(
                event,
                by: .member,
                of: member,
                on: .statement(statement.sha256, of: key.messageID)
            )
            act.statementSha256 = statement.sha256
            if offer.event == .alreadyOpened { act.fail(.minorFailure, "alreadyOpened") }
            return act
        }
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now),
                // The signer's certificate stands as it was read.
                .treeSize(keys.origin, keys.size),
                .copyState(key, to: member, state.copy.state),
                .statementUnknown(slot),
            ]
        ) { _ in
            let row = StatementRow(
                statement,
                slot: slot,
                disclosure: offer.disclosure,
                storedAt: moment.now
            )
            return (
                writes: [
                    .statement(row),
                    .moveCopy(key, to: member, move.next, at: moment.now),
                    .event(key.from, statement: statement.sha256, at: moment.now),
                ],
                audit: acts.map { moment.entry($0) }
            )
        }
        return .propose(proposal) { _ in .done(isNew: true) }
    }

    /// A receipt that comes after its delivery was closed: people of both sides are told once to
    /// talk to each other.
    private func late(_ offer: Offer, _ state: State) -> Outcome {
        let moment = moment
        let copy = state.copy
        let key = copy.key
        let answer = ItemResult.refused(Refusal(StepRefusal.deliveryClosed, in: copy.state))
        var facts = moment.facts(
            .deliveryConflict,
            by: .system,
            of: member,
            on: .message(key.messageID)
        )
        facts.fail(.seriousFailure, offer.statement.type.rawValue)
        guard !copy.warned.isConflictTold else {
            return .record(
                Remark(facts: facts, member: member, about: key.sha256),
                answer: answer
            )
        }
        var told = copy.warned
        told.isConflictTold = true
        let notice = NoticeRow(
            .deliveryConflict,
            about: copy,
            stage: offer.statement.type.rawValue
        )
        let writes: [ExchangeWrite] = [
            .warned(key, to: copy.to, told, watchAt: nil),
            .notice(key.from, notice, at: moment.now), .notice(copy.to, notice, at: moment.now),
        ]
        let act = facts
        let proposal = Proposal<ExchangeWrite>(
            expects: [.decidedAt(moment.now), .copyState(key, to: copy.to, copy.state)]
        ) { _ in (writes: writes, audit: [moment.entry(act)]) }
        return .propose(proposal) { _ in answer }
    }
}

extension SignedStatement {
    /// The hash of the disclosure that travels beside it.
    fileprivate var disclosureSha256: Digest? {
        json["disclosureSha256"]?.string.flatMap { Digest(hex: $0) }
    }
}
