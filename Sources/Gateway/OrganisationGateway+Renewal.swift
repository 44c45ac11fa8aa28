package import Audit
import Cryptography
import Delivery
package import Directory
import ExchangeAPI
import Primitives
import Storage

// Renewal before anything ends, without anybody's help. Every step can be taken again: the key
// store and the directory say how far it has come.
extension OrganisationGateway {
    /// Renews what is due, and destroys what has ended.
    func renewKeys() async throws(GatewayError) {
        // A wrong clock would renew too early or sign what nobody takes.
        guard isClockMeasured, clockOffset.magnitudeIsBelow(Limits.clockTolerance),
            view.membership(of: member)?.standing.status != .left
        else { return }
        var turns = Turns()
        for usage in [MemberKeyUsage.transport, .encryption, .signing] {
            await turns.take { () async throws(GatewayError) in
                try await self.renew(usage, isForced: false)
            }
        }
        await turns.take { () async throws(GatewayError) in try await self.retireKeys() }
        try turns.end()
    }

    /// Renews a key before it is due. The old one goes on until the new one's time has come.
    ///
    /// - Throws: `certificateEnded` where a signing key is no longer good: that needs a new
    ///   joining paper.
    package func renew(_ usages: [MemberKeyUsage], by agent: Agent) async throws(GatewayError) {
        _ = try await syncDirectory(waitSeconds: 0)
        _ = try signingIdentity()
        for usage in usages { try await renew(usage, isForced: true, by: agent) }
    }

    private func renew(
        _ usage: MemberKeyUsage,
        isForced: Bool,
        by agent: Agent = .system
    ) async throws(GatewayError) {
        guard usage != .transport else {
            return try await renewTransport(isForced: isForced, by: agent)
        }
        var isForced = isForced
        // Make, request, rotate; one more for a key that had to be given up.
        for _ in 0..<4 {
            switch renewal(of: usage).step(at: time.now, isForced: isForced) {
            case nil: return
            case .make(let number):
                try await make(usage, number)
                isForced = false
            case .request(let handle): try await certify(handle, usage)
            case .rotate(let handle, let certificate, let old):
                try await rotate(usage, old, to: (handle, certificate), by: agent)
                isForced = false
            }
        }
    }

    private func make(_ usage: MemberKeyUsage, _ number: Int) async throws(GatewayError) {
        try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            _ = try await keyStore.generate(usage.use, label: KeyLabels.label(usage, number))
        }
    }

    /// Has a key certified; the directory shows its certificate as held.
    private func certify(
        _ handle: KeyHandle,
        _ usage: MemberKeyUsage
    ) async throws(GatewayError) {
        guard let request = try await request(for: handle) else { return }
        _ = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.renew([WireCertificateRequest(usage: usage, request: request)])
        }
        _ = try await syncDirectory(waitSeconds: 0)
    }

    /// The request of a key, kept for a repeat since an encryption key signs one in its life.
    ///
    /// - Returns: nil where the one signature was lost in a crash: the key is destroyed, and the
    ///   next takes its place.
    private func request(for handle: KeyHandle) async throws(GatewayError) -> [UInt8]? {
        guard let keyID = handle.keyID else { return nil }
        let name = SettingName.request(of: keyID)
        let known = try await read { stored throws(StoreError) in try stored.setting(name) }
        if let known { return known }
        let request: CertificateRequest
        do throws(KeyStoreError) {
            request = try await CertificateRequest.make(for: handle, in: keyStore)
        } catch {
            guard error == .requestAlreadySigned else { throw .keyStore(error) }
            try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
                try await keyStore.destroy(handle)
            }
            return nil
        }
        let act = facts(.keyGenerated, by: .system, on: .certificate(request.point.keyID))
        try await record([act], writes: [.setting(name, request.der)])
        return request.der
    }

    /// Says to everybody that the new key follows the old one.
    private func rotate(
        _ usage: MemberKeyUsage,
        _ old: Certificate,
        to new: (key: KeyHandle, certificate: Certificate),
        by agent: Agent
    ) async throws(GatewayError) {
        let now = time.now
        let isOldGood =
            old.notAfter > now && !view.isRevoked(old, at: now)
            && keyStore.handle(of: old) != nil
        // Peers read the directory within a day; a key that is no longer good gives no such time.
        let from = usage == .encryption && isOldGood ? now.adding(RotationTimes.notice) : now
        var body = Rotation(
            of: member,
            old.keyID,
            to: new.certificate,
            usage,
            times: (from, from.adding(RotationTimes.overlap))
        )
        if usage == .signing {
            guard let issuing = view.issuing(for: new.certificate) else { throw .notEnrolled }
            let successor = StatementSigner(
                store: keyStore,
                key: new.key,
                identity: SigningIdentity(certificate: new.certificate, issuing: issuing)
            )
            body = body.countersigned(by: try await sign(body, with: successor))
        }
        let signed = try await sign(body, with: try statementSigner())
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.acknowledge([WireStatement(bytes: signed.bytes)])
        }
        _ = try await syncDirectory(waitSeconds: 0)
        // Said before, and the answer was lost: the directory shows it.
        if let refusal = results.first?.refusal, view.isHeld(new.certificate) {
            throw .exchange(.refused(refusal))
        }
        let object = AuditObject.certificate(
            new.certificate.keyID,
            sha256: new.certificate.sha256
        )
        try await record(
            [facts(.keyRotated, by: agent, on: object)],
            onceAs: SettingName(rawValue: "rotated.\(new.certificate.keyID)")
        )
    }

    private func sign(
        _ body: Rotation,
        with signer: StatementSigner
    ) async throws(GatewayError) -> SignedStatement {
        try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await signer.sign(body, at: time.now)
        }
    }

    /// A TLS key grants no reading and no signing: certified, committed, and shown from then on.
    private func renewTransport(isForced: Bool, by agent: Agent) async throws(GatewayError) {
        guard let shown = try await transportCertificate(), let inUse = keyStore.handle(of: shown),
            let number = KeyLabels.number(of: inUse, .transport)
        else { return }
        guard isForced || shown.isRenewalDue(at: time.now) else { return }
        let label = KeyLabels.label(.transport, number + 1)
        if keyStore.handle(labelled: label) == nil { try await make(.transport, number + 1) }
        guard let handle = keyStore.handle(labelled: label),
            let request = try await request(for: handle)
        else { return }
        let ders = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.renew([
                WireCertificateRequest(usage: .transport, request: request)
            ])
        }
        let chain = try transportChain(ders.first, of: handle)
        let act = facts(.keyRotated, by: agent, on: .certificate(chain.leaf.keyID))
        try await record([act], writes: [.setting(.transportChain, chain.pem.bytes)])
        if let identity = try await TransportIdentity.stored(in: store, keyStore) {
            presents(identity)
        }
    }

    /// The exchange's answer, checked before anything rests on it.
    private func transportChain(
        _ der: [UInt8]?,
        of handle: KeyHandle
    ) throws(GatewayError) -> (leaf: Certificate, pem: String) {
        guard let der else { throw .exchange(.badAnswer) }
        let leaf = try wrap({ _ in GatewayError.exchange(.badAnswer) }) {
            () throws(CertificateRefusal) in
            try Certificate(reading: der)
        }
        guard leaf.role == .memberTransport, leaf.member == member, leaf.keyID == handle.keyID,
            let issuing = view.issuing(for: leaf), leaf.isSigned(by: issuing),
            leaf.notAfter > time.now
        else { throw .exchange(.badAnswer) }
        return (leaf, leaf.pem + issuing.pem)
    }
}

/// How a rotation overlaps (`keys-and-directory.md` 4.1).
package enum RotationTimes {
    /// Before anybody seals to a new key, everybody has it.
    package static let notice = Duration.hours(24)
    /// So long what was sealed to the old one is taken in: a message lives 30 days at most.
    package static let overlap = Duration.days(30)
}
