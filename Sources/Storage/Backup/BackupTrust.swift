package import Cryptography
package import Directory
package import Primitives

/// Whether the place that a manifest names has vouched for it.
package enum BackupTrust {
    /// Checks statement, signer and its authority up to `root`, as they were when the backup was
    /// made. Lists of revoked certificates are **not** looked at: after the loss of a machine there
    /// may be none, and who restores names the file.
    package static func holds(
        _ statement: SignedStatement,
        for manifest: (said: BackupManifest, sha256: Digest),
        under root: Certificate
    ) -> Bool {
        let said = manifest.said
        let isMember = said.kind == .gateway
        let certificates = statement.signed.certificates
        let role: CertificateRole = isMember ? .memberSigning : .exchangeRegistrar
        guard statement.issuer == said.owner,
            let signer = certificates.first(where: { $0.role == role }),
            let issuing = certificates.first(where: { $0.isAuthority }),
            issuing.profile == (isMember ? .memberIssuing : .serviceIssuing),
            root.profile == .root, root.isSigned(by: root), issuing.isSigned(by: root),
            signer.isSigned(by: issuing),
            [root, issuing, signer].allSatisfy({ $0.isValid(at: said.madeAt) })
        else { return false }
        do throws(StatementRefusal) {
            try statement.verify(signer: signer, issuing: issuing)
            return try statement.body(as: BackupStatement.self).manifest == manifest.sha256
        } catch { return false }
    }
}
