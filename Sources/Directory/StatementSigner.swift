package import Cryptography
package import Primitives

/// Signs statements with one key and its certificate. It and the signer of sheets in Envelope are
/// the only users of a signing key.
package struct StatementSigner: Sendable {
    package let identity: SigningIdentity
    private let store: any KeyStore
    private let key: KeyHandle

    /// `identity` is the certificate of `key` and the authority that signed it; both travel with
    /// every statement.
    package init(store: any KeyStore, key: KeyHandle, identity: SigningIdentity) {
        precondition(key.keyID == identity.certificate.keyID, "a key signs under its certificate")
        self.store = store
        self.key = key
        self.identity = identity
    }

    package var certificate: Certificate { identity.certificate }

    /// Signs `body`, whose issuer must be the subject of the certificate. `time` is the signer's
    /// claim, shown and never judged by.
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
            identity: identity,
            at: time
        ) { (digest) async throws(KeyStoreError) in
            try await store.sign(key, digest: digest)
        }
        return SignedStatement(made: signed)
    }
}
