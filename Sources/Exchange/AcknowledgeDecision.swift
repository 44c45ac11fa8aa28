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
    let view: DirectoryView

    /// What the store knows of the copy.
    struct State: Sendable {
        let message: MessageRow
        let copy: CopyRow
        let statements: [StatementRow]
    }

    typealias Outcome = Decision<ItemResult>

    /// The message a receipt speaks of, before anything about it is believed.
    static func key(_ statement: SignedStatement) throws(Refusal) -> MessageKey {
        guard let from = statement.json["from"]?.string.flatMap(MemberID.init(_:)),
            let id = statement.json["messageId"]?.string.flatMap(MessageID.init(_:))
        else { throw Refusal(.malformed) }
        return MessageKey(from: from, messageID: id)
    }

    func decide(
        _ item: WireStatement,
        _ statement: SignedStatement,
        _ state: State
    ) -> Outcome {
        let key = state.message.key
        let slot = StatementSlot.copy(statement.type, key, member)
        if let stored = state.statements.first(where: { $0.slot == slot }) {
            return stored.sha256 == statement.sha256
                ? .answer(.done(isNew: false))
                : reject(statement, Refusal(.statementConflict, details: [stored.detail]))
        }
        let step = CopyMachine.step(state.copy.state, on: event(of: statement.type))
        guard case .moves(let next) = step else {
            return .refuse(refusal(state.copy.state))
        }
        do throws(StatementRefusal) {
            _ = try chain(state).verify(statement, in: view, at: moment.now)
        } catch {
            return reject(statement, Refusal(error))
        }
        return store(item, statement, state, next)
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

    private func store(
        _ item: WireStatement,
        _ statement: SignedStatement,
        _ state: State,
        _ next: DeliveryState
    ) -> Outcome {
        let moment = moment
        let member = member
        let key = state.message.key
        let slot = StatementSlot.copy(statement.type, key, member)
        let proposal = Proposal<ExchangeWrite>(
            expects: [
                .decidedAt(moment.now),
                .copyState(key, to: member, state.copy.state),
                .statementUnknown(slot),
            ]
        ) { _ in
            let row = StatementRow(
                statement,
                slot: slot,
                disclosure: item.disclosure,
                storedAt: moment.now
            )
            var act = AuditFacts(
                AcknowledgeDecision.auditEvent(statement.type),
                by: .member,
                for: PartyID(moment.exchange),
                on: .statement(statement.sha256, of: key.messageID),
                at: moment.now
            )
            act.peer = PartyID(member)
            act.statementSha256 = statement.sha256
            return (
                writes: [
                    .statement(row),
                    .moveCopy(key, to: member, next, at: moment.now),
                    .event(key.from, statement: statement.sha256, at: moment.now),
                ],
                audit: [AuditEntry(act, in: .transport, random: moment.random)]
            )
        }
        return .propose(proposal) { _ in .done(isNew: true) }
    }

    private func refusal(_ state: DeliveryState) -> Refusal {
        let detail = Refusal.Detail(pointer: "/state", code: state.rawValue)
        return Refusal(state.isEnd ? .deliveryClosed : .outOfOrder, details: [detail])
    }

    private func reject(_ statement: SignedStatement, _ refusal: Refusal) -> Outcome {
        let moment = moment
        let member = member
        let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
            var act = AuditFacts(
                .receiptRejected,
                by: .member,
                for: PartyID(moment.exchange),
                on: .statement(statement.sha256),
                at: moment.now
            )
            act.peer = PartyID(member)
            act.outcome = .seriousFailure
            act.reason = AuditReason(refusal.code)
            return (writes: [], audit: [AuditEntry(act, in: .transport, random: moment.random)])
        }
        return .propose(proposal) { _ in .refused(refusal) }
    }

    private static func auditEvent(_ type: StatementType) -> AuditEvent {
        switch type {
        case .refused: .messageRefused
        case .opened: .messageOpened
        case .confirmed: .messageConfirmed
        default: .messageDelivered
        }
    }
}

extension StatementRow {
    var detail: Refusal.Detail { Refusal.Detail(pointer: "/statementSha256", code: sha256.hex) }
}
