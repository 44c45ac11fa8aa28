import Audit
import Primitives
import TestKit

@testable import Staff

/// The account book in memory. Each act becomes a log entry as in a real one, so that what the
/// catalogue does not allow stops the test.
final class TestBook: AccountBook {
    struct Down: Explained {
        let code = "storeUnavailable"
        let summary = "The store is gone."
        let advice = "Wait."
        let isTemporary = true
    }

    private struct State {
        var rows: [AccountID: StoredAccount] = [:]
        var acts: [AuditFacts] = []
        var isDown = false
        /// Somebody else stores this one before every save.
        var disturbed: AccountID?
        /// Runs in the midst of the next save, before it is judged.
        var meanwhile: (@Sendable () async -> Void)?
    }

    private let state = Lock(State())

    func accounts() async throws(AccountBookFault) -> [StoredAccount] {
        try answering()
        return state.withLock { Array($0.rows.values) }
    }

    func save(
        _ bytes: [UInt8],
        as id: AccountID,
        expecting expected: Int64?,
        _ acts: [AuditFacts]
    ) async throws(AccountBookFault) {
        let meanwhile = state.withLock { state in
            defer { state.meanwhile = nil }
            return state.meanwhile
        }
        await meanwhile?()
        try answering()
        let isSaved = state.withLock { state in
            if let other = state.disturbed, let row = state.rows[other] {
                state.rows[other] = StoredAccount(
                    id: other,
                    revision: row.revision + 1,
                    bytes: row.bytes
                )
            }
            guard state.rows[id]?.revision == expected else { return false }
            state.rows[id] = StoredAccount(id: id, revision: (expected ?? 0) + 1, bytes: bytes)
            return true
        }
        guard isSaved else { throw .conflict }
        try await record(acts)
    }

    func record(_ acts: [AuditFacts]) async throws(AccountBookFault) {
        try answering()
        for act in acts { _ = AuditEntry(act, in: .access, random: SeededRandom(seed: 1)) }
        state.withLock { $0.acts += acts }
    }

    /// What was put on record since the last call: `event outcome reason`.
    func news() -> [String] {
        state.withLock { state in
            defer { state.acts = [] }
            return state.acts.map { act in
                let outcome = act.outcome == .success ? "" : " \(act.outcome.rawValue)"
                return act.event.rawValue + outcome + (act.reason.map { " \($0)" } ?? "")
            }
        }
    }

    var acts: [AuditFacts] { state.withLock { $0.acts } }
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func meanwhile(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.meanwhile = work }
    }

    func stored(_ id: AccountID) -> StoredAccount? { state.withLock { $0.rows[id] } }
    func keepsChanging(_ id: AccountID) { state.withLock { $0.disturbed = id } }

    private func answering() throws(AccountBookFault) {
        if state.withLock({ $0.isDown }) { throw .failed(Down()) }
    }
}
