package import Audit
import Cryptography
package import Delivery
package import Directory
package import ExchangeAPI
package import HTTP
package import Primitives
package import Storage

/// The running exchange: decides on snapshots, signs outside transactions, commits once, then
/// speaks and wakes those who wait.
package final class ExchangeNode: Sendable {
    package let identity: ExchangeIdentity
    package let settings: ExchangeSettings
    let store: any ExchangeStore
    let time: any TimeSource
    let random: any RandomSource
    /// Parked inbox and event polls by member, and those for the directory.
    let mailboxes = LongPollHub<MemberID>()
    let directoryFeed = LongPollHub<TreeKind>()
    private let dataKeys: DataKeyRing
    private let state: Lock<State>

    struct State: Sendable {
        var view: DirectoryView
        var origins: [TreeKind: TreeOrigin]
        /// When housekeeping last did what it does at intervals.
        var checkpoints: [TreeKind: Duration] = [:]
        var upkeep: Duration?
    }

    private init(
        _ identity: ExchangeIdentity,
        _ settings: ExchangeSettings,
        store: any ExchangeStore,
        seams: (time: any TimeSource, random: any RandomSource),
        state: State
    ) {
        self.identity = identity
        self.settings = settings
        self.store = store
        time = seams.time
        random = seams.random
        dataKeys = DataKeyRing(
            keyStore: identity.keyStore,
            storageKey: identity.storageKey,
            random: seams.random
        )
        self.state = Lock(state)
    }

    /// Opens an exchange whose store was founded: rebuilds the directory from the `keys` tree.
    ///
    /// - Throws: `ExchangeFault` when the store is damaged or was never founded.
    package static func open(
        _ identity: ExchangeIdentity,
        _ settings: ExchangeSettings,
        store: any ExchangeStore,
        time: any TimeSource,
        random: any RandomSource
    ) async throws(ExchangeFault) -> ExchangeNode {
        let trees = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in try log.trees() }
        }
        var origins: [TreeKind: TreeOrigin] = [:]
        for tree in trees where tree.closedAt == nil { origins[tree.origin.kind] = tree.origin }
        guard origins[.keys] != nil, origins[.transport] != nil else { throw .notFounded }
        let node = ExchangeNode(
            identity,
            settings,
            store: store,
            seams: (time, random),
            state: State(view: DirectoryView(root: identity.root), origins: origins)
        )
        try await node.rebuildDirectory()
        return node
    }

    package var view: DirectoryView { state.withLock { $0.view } }

    func origin(_ kind: TreeKind) -> TreeOrigin {
        guard let origin = state.withLock({ $0.origins[kind] }) else {
            preconditionFailure("an open exchange has both trees")
        }
        return origin
    }

    var moment: Moment {
        Moment(
            now: time.now,
            exchange: identity.id,
            transport: origin(.transport),
            random: random
        )
    }

    func lastCheckpoint(_ kind: TreeKind) -> Duration {
        state.withLock { $0.checkpoints[kind] } ?? .zero - .days(1)
    }

    func noteCheckpoint(_ kind: TreeKind) {
        let now = time.uptime
        state.withLock { $0.checkpoints[kind] = now }
    }

    /// True at most once an hour.
    func isUpkeepDue() -> Bool {
        let now = time.uptime
        return state.withLock { state in
            if let last = state.upkeep, now - last < .hours(1) { return false }
            state.upkeep = now
            return true
        }
    }

    // MARK: Settling

    /// Decides, signs and commits; decides again when another change came first.
    func settle<Answer: Sendable>(
        _ decide: () async throws(Refusal) -> Decision<Answer>
    ) async throws(Refusal) -> Answer {
        for _ in 0...Limits.conflictRetries {
            switch try await decide() {
            case .answer(let answer): return answer
            case .refuse(let refusal): throw refusal
            case .propose(let proposal, let answer):
                let change = try await finished(proposal)
                do throws(StoreError) {
                    return answer(try await store.commit(change))
                } catch {
                    guard case .conflict = error else { throw Refusal(error) }
                }
            }
        }
        throw Refusal(.exchangeBusy, retryAfterSeconds: 1)
    }

    /// Settles the items of one batch: decided and signed side by side, committed together in their
    /// order; one that lost a race is settled again by itself. A bad item never fails its neighbours.
    func settleAll<Answer: Sendable>(
        _ count: Int,
        _ decide: @escaping @Sendable (Int) async throws(Refusal) -> Decision<Answer>
    ) async -> [Result<Answer, Refusal>] {
        let prepared = await prepareAll(count, decide)
        let changes = prepared.compactMap(\.change)
        var outcomes = changes.isEmpty ? [] : await store.commit(changes)[...]
        var results: [Result<Answer, Refusal>] = []
        for (index, item) in prepared.enumerated() {
            switch item {
            case .settled(let result): results.append(result)
            case .change(_, let answer):
                let outcome = outcomes.popFirst() ?? .failure(.closed)
                results.append(
                    await result(of: outcome, answer) { () async throws(Refusal) in
                        try await decide(index)
                    }
                )
            }
        }
        return results
    }

    private enum Prepared<Answer: Sendable>: Sendable {
        case settled(Result<Answer, Refusal>)
        case change(Change<ExchangeWrite>, @Sendable (Committed) -> Answer)

        var change: Change<ExchangeWrite>? {
            if case .change(let change, _) = self { change } else { nil }
        }
    }

    private func prepareAll<Answer: Sendable>(
        _ count: Int,
        _ decide: @escaping @Sendable (Int) async throws(Refusal) -> Decision<Answer>
    ) async -> [Prepared<Answer>] {
        await withTaskGroup(of: (Int, Prepared<Answer>).self) { group in
            for index in 0..<count {
                group.addTask {
                    (
                        index,
                        await self.prepare { () async throws(Refusal) in
                            try await decide(index)
                        }
                    )
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
                return .change(try await finished(proposal), answer)
            }
        } catch { return .settled(.failure(error)) }
    }

    private func result<Answer: Sendable>(
        of outcome: Result<Committed, StoreError>,
        _ answer: @Sendable (Committed) -> Answer,
        _ decide: () async throws(Refusal) -> Decision<Answer>
    ) async -> Result<Answer, Refusal> {
        switch outcome {
        case .success(let committed): return .success(answer(committed))
        case .failure(.conflict):
            do throws(Refusal) { return .success(try await settle(decide)) } catch {
                return .failure(error)
            }
        case .failure(let error): return .failure(Refusal(error))
        }
    }

    /// Signs a proposal's drafts in order and seals its openings; no transaction is open.
    func finished(
        _ proposal: Proposal<ExchangeWrite>
    ) async throws(Refusal) -> Change<ExchangeWrite> {
        var signed: [SignedStatement] = []
        for draft in proposal.drafts {
            let body = draft(signed)
            let signer =
                type(of: body).type.roles.contains(.exchangeReceipt)
                ? identity.receipts : identity.registrar
            do throws(KeyStoreError) {
                signed.append(try await signer.sign(body, at: time.now))
            } catch { throw Refusal(error.isTemporary ? .exchangeBusy : .internalFailure) }
        }
        let key = try await dataKey()
        return proposal.finished(signed) { entry in
            entry.sealed(origin: self.origin(entry.tree), by: key)
        }
    }

    func dataKey() async throws(Refusal) -> DataKey {
        do throws(DataKeyFault) {
            return try await dataKeys.key(of: TreeOrigin.fiscalYear(of: time.now), in: store)
        } catch { throw Refusal(error.isTemporary ? .exchangeBusy : .internalFailure) }
    }

    /// The key that a stored row was sealed under.
    func dataKey(_ reference: Int64) async throws(Refusal) -> DataKey {
        do throws(DataKeyFault) {
            return try await dataKeys.key(reference, in: store)
        } catch { throw Refusal(error.isTemporary ? .exchangeBusy : .internalFailure) }
    }

    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(Refusal) -> Answer {
        try await wrap({ Refusal($0) }) { () async throws(StoreError) in
            try await store.read(query)
        }
    }

    // MARK: Directory

    /// Replays what has been added to the `keys` tree since the view was made.
    func rebuildDirectory() async throws(ExchangeFault) {
        let origin = origin(.keys)
        let view = try await DirectoryView.replayed(from: store, origin, root: identity.root)
        state.withLock { $0.view = view }
    }

    /// After a commit to the `keys` tree: the new view, a checkpoint at once, and those who wait.
    func directoryChanged() async {
        do throws(ExchangeFault) {
            try await rebuildDirectory()
            try await checkpoint(.keys)
        } catch {
            // The commit stands; the next housekeeping round rebuilds and signs again.
        }
        directoryFeed.notify(.keys)
    }

    /// Signs the head of a tree when leaves were added since the newest checkpoint.
    package func checkpoint(_ kind: TreeKind) async throws(ExchangeFault) {
        let origin = origin(kind)
        let head = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) -> TreeHead? in
                guard let tree = try log.openTree(kind) else { return nil }
                if let last = try log.checkpoint(of: origin), last.head.size == tree.size {
                    return nil
                }
                return try log.head(of: origin, size: tree.size)
            }
        }
        guard let head else { return }
        let note = try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await identity.log.checkpoint(origin, head)
        }
        try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.save(note, signedAt: time.now)
        }
    }
}
