package import Audit
package import Primitives
package import Staff

/// Accounts in memory. The gateway's book has tests of its own.
package final class MemoryAccountBook: AccountBook {
    private let rows = Lock<[AccountID: StoredAccount]>([:])

    package init() {}

    package func accounts() async throws(AccountBookFault) -> [StoredAccount] {
        rows.withLock { Array($0.values) }
    }

    package func save(
        _ bytes: [UInt8],
        as id: AccountID,
        expecting expected: Int64?,
        _ acts: [AuditFacts]
    ) async throws(AccountBookFault) {
        let isStored = rows.withLock { rows in
            guard rows[id]?.revision == expected else { return false }
            rows[id] = StoredAccount(id: id, revision: (expected ?? 0) + 1, bytes: bytes)
            return true
        }
        guard isStored else { throw .conflict }
    }

    package func record(_ acts: [AuditFacts]) async throws(AccountBookFault) {}
}
