import Audit
import Cryptography
package import Directory
package import Primitives
import Storage

// The backup of an organisation is read and sealed beside its service; here it is vouched for.
extension OrganisationGateway {
    /// Says in the name of this office that a backup is one of itself.
    package func sign(backup manifest: Digest) async throws(GatewayError) -> SignedStatement {
        let signer = try statementSigner()
        let body = BackupStatement(by: PartyID(member), manifest: manifest)
        return try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await signer.sign(body, at: time.now)
        }
    }

    /// That it was made is on record once it is whole.
    package func recordBackup(
        _ manifest: Digest,
        at time: Timestamp
    ) async throws(GatewayError) {
        let backup = AuditObject.backup(at: time, sha256: manifest)
        try await record([facts(.backupMade, by: .system, on: backup)])
    }
}
