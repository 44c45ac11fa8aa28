package import Cryptography
package import Primitives

/// Signs statements with one key and its certificate. It and the signer of sheets in Envelope are
/// the only users of a signing key.
package struct StatementSigner: Sendable {
    private let store: any KeyStore
    private let key: KeyHandle
    package let certificate: Certificate
    private let issuing: Certificate

    /// - Parameters:
    ///   - certificate: of `key`.
    ///   - issuing: the authority that signed `certificate`; it travels with every statement.
    package init(
        store: any KeyStore,
        key: KeyHandle,
        certificate: Certificate,
        issuing: Certificate
    ) {
        precondition(key.keyID == certificate.keyID, "a key signs under its own certificate")
        self.store = store
        self.key = key
        self.certificate = certificate
        self.issuing = issuing
    }

    /// - Parameters:
    ///   - body: its issuer must be the subject of the certificate.
    ///   - time: the signer's claim, shown and never judged by.
    package func sign(
        _ body: any StatementBody,
        at time: Timestamp
    ) async throws(KeyStoreError) -> SignedStatement {
        precondition(
            certificate.subject.commonName.hasSameBytes(as: body.issuer.text),
            "nobody signs for another"
        )
        let signed = try await SignedData.make(
            content: body.content,
            binding: nil,
            signer: certificate,
            issuing: issuing,
            at: time
        ) { digest async throws(KeyStoreError) in
            try await store.sign(key, digest: digest)
        }
        return SignedStatement(made: signed)
    }
}
