package import Audit
package import Cryptography
import Delivery
import Directory
package import ExchangeAPI
package import Primitives
package import Storage

/// Joining an exchange with the code of a paper: three keys, three requests under a MAC, and the
/// answer checked before anything of it is kept.
package struct Enrolment: Sendable {
    package let member: MemberID
    package let code: String
    package let rootSha256: Digest
    private let keyStore: any KeyStore
    private let store: any GatewayStore
    private let host: LogHost
    private let time: any TimeSource
    private let random: any RandomSource

    /// `paper` is what is printed on it; the code is used and never stored.
    package init(
        paper: (member: MemberID, code: String, rootSha256: Digest),
        keyStore: any KeyStore,
        store: any GatewayStore,
        host: LogHost,
        seams: (time: any TimeSource, random: any RandomSource)
    ) {
        member = paper.member
        code = paper.code
        rootSha256 = paper.rootSha256
        self.keyStore = keyStore
        self.store = store
        self.host = host
        time = seams.time
        random = seams.random
    }

    /// Compares a fetched root with the paper.
    package func trusted(_ der: [UInt8]) throws(GatewayError) -> Certificate {
        guard SHA256.hash(der) == rootSha256 else { throw .enrolment(.wrongRoot) }
        return try wrap({ _ in GatewayError.enrolment(.wrongRoot) }) {
            () throws(CertificateRefusal) in
            try Certificate(reading: der)
        }
    }

    /// Makes the keys, opens the access log, and obtains the certificates. Repeating it after a
    /// crash uses the same keys and gets the same certificates.
    ///
    /// - Returns: the transport certificate with its issuing authority's, PEM.
    package func join(
        _ exchange: any EnrolmentService,
        by agent: Agent
    ) async throws(GatewayError) -> String {
        var handles = try await keys(by: agent)
        var requests: [WireCertificateRequest] = []
        for usage in MemberKeyUsage.allCases {
            guard let handle = handles[usage] else { throw .notEnrolled }
            let made = try await request(usage, handle)
            handles[usage] = made.handle
            requests.append(made.wish)
        }
        let log = try wrap(GatewayError.keyStore) { () throws(KeyStoreError) in
            guard let key = keyStore.handle(labelled: KeyLabels.log) else {
                throw KeyStoreError.unknownKey
            }
            return try keyStore.notePublicKey(key)
        }
        let keys = JoiningKeys(code: code, member: member)
        let wish = EnrolmentRequest(
            member: member,
            requests: requests,
            logPublicKey: log.bytes,
            keys: keys
        )
        let answer = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.enrol(wish)
        }
        guard answer.isAuthentic(keys) else { throw .enrolment(.wrongAnswer) }
        return try await keep(answer, handles, by: agent)
    }

    /// The three keys of this paper: those it has got before, or new ones beside those of an
    /// earlier paper.
    private func keys(by agent: Agent) async throws(GatewayError) -> [MemberKeyUsage: KeyHandle] {
        _ = try await handle(.log, KeyLabels.log)
        if keyStore.storageKeys.isEmpty { _ = try await handle(.storage, KeyLabels.storage(1)) }
        let number = try await begin(by: agent)
        var handles: [MemberKeyUsage: KeyHandle] = [:]
        for usage in MemberKeyUsage.allCases {
            handles[usage] = try await handle(usage.use, KeyLabels.label(usage, number))
        }
        return handles
    }

    private func handle(_ use: KeyUse, _ label: String) async throws(GatewayError) -> KeyHandle {
        if let known = keyStore.handle(labelled: label) { return known }
        return try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await keyStore.generate(use, label: label)
        }
    }

    /// Opens the access log where there is none, and fixes the number of this paper's keys.
    private func begin(by agent: Agent) async throws(GatewayError) -> Int {
        let paper = SHA256.hash((member.text + " " + code).bytes).hex.prefix(32)
        let name = SettingName(rawValue: "paper.\(paper)")
        let (tree, known) = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.read { stored throws(StoreError) in
                (try stored.openTree(.access), try stored.setting(name))
            }
        }
        if let known, let number = Decimal.value(known) { return Int(number) }
        let highest = MemberKeyUsage.allCases.flatMap { keyStore.numbered($0).map(\.number) }.max()
        let number = (highest ?? 0) + 1
        var acts = [facts(.enrolmentStarted, by: agent)]
        if tree == nil { acts.insert(facts(.treeOpened, by: .system, .tree(origin)), at: 0) }
        try await commit(acts, [.setting(name, String(number).bytes)])
        return number
    }

    /// An encryption key signs one request in its life, so the request is kept for a repeat. Where
    /// that one signature was lost in a crash nobody has seen the key, and another takes its name.
    private func request(
        _ usage: MemberKeyUsage,
        _ known: KeyHandle
    ) async throws(GatewayError) -> (handle: KeyHandle, wish: WireCertificateRequest) {
        guard let keyID = known.keyID else { throw .notEnrolled }
        let name = SettingName.request(of: keyID)
        let kept = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.read { stored throws(StoreError) in try stored.setting(name) }
        }
        if let kept { return (known, WireCertificateRequest(usage: usage, request: kept)) }
        let (handle, request) = try await wrap(GatewayError.keyStore) {
            () async throws(KeyStoreError) in
            do throws(KeyStoreError) {
                return (known, try await CertificateRequest.make(for: known, in: keyStore))
            } catch {
                guard error == .requestAlreadySigned else { throw error }
                try await keyStore.destroy(known)
                let other = try await keyStore.generate(known.use, label: known.label.text)
                return (other, try await CertificateRequest.make(for: other, in: keyStore))
            }
        }
        let act = facts(.keyGenerated, by: .system, .certificate(request.point.keyID))
        try await commit([act], [.setting(.request(of: request.point.keyID), request.der)])
        return (handle, WireCertificateRequest(usage: usage, request: request.der))
    }

    private func keep(
        _ answer: EnrolmentAnswer,
        _ handles: [MemberKeyUsage: KeyHandle],
        by agent: Agent
    ) async throws(GatewayError) -> String {
        var pem = ""
        guard answer.certificates.count == MemberKeyUsage.allCases.count else {
            throw .enrolment(.certificateDiffers)
        }
        do throws(CertificateRefusal) {
            let authorities = try answer.authorities.map { der throws(CertificateRefusal) in
                try Certificate(reading: der)
            }
            for (usage, der) in zip(MemberKeyUsage.allCases, answer.certificates) {
                let certificate = try Certificate(reading: der)
                guard certificate.role == usage.role, certificate.member == member,
                    certificate.keyID == handles[usage]?.keyID,
                    let issuing = authorities.first(where: { certificate.isSigned(by: $0) })
                else { throw CertificateRefusal.tooLarge }
                if usage == .transport { pem = certificate.pem + issuing.pem }
            }
        } catch { throw .enrolment(.certificateDiffers) }
        try await commit(
            [facts(.enrolmentCompleted, by: agent)],
            [.setting(.transportChain, pem.bytes)]
        )
        return pem
    }

    // MARK: Commit

    private var origin: TreeOrigin {
        .access(host, member: member, fiscalYear: TreeOrigin.fiscalYear(of: time.now))
    }

    private func facts(
        _ event: AuditEvent,
        by agent: Agent,
        _ object: AuditObject? = nil
    ) -> AuditFacts {
        AuditFacts(
            event,
            by: agent,
            for: PartyID(member),
            on: object ?? .account(PartyID(member)),
            at: time.now
        )
    }

    private func commit(
        _ acts: [AuditFacts],
        _ writes: [GatewayWrite]
    ) async throws(GatewayError) {
        guard let storageKey = keyStore.storageKeys.last?.handle else {
            throw .notEnrolled
        }
        let ring = DataKeyRing(
            keptKeys(store, time),
            keyStore: keyStore,
            storageKey: storageKey,
            random: random
        )
        let key = try await wrap(GatewayError.dataKey) { () async throws(DataKeyFault) in
            try await ring.key(of: TreeOrigin.fiscalYear(of: time.now))
        }
        let random = random
        let proposal = Proposal<GatewayWrite>(expects: []) { _ in
            (
                writes: writes,
                audit: acts.map { AuditEntry($0, in: .access, random: random) }
            )
        }
        let change = proposal.finished([], in: [origin], by: key)
        _ = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.commit(change)
        }
    }
}

extension SettingName {
    /// The one certificate request of an own key; it stays when the key is gone.
    static func request(of key: KeyID) -> SettingName {
        SettingName(rawValue: "request.\(key)")
    }

    /// The certificate this organisation shows in TLS, with its issuing authority's; PEM.
    package static let transportChain = SettingName(rawValue: "transportChain")
}
