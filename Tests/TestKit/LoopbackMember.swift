package import Audit
package import Cryptography
package import Delivery
package import Directory
package import Exchange
package import ExchangeAPI
package import Primitives

/// A member of a `LoopbackExchange`: keys in memory, and the exchange as it sees it.
package struct LoopbackMember: Sendable {
    package typealias Certified = (key: KeyHandle, certificate: Certificate)

    package let id: MemberID
    package let keyStore: MemoryKeyStore
    package let signing: Certified
    package let encryption: Certified
    package let transport: Certified
    /// The authority of the three certificates.
    package let authority: Certificate
    package let signer: StatementSigner
    package let service: any ExchangeService
    package let logOrigin: TreeOrigin
    let time: SimulatedTime
    let random: SeededRandom

    /// How a routing header names the member.
    package var addressee: Addressee {
        Addressee(memberID: id, keyID: encryption.certificate.keyID)
    }

    /// A request to join with a paper, as a gateway makes it.
    package static func request(
        _ paper: JoiningPaper,
        code: String? = nil,
        _ keys: MemoryKeyStore
    ) async throws -> (request: EnrolmentRequest, keys: JoiningKeys) {
        var requests: [WireCertificateRequest] = []
        for usage in MemberKeyUsage.allCases {
            let key = try await keys.generate(usage.use, label: usage.rawValue)
            let request = try await CertificateRequest.make(for: key, in: keys)
            requests.append(WireCertificateRequest(usage: usage, request: request.der))
        }
        let log = try await keys.generate(.log, label: "log")
        let code = try code ?? required(paper.code)
        let joining = JoiningKeys(code: code, member: paper.member)
        let request = EnrolmentRequest(
            member: paper.member,
            requests: requests,
            logPublicKey: try keys.notePublicKey(log).bytes,
            keys: joining
        )
        return (request, joining)
    }

    /// Joins with a paper, and says nothing yet to the directory.
    package static func join(
        _ exchange: LoopbackExchange,
        _ paper: JoiningPaper,
        _ keyStore: MemoryKeyStore
    ) async throws -> LoopbackMember {
        let (request, joining) = try await request(paper, keyStore)
        let answer = try await exchange.node.enrol(request)
        guard answer.isAuthentic(joining) else { throw FixtureFault() }
        let certificates = try answer.certificates.map { try Certificate(reading: $0) }
        let authorities = try answer.authorities.map { try Certificate(reading: $0) }
        func certified(_ usage: MemberKeyUsage) throws -> Certified {
            let key = try required(keyStore.handle(labelled: usage.rawValue))
            let certificate = certificates.first { $0.role == usage.role }
            return (key, try required(certificate))
        }
        let signing = try certified(.signing)
        let authority = try required(authorities.first { signing.certificate.isSigned(by: $0) })
        return LoopbackMember(
            id: paper.member,
            keyStore: keyStore,
            signing: signing,
            encryption: try certified(.encryption),
            transport: try certified(.transport),
            authority: authority,
            signer: StatementSigner(
                store: keyStore,
                key: signing.key,
                identity: SigningIdentity(
                    certificate: signing.certificate,
                    issuing: authority
                )
            ),
            service: exchange.node.session(of: paper.member),
            logOrigin: .access(
                try required(LogHost("gateway.example")),
                member: paper.member,
                fiscalYear: TreeOrigin.fiscalYear(of: exchange.time.now)
            ),
            time: exchange.time,
            random: exchange.random
        )
    }

    /// Hands in a directory entry.
    package func announce(number: Int) async throws {
        let statement = try await signer.sign(try entry(number: number), at: time.now)
        let results = try await service.acknowledge([WireStatement(bytes: statement.bytes)])
        guard results.first?.refusal == nil else { throw FixtureFault() }
    }

    package func entry(number: Int) throws -> DirectoryEntry {
        let first = try WorldMember.entry(of: id, at: time.now)
        var entry = DirectoryEntry(
            of: id,
            number: number,
            telephone: first.telephone,
            desks: first.desks,
            reviewedAt: first.reviewedAt
        )
        entry.accepts = first.accepts
        entry.suites = first.suites
        entry.gateway = first.gateway
        return entry
    }
}

extension MemberKeyUsage {
    fileprivate var use: KeyUse {
        switch self {
        case .signing: .signing
        case .encryption: .encryption
        case .transport: .transport
        }
    }
}
