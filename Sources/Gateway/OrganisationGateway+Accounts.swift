package import Audit
package import Primitives
import Storage

// Accounts of the people who work here: sealed records. What is in them is another module's; this
// one keeps bytes, and puts on record what it is told in the same commit.
extension OrganisationGateway {
    /// An account as it is stored.
    package struct AccountRecord: Sendable {
        package let id: AccountID
        /// 1 when first stored.
        package let revision: Int64
        package let bytes: [UInt8]
    }

    package func accountRecords() async throws(GatewayError) -> [AccountRecord] {
        let rows = try await read { stored throws(StoreError) in try stored.records(.account) }
        var records: [AccountRecord] = []
        for row in rows {
            guard let id = AccountID(row.id.text) else { throw .store(.damaged) }
            let bytes = try await vault.open(row.sealed, .record(.account, row.id))
            records.append(AccountRecord(id: id, revision: row.revision, bytes: bytes))
        }
        return records
    }

    /// Stores an account with what goes on record of it.
    ///
    /// - Parameters:
    ///   - bytes: the whole account.
    ///   - id: its name here.
    ///   - expected: its revision as it was read; nil: there was none.
    ///   - acts: leaves of the same commit.
    /// - Returns: false when another change came first; nothing was stored.
    /// - Throws: what store and keys throw.
    package func storeAccount(
        _ bytes: [UInt8],
        as id: AccountID,
        expecting expected: Int64?,
        _ acts: [AuditFacts]
    ) async throws(GatewayError) -> Bool {
        guard let name = RecordID(id.text) else {
            preconditionFailure("a UUID is a record name")
        }
        let column = try await vault.seal(bytes, .record(.account, name), of: nil)
        do throws(GatewayError) {
            try await record(
                acts,
                expects: [.recordRevision(.account, name, expected)],
                writes: [.record(.account, name, column, at: time.now)]
            )
        } catch {
            guard case .store(.conflict) = error else { throw error }
            return false
        }
        return true
    }

    /// Puts acts of staff on record that change nothing stored.
    package func noteStaff(_ acts: [AuditFacts]) async throws(GatewayError) {
        try await record(acts)
    }
}
