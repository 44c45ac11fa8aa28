import Audit
import Cryptography
import Delivery
import Directory
package import ExchangeAPI
package import Primitives
import Storage

// Who may speak, and as whom.
extension ExchangeNode {
    /// The exchange as the holder of a TLS certificate sees it. TLS has checked the chain and that
    /// the caller has the key; the store knows whether the certificate still stands, asked for
    /// every request.
    package func session(for certificate: [UInt8]?) async throws(Refusal) -> ExchangeSession {
        guard let certificate else { throw Refusal(.certificateMissing) }
        let sha256 = SHA256.hash(certificate)
        let (row, admission) = try await read { stored throws(StoreError) in
            let row = try stored.certificate(sha256)
            return (row, try row?.member.flatMap(stored.member)?.admission)
        }
        guard let row, let member = row.member, admission == .active || admission == .suspended,
            let read = Self.certificate(certificate), read.role == .memberTransport
        else { throw try await refusal(.certificateUnknown, "unknown", certificate, row?.member) }
        guard row.revokedAt == nil else {
            throw try await refusal(.revoked, "revoked", certificate, member)
        }
        guard read.isValid(at: time.now) else {
            throw try await refusal(.certificateExpired, "expired", certificate, member)
        }
        try admitCall(of: member)
        return ExchangeSession(node: self, member: member)
    }

    /// The exchange as `member` sees it, for callers in this process.
    package func session(of member: MemberID) -> ExchangeSession {
        ExchangeSession(node: self, member: member)
    }

    /// The refusal of a connection, on record.
    private func refusal(
        _ reason: Refusal.Reason,
        _ code: String,
        _ der: [UInt8],
        _ member: MemberID?
    ) async throws(Refusal) -> Refusal {
        // Another TLS key is enough: the messages that wait stay as they are.
        let refusal = Refusal(reason, resend: .sameMessage)
        guard let certificate = Self.certificate(der) else { return refusal }
        return try await settle { () async throws(Refusal) in
            let moment = moment
            var facts = moment.facts(
                .connectionRefused,
                by: .stranger,
                of: member,
                on: .certificate(certificate.keyID)
            )
            facts.fail(.seriousFailure, code)
            let remark = Remark(facts: facts, member: member, about: certificate.sha256)
            return .record(remark, answer: refusal)
        }
    }

    private static func certificate(_ der: [UInt8]) -> Certificate? {
        do throws(CertificateRefusal) { return try Certificate(reading: der) } catch { return nil }
    }

    /// What the TLS listener shows, and the authorities whose certificates it takes; PEM.
    package func credentials() async throws(ExchangeFault) -> ListenerCredentials {
        let key = try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await keyStore.transportKey(identity.server.key)
        }
        return ListenerCredentials(
            chain: identity.server.certificate.pem + identity.serviceAuthority.certificate.pem,
            key: key,
            clientAuthorities: identity.memberAuthority.certificate.pem + root.pem
        )
    }
}
