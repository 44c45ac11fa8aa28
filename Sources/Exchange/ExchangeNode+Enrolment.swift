import Audit
import Cryptography
import Delivery
import Directory
package import ExchangeAPI
package import Primitives
import Storage

// Joining with the code of a paper, and new transport keys of those who have joined.
extension ExchangeNode: EnrolmentService {
    package func root() async throws(ExchangeError) -> [UInt8] { identity.root.der }

    /// One answer for every wrong, used, expired or burnt code.
    package func enrol(
        _ request: EnrolmentRequest
    ) async throws(ExchangeError) -> EnrolmentAnswer {
        try await wrap(ExchangeError.refused) { () async throws(Refusal) in
            let digest = SHA256.hash(request.json.canonicalBytes)
            let code = try await read { stored throws(StoreError) in
                try stored.joiningCode(of: request.member)
            }
            guard let code else { throw Refusal(.enrolmentRefused) }
            if let used = code.used, used.request == digest {
                return try refusing(.internalFailure) { () throws(DecodingRefusal) in
                    try EnrolmentAnswer(try JSON(reading: used.answer))
                }
            }
            guard let sealed = code.keys, code.validUntil > time.now,
                code.tries < Limits.joiningTries
            else { throw Refusal(.enrolmentRefused) }
            let keys = try await opened(sealed, of: request.member)
            guard request.isAuthentic(keys) else {
                try await countWrongTry(code)
                throw Refusal(.enrolmentRefused)
            }
            return try await join(request, digest, code, keys)
        }
    }

    private func countWrongTry(_ code: JoiningCodeRow) async throws(Refusal) {
        let moment = moment
        try await settle { () async throws(Refusal) in
            let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                var act = AuditFacts(
                    .enrolmentFailed,
                    by: .stranger,
                    for: PartyID(moment.exchange),
                    on: .account(PartyID(code.member)),
                    at: moment.now
                )
                act.outcome = .seriousFailure
                act.reason = AuditReason("wrongCode")
                return (
                    writes: [.joiningTry(code.member)],
                    audit: [AuditEntry(act, in: .transport, random: moment.random)]
                )
            }
            return Decision<Void>.propose(proposal) { _ in }
        }
    }

    private func join(
        _ request: EnrolmentRequest,
        _ digest: Digest,
        _ code: JoiningCodeRow,
        _ keys: JoiningKeys
    ) async throws(Refusal) -> EnrolmentAnswer {
        guard var membership = view.member(request.member)?.membership else {
            throw Refusal(.enrolmentRefused)
        }
        let points = try Self.points(of: request.requests)
        guard Set(request.requests.map(\.usage)) == Set(MemberKeyUsage.allCases) else {
            throw Refusal(.malformed)
        }
        membership.logPublicKey = try refusing(.malformed) { () throws(CryptographyError) in
            try NotePublicKey(request.logPublicKey)
        }
        membership.standing.status = .active
        membership.standing.since = time.now
        var certificates: [Certificate] = []
        for (wish, point) in zip(request.requests, points) {
            certificates.append(try await issue(wish.usage, point, to: request.member))
        }
        let signed = try await registrarSigned(membership)
        let answer = EnrolmentAnswer(
            certificates: certificates.map(\.der),
            authorities: [identity.memberAuthority, identity.serviceAuthority].map {
                $0.certificate.der
            },
            membership: signed.bytes,
            keys: keys
        )
        let issued = certificates
        try await commitKeys { writer async throws(Refusal) in
            for certificate in issued { writer.issued(certificate, to: request.member) }
            writer.statement(.membershipChanged, signed, about: request.member)
            writer.write(
                .member(
                    MemberRow(member: request.member, standing: .active, createdAt: writer.now)
                )
            )
            writer.write(
                .joined(request.member, request: digest, answer: answer.json.canonicalBytes)
            )
            writer.expect(.codeStanding(request.member, tries: code.tries))
        }
        return answer
    }

    /// New transport keys. They grant no reading and no signing, so they need no rotation.
    func renew(
        _ requests: [WireCertificateRequest],
        of member: MemberID
    ) async throws(Refusal) -> [[UInt8]] {
        guard (1...3).contains(requests.count), requests.allSatisfy({ $0.usage == .transport })
        else { throw Refusal(.malformed) }
        var certificates: [Certificate] = []
        for (wish, point) in zip(requests, try Self.points(of: requests)) {
            certificates.append(try await issue(wish.usage, point, to: member))
        }
        let issued = certificates
        try await commitKeys { writer async throws(Refusal) in
            for certificate in issued { writer.issued(certificate, to: member) }
        }
        return certificates.map(\.der)
    }

    private func issue(
        _ usage: MemberKeyUsage,
        _ point: PublicPoint,
        to member: MemberID
    ) async throws(Refusal) -> Certificate {
        let profile: CertificateProfile =
            switch usage {
            case .signing: .memberSigning
            case .encryption: .memberEncryption
            case .transport: .memberTransport
            }
        do throws(KeyStoreError) {
            return try await identity.memberAuthority.issue(
                profile,
                subject: .member(member),
                point: point,
                serial: random.bytes(20),
                // Clocks of others may be a little behind.
                validity: Validity(
                    of: profile,
                    from: time.now.adding(.zero - Limits.clockTolerance)
                )
            )
        } catch { throw Refusal(error.isTemporary ? .exchangeBusy : .internalFailure) }
    }

    /// The keys asked for, each proved to be held, no two alike.
    private static func points(
        of requests: [WireCertificateRequest]
    ) throws(Refusal) -> [PublicPoint] {
        var points: [PublicPoint] = []
        for wish in requests {
            let request = try refusing(.malformed) { () throws(CertificateRefusal) in
                try CertificateRequest(reading: wish.request)
            }
            guard request.hasValidSignature else { throw Refusal(.badSignature) }
            points.append(request.point)
        }
        guard Set(points).count == points.count else { throw Refusal(.malformed) }
        return points
    }

    // MARK: The code's keys at rest

    func sealed(_ keys: JoiningKeys, of member: MemberID) async throws(Refusal) -> SealedColumn {
        let key = try await dataKey()
        return SealedColumn(
            keyReference: key.reference,
            bytes: key.seal(keys.request + keys.answer, context: Self.context(member))
        )
    }

    private func opened(
        _ column: SealedColumn,
        of member: MemberID
    ) async throws(Refusal) -> JoiningKeys {
        let key = try await dataKey(column.keyReference)
        let bytes = try refusing(.internalFailure) { () throws(CryptographyError) in
            try key.open(column.bytes, context: Self.context(member))
        }
        return JoiningKeys(request: Array(bytes.prefix(32)), answer: Array(bytes.dropFirst(32)))
    }

    private static func context(_ member: MemberID) -> String { "joiningCode/\(member)" }
}
