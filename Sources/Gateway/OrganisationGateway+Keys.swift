import Audit
package import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
package import Storage

/// What an organisation shows in TLS.
package struct TransportIdentity: Sendable {
    /// The certificate and its issuing authority's; PEM.
    package let chain: [UInt8]
    package let key: SecretBytes

    /// The one in use; nil before the organisation has joined.
    package static func stored(
        in store: any GatewayStore,
        _ keyStore: any KeyStore
    ) async throws(GatewayError) -> TransportIdentity? {
        let chain = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.read { stored throws(StoreError) in
                try stored.setting(.transportChain)
            }
        }
        guard let chain, let certificate = certificate(of: chain),
            let handle = keyStore.handle(of: certificate)
        else { return nil }
        let key = try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await keyStore.transportKey(handle)
        }
        return TransportIdentity(chain: chain, key: key)
    }

    static func certificate(of chain: [UInt8]) -> Certificate? {
        do throws(CertificateRefusal) { return try PEM.certificates(chain).first } catch {
            return nil
        }
    }
}

extension KeyStore {
    func handle(of certificate: Certificate) -> KeyHandle? {
        handles().first { $0.keyID == certificate.keyID }
    }
}

// The own keys: which is in use, and which are here no longer.
extension OrganisationGateway {
    /// The key that speaks for this office now, with its certificate.
    ///
    /// - Throws: `notEnrolled` where the signing key has no certificate, `certificateEnded` where
    ///   it is no longer good.
    func signingIdentity() throws(GatewayError) -> (key: KeyHandle, identity: SigningIdentity) {
        let view = view
        let now = time.now
        let own =
            view.member(member)?.certificates.filter {
                $0.certificate.role == .memberSigning && $0.standing != .held
                    && keyStore.handle(of: $0.certificate) != nil
            } ?? []
        // Before its time a new key waits, and the one before it speaks on.
        let entry = own.last { ($0.usableFrom ?? now) <= now } ?? own.last
        guard let certificate = entry?.certificate, let key = keyStore.handle(of: certificate),
            let issuing = view.issuing(for: certificate)
        else { throw .notEnrolled }
        switch view.verdict(for: certificate, role: .memberSigning, at: now) {
        case .expired: throw .certificateEnded(isRevoked: false)
        case .revoked: throw .certificateEnded(isRevoked: true)
        // What else may be wrong lies with the exchange's lists, and whoever reads it will say so.
        case .trusted, .untrusted, .listMissing: break
        }
        return (key, SigningIdentity(certificate: certificate, issuing: issuing))
    }

    func statementSigner() throws(GatewayError) -> StatementSigner {
        let identity = try signingIdentity()
        return StatementSigner(store: keyStore, key: identity.key, identity: identity.identity)
    }

    /// What is known of the own signing or encryption keys.
    func renewal(of usage: MemberKeyUsage) -> KeyRenewal {
        let view = view
        let now = time.now
        let entries = view.member(member)?.certificates ?? []
        let own = entries.compactMap { entry -> KeyRenewal.Own? in
            guard entry.certificate.role == usage.role,
                let handle = keyStore.handle(of: entry.certificate)
            else { return nil }
            return KeyRenewal.Own(
                handle: handle,
                certificate: entry.certificate,
                isHeld: entry.isHeld,
                isRevoked: view.isRevoked(entry.certificate, at: now)
            )
        }
        var renewal = KeyRenewal(usage: usage, own: own, keys: keyStore.numbered(usage))
        renewal.lost =
            entries.last {
                $0.certificate.role == usage.role && !$0.isHeld
                    && keyStore.handle(of: $0.certificate) == nil
            }?.certificate
        return renewal
    }

    /// The certificate shown in TLS; nil before joining.
    func transportCertificate() async throws(GatewayError) -> Certificate? {
        let chain = try await read { stored throws(StoreError) in
            try stored.setting(.transportChain)
        }
        return chain.flatMap { shown(in: $0) }
    }

    /// Fetches the directory where it does not know who signed: a key that came into use a moment
    /// ago is no stranger's.
    func meetSigner(of statement: SignedStatement) async throws(GatewayError) {
        let signed = statement.signed
        let known = view.certificate(issuer: signed.signerIssuer, serial: signed.signerSerial)
        if let known, !view.isHeld(known) { return }
        _ = try await syncDirectory(waitSeconds: 0)
    }

    /// Destroys keys that nothing needs any more. A private signing key goes with the end of its
    /// certificate, a TLS key with its successor; encryption keys stay, for old mail.
    func retireKeys() async throws(GatewayError) {
        let now = time.now
        let signing = renewal(of: .signing)
        var gone = signing.own.filter { own in
            own.certificate.notAfter < now && own.handle != signing.current?.handle
        }.map(\.handle)
        if let shown = try await transportCertificate(), let inUse = keyStore.handle(of: shown),
            let number = KeyLabels.number(of: inUse, .transport)
        {
            gone += keyStore.numbered(.transport).filter { $0.number < number }.map(\.handle)
        }
        for handle in gone {
            guard let keyID = handle.keyID else { continue }
            let act = facts(.keyDestroyed, by: .system, on: .certificate(keyID))
            try await record([act], onceAs: SettingName(rawValue: "destroyed.\(keyID)"))
            try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
                try await keyStore.destroy(handle)
            }
        }
    }
}
