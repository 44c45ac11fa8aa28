import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// Decide, sign, commit: the one way in which anything of the exchange changes.
extension ExchangeNode {
    /// Decides, signs and commits; decides again when another change came first.
    func settle<Answer: Sendable>(
        _ decide: () async throws(Refusal) -> Decision<Answer>
    ) async throws(Refusal) -> Answer {
        for _ in 0...Limits.conflictRetries {
            switch await prepare(decide) {
            case .settled(let result): return try result.get()
            case .change(let change, let remark, let answer):
                do throws(StoreError) {
                    return answer(try await store.commit(change))
                } catch {
                    remark.map(forget)
                    guard case .conflict = error else { throw Refusal(of: error) }
                }
            }
        }
        throw Refusal(.exchangeBusy, retryAfterSeconds: 1)
    }

    /// Settles the items of one batch: decided and signed side by side, committed together in their
    /// order; one that lost a race is settled again by itself. A bad item never fails its
    /// neighbours.
    func settleAll<Answer: Sendable>(
        _ count: Int,
        _ decide: @escaping @Sendable (Int) async throws(Refusal) -> Decision<Answer>
    ) async -> [Result<Answer, Refusal>] {
        let prepared = await prepareAll(count, decide)
        let changes = prepared.compactMap(\.change)
        let committed = changes.isEmpty ? [] : await store.commit(changes)
        var outcomes = committed.makeIterator()
        var results: [Result<Answer, Refusal>] = []
        for (index, item) in prepared.enumerated() {
            switch item {
            case .settled(let result): results.append(result)
            case .change(_, let remark, let answer):
                switch outcomes.next() ?? .failure(.closed) {
                case .success(let committed): results.append(.success(answer(committed)))
                case .failure(let error):
                    remark.map(forget)
                    guard case .conflict = error else {
                        results.append(.failure(Refusal(of: error)))
                        continue
                    }
                    results.append(await again(index, decide))
                }
            }
        }
        return results
    }

    private enum Prepared<Answer: Sendable>: Sendable {
        case settled(Result<Answer, Refusal>)
        case change(Change<ExchangeWrite>, Remark?, @Sendable (Committed) -> Answer)

        var change: Change<ExchangeWrite>? {
            if case .change(let change, _, _) = self { change } else { nil }
        }
    }

    private func again<Answer: Sendable>(
        _ index: Int,
        _ decide: @Sendable (Int) async throws(Refusal) -> Decision<Answer>
    ) async -> Result<Answer, Refusal> {
        do throws(Refusal) {
            return .success(
                try await settle { () async throws(Refusal) in try await decide(index) }
            )
        } catch {
            return .failure(error)
        }
    }

    private func prepareAll<Answer: Sendable>(
        _ count: Int,
        _ decide: @escaping @Sendable (Int) async throws(Refusal) -> Decision<Answer>
    ) async -> [Prepared<Answer>] {
        await withTaskGroup(of: (Int, Prepared<Answer>).self) { group in
            for index in 0..<count {
                group.addTask {
                    let item = await self.prepare { () async throws(Refusal) in
                        try await decide(index)
                    }
                    return (index, item)
                }
            }
            var prepared: [Int: Prepared<Answer>] = [:]
            for await (index, item) in group { prepared[index] = item }
            return (0..<count).compactMap { prepared[$0] }
        }
    }

    private func prepare<Answer: Sendable>(
        _ decide: () async throws(Refusal) -> Decision<Answer>
    ) async -> Prepared<Answer> {
        do throws(Refusal) {
            switch try await decide() {
            case .answer(let answer): return .settled(.success(answer))
            case .refuse(let refusal): return .settled(.failure(refusal))
            case .propose(let proposal, let answer):
                return .change(try await finished(proposal), nil, answer)
            case .record(let remark, let answer):
                guard isNew(remark) else { return .settled(.success(answer)) }
                return try await recorded(remark) { _ in answer }
            }
        } catch {
            return .settled(.failure(error))
        }
    }

    private func recorded<Answer: Sendable>(
        _ remark: Remark,
        _ answer: @escaping @Sendable (Committed) -> Answer
    ) async throws(Refusal) -> Prepared<Answer> {
        do throws(Refusal) {
            return .change(try await finished(moment.record(remark.facts)), remark, answer)
        } catch {
            forget(remark)
            throw error
        }
    }

    /// Signs the drafts of a proposal, all of them receipts, and seals its openings; no transaction
    /// is open.
    private func finished(
        _ proposal: Proposal<ExchangeWrite>
    ) async throws(Refusal) -> Change<ExchangeWrite> {
        var signed: [SignedStatement] = []
        for draft in proposal.drafts {
            signed.append(try await sign(draft(signed), with: identity.receipts))
        }
        let trees = [origin(.keys), origin(.transport)]
        return proposal.finished(signed, in: trees, by: try await dataKey())
    }

    func sign(
        _ body: any StatementBody,
        with signer: StatementSigner
    ) async throws(Refusal) -> SignedStatement {
        try await wrap({ Refusal(own: $0) }) { () async throws(KeyStoreError) in
            try await signer.sign(body, at: time.now)
        }
    }

    func dataKey() async throws(Refusal) -> DataKey {
        try await wrap({ Refusal(own: $0) }) { () async throws(DataKeyFault) in
            try await dataKeys.key(of: TreeOrigin.fiscalYear(of: time.now))
        }
    }

    // MARK: The keys tree

    /// Commits what `write` adds to the directory as it stands; writes again when the tree has
    /// grown meanwhile. Nothing is committed when nothing was added.
    func commitKeys<Answer: Sendable>(
        _ write: (inout KeysTreeWriter) async throws(Refusal) -> Answer
    ) async throws(Refusal) -> Answer {
        let (answer, isChanged) = try await settle {
            () async throws(Refusal) -> Decision<(Answer, Bool)> in
            let keys = try await followed()
            var writer = KeysTreeWriter(moment, on: keys.view, after: keys.lastAt)
            let answer = try await write(&writer)
            guard !writer.audit.isEmpty else { return .answer((answer, false)) }
            let finished = writer
            let proposal = Proposal<ExchangeWrite>(
                expects: [
                    .decidedAt(finished.moment.now), .treeSize(keys.origin, keys.size),
                ] + finished.expects
            ) { _ in (writes: finished.writes, audit: finished.audit) }
            return .propose(proposal) { _ in (answer, true) }
        }
        if isChanged { await keysChanged() }
        return answer
    }

    /// The same for an operator's act.
    func operate<Answer: Sendable>(
        _ write: (inout KeysTreeWriter) async throws(Refusal) -> Answer
    ) async throws(ExchangeFault) -> Answer {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await commitKeys(write)
        }
    }

    /// A change of `keys` gets its checkpoint at once; then those who wait for it are woken.
    private func keysChanged() async {
        defer {
            directoryFeed.notify(.keys)
            // A new list is told in the events of every member.
            for member in view.memberships { mailboxes.notify(member.memberID) }
        }
        do throws(ExchangeFault) {
            _ = try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
                try await followed()
            }
            try await checkpoint(.keys)
        } catch {
            // The act is committed and is told as done: a joining code exists nowhere else. The
            // next round of housekeeping signs the tree, or reports why it cannot.
            return
        }
    }
}
