package import Audit
import Cryptography
import Delivery
package import Directory
import ExchangeAPI
package import Primitives
import Storage

// Keys of a member that began anew: used here after two people have compared digits.
extension OrganisationGateway {
    /// The digits to read out; both ends see the same. What was shown last is what a person has
    /// compared.
    ///
    /// - Throws: `notFound` for a member without keys.
    package func showFingerprint(
        with peer: MemberID
    ) async throws(GatewayError) -> Fingerprint {
        let digits = try fingerprint(with: peer)
        try await keep([.setting(.fingerprint(with: peer), digits.text.bytes)])
        return digits
    }

    func fingerprint(with peer: MemberID) throws(GatewayError) -> Fingerprint {
        guard peer != member, let digits = Fingerprint(of: member, and: peer, in: view) else {
            throw .notFound
        }
        return digits
    }

    /// A person has compared the digits over the telephone, and they were the same: the keys of
    /// `peer` are used from now on, what waited for them goes, and its receipts are fetched again.
    ///
    /// - Throws: `fingerprintChanged` where other digits were shown last, or none.
    package func confirmFingerprint(
        with peer: MemberID,
        by agent: Agent
    ) async throws(GatewayError) {
        // Before the digits: what comes in between is not taken for compared.
        let waiting = view.unchecked(of: peer)
        let digits = try fingerprint(with: peer)
        let shown = try await read { stored throws(StoreError) in
            try stored.setting(.fingerprint(with: peer))
        }
        guard shown == digits.text.bytes else { throw .fingerprintChanged }
        let signing = view.member(peer)?.certificates.last {
            $0.certificate.role == .memberSigning && !$0.isHeld
        }
        guard let certificate = signing?.certificate else { throw .notFound }
        let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
        var act = facts(.keyFingerprintChecked, by: agent, on: object, peer: peer)
        act.details = digits.text
        let known = try await checkedRecoveries().union(waiting).sorted()
        try await record(
            [act],
            writes: [.setting(.checkedRecoveries, known.flatMap(\.bytes))]
        )
        believe(waiting)
        // Done again after a crash, the rest of it is taken up.
        try await retryWaiting()
        try await applyDeliveries()
        try await applyWithheld(of: peer)
        bell.ring()
    }

    /// What is signed by keys that nobody here has checked is not lost: it is fetched again after
    /// the comparison.
    func withhold(
        _ statement: SignedStatement,
        of peer: MemberID,
        _ moved: GatewayUpkeep
    ) async throws(GatewayError) {
        try await noteKeyChange(of: peer)
        let known = try await withheld(of: peer)
        let all = known.contains(statement.sha256) ? known : known + [statement.sha256]
        try await keep([.setting(.withheld(of: peer), all.flatMap(\.bytes)), moved])
    }

    private func withheld(of peer: MemberID) async throws(GatewayError) -> [Digest] {
        let bytes = try await read { stored throws(StoreError) in
            try stored.setting(.withheld(of: peer)) ?? []
        }
        return Digest.all(in: bytes)
    }

    private func applyWithheld(of peer: MemberID) async throws(GatewayError) {
        let cursor = try await read { stored throws(StoreError) in try stored.cursor(.events) }
        for sha256 in try await withheld(of: peer) {
            let bytes: [UInt8]
            do throws(ExchangeError) { bytes = try await exchange.statement(sha256) } catch {
                // Its time is over, and the message's too.
                guard case .refused = error else { throw .exchange(error) }
                continue
            }
            let statement = try wrap({ _ in GatewayError.exchange(.badAnswer) }) {
                () throws(StatementRefusal) in try SignedStatement(reading: bytes)
            }
            guard statement.sha256 == sha256, let key = statement.messageKey else {
                throw .exchange(.badAnswer)
            }
            try await applyReceived(statement, key, .cursor(.events, cursor))
        }
        try await keep([.setting(.withheld(of: peer), [])])
    }

    func checkedRecoveries() async throws(GatewayError) -> Set<Digest> {
        let bytes = try await read { stored throws(StoreError) in
            try stored.setting(.checkedRecoveries) ?? []
        }
        return Set(Digest.all(in: bytes))
    }

    /// A receipt by keys that nobody here has checked is no forgery: it waits at the exchange.
    func isUnchecked(_ statement: SignedStatement) -> Bool {
        guard let peer = statement.issuer.member else { return false }
        return !view.unchecked(of: peer).isEmpty
    }

    /// On record once for each recovery: mail and receipts of this member wait for a comparison.
    func noteKeyChange(of peer: MemberID) async throws(GatewayError) {
        for sha256 in view.unchecked(of: peer) {
            guard let certificate = view.certificate(sha256: sha256) else { continue }
            let object = AuditObject.certificate(certificate.keyID, sha256: sha256)
            var act = facts(.keyChangeHeld, by: .system, on: object, peer: peer)
            act.outcome = .minorFailure
            act.reason = AuditReason("recipientKeyChanged")
            try await record([act], onceAs: SettingName(rawValue: "held.\(certificate.keyID)"))
        }
    }
}

extension SettingName {
    /// The recoveries that were compared, as their digests one after the other.
    fileprivate static let checkedRecoveries = SettingName(rawValue: "checkedRecoveries")

    /// Statements that wait for the comparison with a member, as their digests.
    fileprivate static func withheld(of peer: MemberID) -> SettingName {
        SettingName(rawValue: "withheld.\(peer)")
    }

    /// The digits that were shown last of a member.
    fileprivate static func fingerprint(with peer: MemberID) -> SettingName {
        SettingName(rawValue: "fingerprint.\(peer)")
    }
}

extension Digest {
    /// Digests that were stored one after the other.
    fileprivate static func all(in bytes: [UInt8]) -> [Digest] {
        stride(from: 0, to: bytes.count - 31, by: 32).compactMap {
            Digest(Array(bytes[$0..<$0 + 32]))
        }
    }
}
