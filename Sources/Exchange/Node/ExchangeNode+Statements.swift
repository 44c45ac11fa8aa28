import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// Statements that members hand in: receipts, directory entries, revocations of their keys; what
// they say of a day is in `ExchangeNode+Reconciliation`.
extension ExchangeNode {
    func acknowledge(
        _ items: [WireStatement],
        of member: MemberID
    ) async -> [ItemResult] {
        var results = [ItemResult?](repeating: nil, count: items.count)
        var rounds = ReceiptRounds()
        var days: [(index: Int, statement: SignedStatement)] = []
        for (index, item) in items.enumerated() {
            do throws(Refusal) {
                let statement = try Self.received(item.bytes, from: member)
                if statement.type == .withdrawal {
                    results[index] = try await withdraw(statement, of: member)
                } else if statement.type == .reconciliation {
                    days.append((index, statement))
                } else if let event = CopyMachine.Event(statement) {
                    guard let key = statement.messageKey else { throw Refusal(.malformed) }
                    let offer = AcknowledgeDecision.Offer(
                        statement: statement,
                        event: event,
                        disclosure: item.disclosure
                    )
                    rounds.add(PendingReceipt(index: index, key: key, offer: offer))
                } else {
                    results[index] = try await change(by: statement, of: member)
                }
            } catch {
                results[index] = .refused(error)
            }
        }
        for round in rounds.all {
            let settled = await settleAll(round.count) { (place) async throws(Refusal) in
                try await self.decide(round[place], of: member)
            }
            for (receipt, result) in zip(round, settled) {
                let result = ItemResult(result)
                results[receipt.index] = result
                // A late receipt is no news, but people are told of it.
                if result.isNew || result.refusal?.reason == .deliveryClosed {
                    mailboxes.notify(receipt.key.from)
                }
            }
        }
        // After the receipts of the same batch, which they count.
        for (day, result) in zip(days, await reconcile(days.map(\.statement), of: member)) {
            results[day.index] = result
        }
        // Acknowledged copies leave the inbox.
        mailboxes.notify(member)
        return results.compactMap(\.self)
    }

    private static func received(
        _ bytes: [UInt8],
        from member: MemberID
    ) throws(Refusal) -> SignedStatement {
        let statement = try wrap({ Refusal(of: $0) }) { () throws(StatementRefusal) in
            try SignedStatement(reading: bytes)
        }
        guard statement.issuer == PartyID(member) else { throw Refusal(.notYourName) }
        return statement
    }

    private func decide(
        _ receipt: PendingReceipt,
        of member: MemberID
    ) async throws(Refusal) -> Decision<ItemResult> {
        let key = receipt.key
        let keys = try await followed()
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
        guard let state else { throw try await absence(of: key) }
        let decision = AcknowledgeDecision(moment: moment, member: member, keys: keys)
        return decision.decide(receipt.offer, state)
    }

    /// The sender takes a message back; whoever is told of it is woken.
    private func withdraw(
        _ statement: SignedStatement,
        of member: MemberID
    ) async throws(Refusal) -> ItemResult {
        guard let key = statement.messageKey else { throw Refusal(.malformed) }
        let result = try await settle { () async throws(Refusal) -> Decision<ItemResult> in
            let keys = try await followed()
            let state = try await read { stored throws(StoreError) -> WithdrawDecision.State? in
                guard let message = try stored.message(key) else { return nil }
                return WithdrawDecision.State(
                    message: message,
                    copies: try stored.copies(of: key),
                    stored: try stored.statement(in: .message(.withdrawal, key))?.sha256
                )
            }
            guard let state else { throw try await absence(of: key) }
            let decision = WithdrawDecision(moment: moment, member: member, keys: keys)
            return decision.decide(statement, state)
        }
        guard result.isNew else { return result }
        let copies = try await read { stored throws(StoreError) in try stored.copies(of: key) }
        for copy in copies { mailboxes.notify(copy.to) }
        return result
    }

    /// Why there is no copy: the message was forgotten, or it never was here.
    private func absence(of key: MessageKey) async throws(Refusal) -> Refusal {
        let isKnown = try await read { stored throws(StoreError) in
            if case .known = try stored.duplicate(key, sealed: key.sha256) {
                return try stored.message(key) == nil
            }
            return false
        }
        return Refusal(isKnown ? .receiptGone : .notFound)
    }

    /// A statement that changes the directory.
    private func change(
        by statement: SignedStatement,
        of member: MemberID
    ) async throws(Refusal) -> ItemResult {
        switch statement.type {
        case .directoryEntry: try await enter(statement)
        case .revocation: try await revoke(statement)
        case .rotation: try await rotate(statement)
        case .submission, .accepted, .delivered, .refused, .opened, .confirmed, .expired,
            .undeliverable, .withdrawal, .withdrawalAnswer, .reconciliation, .membership, .policy,
            .backup:
            throw Refusal(.notYourName)
        }
    }
}

extension ItemResult {
    init(_ result: Result<ItemResult, Refusal>) {
        switch result {
        case .success(let item): self = item
        case .failure(let refusal): self = .refused(refusal)
        }
    }
}

/// A receipt of a batch and its place there.
private struct PendingReceipt: Sendable {
    let index: Int
    let key: MessageKey
    let offer: AcknowledgeDecision.Offer
}

/// The receipts of a batch, to be committed in rounds: a later one may rest on an earlier one of
/// the same message, so each round has at most one of every message.
private struct ReceiptRounds {
    private(set) var all: [[PendingReceipt]] = []
    private var counts: [MessageKey: Int] = [:]

    mutating func add(_ receipt: PendingReceipt) {
        let round = counts[receipt.key, default: 0]
        counts[receipt.key] = round + 1
        if round == all.count { all.append([]) }
        all[round].append(receipt)
    }
}
