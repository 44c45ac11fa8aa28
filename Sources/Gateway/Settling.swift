import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage

/// What a pure decision of a gateway comes to.
enum GatewayDecision<Answer: Sendable>: Sendable {
    case answer(Answer)
    case propose(Proposal<GatewayWrite>, answer: @Sendable (Committed) -> Answer)
}

extension OrganisationGateway {
    /// Decides, signs and commits; decides again when another change came first.
    func settle<Answer: Sendable>(
        _ decide: () async throws(GatewayError) -> GatewayDecision<Answer>
    ) async throws(GatewayError) -> Answer {
        for attempt in 0...Limits.conflictRetries {
            switch try await decide() {
            case .answer(let answer): return answer
            case .propose(let proposal, let answer):
                let change = try await finished(proposal)
                do throws(StoreError) {
                    return answer(try await store.commit(change))
                } catch {
                    guard case .conflict = error else { throw .store(error) }
                    // It may be that a key is spent.
                    await vault.ring.forgetPersons()
                    guard attempt < Limits.conflictRetries else { throw .store(error) }
                }
            }
        }
        throw .outOfOrder
    }

    private func finished(
        _ proposal: Proposal<GatewayWrite>
    ) async throws(GatewayError) -> Change<GatewayWrite> {
        var signed: [SignedStatement] = []
        if !proposal.drafts.isEmpty {
            let signer = try statementSigner()
            for draft in proposal.drafts {
                let body = draft(signed)
                signed.append(
                    try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
                        try await signer.sign(body, at: time.now)
                    }
                )
            }
        }
        let completed = proposal.completed(signed)
        var keys: [AuditPatient: DataKey] = [:]
        for patient in completed.patients { keys[patient] = try await vault.current(of: patient) }
        let sealing = EntryKeys(year: try await vault.current(), patients: keys)
        return completed.sealed(in: [accessOrigin], by: sealing)
    }

    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws(StoreError) -> Answer
    ) async throws(GatewayError) -> Answer {
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.read(query)
        }
    }

    func keep(_ facts: [GatewayUpkeep]) async throws(GatewayError) {
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.keep(facts)
        }
    }

    /// Commits an act that signs nothing and was decided by the caller.
    ///
    /// - Throws: a conflict where another change came first.
    func record(
        _ acts: [AuditFacts],
        expects: [Precondition] = [],
        writes: [GatewayWrite] = []
    ) async throws(GatewayError) {
        let random = random
        let proposal = Proposal<GatewayWrite>(expects: expects) { _ in
            (
                writes: writes,
                audit: acts.map { AuditEntry($0, in: .access, random: random) }
            )
        }
        let change = try await finished(proposal)
        do throws(StoreError) { _ = try await store.commit(change) } catch {
            if case .conflict = error { await vault.ring.forgetPersons() }
            throw .store(error)
        }
    }

    func facts(
        _ event: AuditEvent,
        by agent: Agent,
        on object: AuditObject,
        peer: MemberID? = nil
    ) -> AuditFacts {
        var facts = AuditFacts(event, by: agent, for: PartyID(member), on: object, at: time.now)
        facts.peer = peer.map { PartyID($0) }
        return facts
    }
}
