package import Audit
package import Primitives

/// Where accounts are kept: sealed, with the leaves of the act in the same commit.
package protocol AccountBook: Sendable {
    /// All accounts, each with how often it was stored.
    func accounts() async throws(AccountBookFault) -> [StoredAccount]

    /// Stores an account and puts the acts on record, or does neither. Its revision is then one
    /// more than `expected`; nil: there was none, and it is 1.
    ///
    /// - Throws: `conflict` when another change came first.
    func save(
        _ bytes: [UInt8],
        as id: AccountID,
        expecting expected: Int64?,
        _ acts: [AuditFacts]
    ) async throws(AccountBookFault)

    /// Puts acts on record that change no account.
    func record(_ acts: [AuditFacts]) async throws(AccountBookFault)
}

package struct StoredAccount: Sendable {
    package let id: AccountID
    package let revision: Int64
    package let bytes: [UInt8]

    package init(id: AccountID, revision: Int64, bytes: [UInt8]) {
        self.id = id
        self.revision = revision
        self.bytes = bytes
    }
}

package enum AccountBookFault: Error, Sendable {
    case conflict
    case failed(any Explained)
}
