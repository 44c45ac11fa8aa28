import Audit
import Cryptography
package import Directory
import ExchangeAPI
package import Primitives
import Storage

// The backup of an exchange is read and sealed beside its service; here it is vouched for.
extension ExchangeNode {
    package var exchangeID: ExchangeID { identity.id }

    /// Says in the name of the exchange that a backup is one of itself.
    package func sign(backup manifest: Digest) async throws(ExchangeFault) -> SignedStatement {
        let body = BackupStatement(by: PartyID(identity.id), manifest: manifest)
        return try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await sign(body, with: identity.registrar)
        }
    }

    /// That it was made is on record once it is whole.
    package func recordBackup(
        _ manifest: Digest,
        at time: Timestamp
    ) async throws(ExchangeFault) {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let moment = moment
                let facts = moment.facts(
                    .backupMade,
                    by: .registrar,
                    of: nil,
                    on: .backup(at: time, sha256: manifest)
                )
                return .propose(moment.record(facts)) { _ in }
            }
        }
    }
}
