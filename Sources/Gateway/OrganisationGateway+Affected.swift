package import Audit
import Cryptography
package import Delivery
package import Directory
package import Primitives
package import Storage

// What was taken in before a revocation was known, or before its date: each a task for a person.
extension OrganisationGateway {
    /// A received message that a key signed which is not to be trusted from then on.
    package struct Affected: Sendable {
        package let row: InboxRow
        package let revocation: Revocation
        package let acceptedAt: Timestamp
        /// Who opened it first, and when; nil while nobody has.
        package let opened: (name: String?, role: String, at: Timestamp)?
        package let decision: Decision?

        package enum Decision: String, CaseIterable, Sendable {
            /// 確認: its content was checked and stands.
            case confirmed
            /// 送り主に照会: the sender is asked.
            case enquired
        }
    }

    /// All received messages that the exchange accepted at or after the *since* of their signer's
    /// revocation, newest first.
    package func affected() async throws(GatewayError) -> [Affected] {
        let view = view
        let revoked = view.revocations.values.filter {
            view.certificate(sha256: $0.certificateSha256)?.role == .memberSigning
        }
        guard !revoked.isEmpty else { return [] }
        let senders = Set(revoked.map(\.memberID))
        let rows = try await read { stored throws(StoreError) in
            try stored.inbox(state: nil, limit: .max).filter { senders.contains($0.key.from) }
        }
        var found: [Affected] = []
        for row in rows where row.state != nil && row.state != .refused {
            guard let signed = try await signing(of: row.key),
                let revocation = view.revocations[signed.by], revocation.since <= signed.acceptedAt
            else { continue }
            found.append(
                Affected(
                    row: row,
                    revocation: revocation,
                    acceptedAt: signed.acceptedAt,
                    opened: try await firstReader(of: row.key.messageID),
                    decision: try await decision(about: row.key)
                )
            )
        }
        return found
    }

    /// Records what a person has decided about one of them.
    ///
    /// - Throws: `notFound` for a message that is not affected.
    package func review(
        _ key: MessageKey,
        _ decision: Affected.Decision,
        by agent: Agent
    ) async throws(GatewayError) {
        guard try await affected().contains(where: { $0.row.key == key }) else { throw .notFound }
        var act = facts(.revocationReviewed, by: agent, on: .message(key.messageID), peer: key.from)
        act.reason = AuditReason(decision.rawValue)
        try await record(
            [act],
            writes: [.setting(Self.reviewName(key), decision.rawValue.bytes)]
        )
    }

    private func decision(about key: MessageKey) async throws(GatewayError) -> Affected.Decision? {
        let stored = try await read { stored throws(StoreError) in
            try stored.setting(Self.reviewName(key))
        }
        return stored.flatMap { Affected.Decision(rawValue: String(decoding: $0, as: UTF8.self)) }
    }

    private static func reviewName(_ key: MessageKey) -> SettingName {
        SettingName(rawValue: "reviewed.\(key.sha256.hex)")
    }

    /// Which certificate signed a received message, and when the exchange took it.
    private func signing(
        of key: MessageKey
    ) async throws(GatewayError) -> (by: Digest, acceptedAt: Timestamp)? {
        let bytes = try await read { stored throws(StoreError) in try stored.inboxBytes(of: key) }
        guard let bytes else { return nil }
        do throws(StatementRefusal) {
            let signed = try SignedStatement(reading: bytes.submission).signed
            let accepted = try SignedStatement(reading: bytes.accepted)
                .body(as: AcceptedStatement.self)
            let signer = view.certificate(issuer: signed.signerIssuer, serial: signed.signerSerial)
            return signer.map { ($0.sha256, accepted.head.at) }
        } catch { return nil }
    }

    /// On record once for each revocation of another's signing key, so that people are told.
    func applyRevocations(_ view: DirectoryView) async throws(GatewayError) {
        for revocation in view.revocations.values where revocation.memberID != member {
            guard let certificate = view.certificate(sha256: revocation.certificateSha256) else {
                continue
            }
            let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
            let name = SettingName(
                rawValue: "revoked.\(certificate.keyID).\(revocation.since.milliseconds)"
            )
            try await record(
                [facts(.revocationApplied, by: .system, on: object, peer: revocation.memberID)],
                onceAs: name
            )
        }
    }
}
