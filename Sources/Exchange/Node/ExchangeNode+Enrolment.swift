import Audit
import Cryptography
import Delivery
import Directory
package import ExchangeAPI
import Primitives
import Storage

// Joining with the code of a paper.
extension ExchangeNode: EnrolmentService {
    package func root() async throws(ExchangeError) -> [UInt8] { root.der }

    /// One answer for every wrong, used, expired or burnt code.
    package func enrol(
        _ request: EnrolmentRequest
    ) async throws(ExchangeError) -> EnrolmentAnswer {
        try await wrap(ExchangeError.refused) { () async throws(Refusal) in
            switch try await standing(of: request) {
            case .used(let answer): return answer
            case .open(_, let keys):
                guard request.isAuthentic(keys) else {
                    try await countWrongTry(for: request.member)
                    throw Refusal(.enrolmentRefused)
                }
                return try await join(request)
            }
        }
    }

    private enum CodeStanding {
        case open(JoiningCodeRow, JoiningKeys)
        /// By this very request, which gets its answer again.
        case used(EnrolmentAnswer)
    }

    private func standing(of request: EnrolmentRequest) async throws(Refusal) -> CodeStanding {
        let row = try await read { stored throws(StoreError) in
            try stored.joiningCode(of: request.member)
        }
        guard let row else { throw Refusal(.enrolmentRefused) }
        if let used = row.used, used.request == request.sha256 {
            return .used(
                try refusing(.internalFailure) { () throws(DecodingRefusal) in
                    try EnrolmentAnswer(try JSON(reading: used.answer))
                }
            )
        }
        guard let sealed = row.keys, row.validUntil > time.now, row.tries < Limits.joiningTries
        else { throw Refusal(.enrolmentRefused) }
        return .open(row, try await opened(sealed, of: request.member))
    }

    private func countWrongTry(for member: MemberID) async throws(Refusal) {
        try await settle { () async throws(Refusal) -> Decision<Void> in
            let moment = moment
            var facts = moment.facts(
                .enrolmentFailed,
                by: .stranger,
                of: nil,
                on: .account(PartyID(member))
            )
            facts.fail(.seriousFailure, "wrongCode")
            let act = facts
            let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                (writes: [.joiningTry(member)], audit: [moment.entry(act)])
            }
            return .propose(proposal) { _ in }
        }
    }

    private func join(_ request: EnrolmentRequest) async throws(Refusal) -> EnrolmentAnswer {
        let points = try Self.points(of: request.requests)
        guard points.count == MemberKeyUsage.allCases.count,
            Set(request.requests.map(\.usage)) == Set(MemberKeyUsage.allCases)
        else { throw Refusal(.malformed) }
        let logKey = try refusing(.malformed) { () throws(CryptographyError) in
            try NotePublicKey(request.logPublicKey)
        }
        let member = request.member
        return try await commitKeys { writer async throws(Refusal) in
            // Asked again: the same request may have come twice at once.
            let standing = try await standing(of: request)
            guard case .open(let code, let keys) = standing else {
                guard case .used(let answer) = standing else { throw Refusal(.enrolmentRefused) }
                return answer
            }
            guard var membership = writer.view.membership(of: member),
                membership.standing.status == .active
            else { throw Refusal(.enrolmentRefused) }
            // Who has had keys begins anew: the old ones end, and others are to compare the new.
            if writer.view.member(member)?.certificates.isEmpty == false {
                try await revokeAll(of: member, .superseded, &writer)
                membership.recovery = zip(request.requests, points)
                    .filter { $0.0.usage != .transport }.map(\.1.keyID)
            }
            membership.logPublicKey = logKey
            membership.standing.since = writer.moment.now
            try await write(membership, .active, &writer)
            var certificates: [Certificate] = []
            for (wish, point) in zip(request.requests, points) {
                let certificate = try await issue(wish.usage, point, to: member)
                try writer.issued(certificate, to: member)
                certificates.append(certificate)
            }
            let answer = EnrolmentAnswer(
                certificates: certificates.map(\.der),
                authorities: [identity.memberAuthority, identity.serviceAuthority].map {
                    $0.certificate.der
                },
                membership: writer.view.member(member)?.membershipStatement.bytes ?? [],
                keys: keys
            )
            writer.expects.append(.codeStanding(member, tries: code.tries))
            writer.write(
                .joined(
                    member,
                    request: request.sha256,
                    answer: answer.json.canonicalBytes
                )
            )
            return answer
        }
    }

    func issue(
        _ usage: MemberKeyUsage,
        _ point: PublicPoint,
        to member: MemberID
    ) async throws(Refusal) -> Certificate {
        let profile = usage.profile
        // Clocks of others may be a little behind.
        let from = time.now.adding(.zero - Limits.clockTolerance)
        return try await wrap({ Refusal(own: $0) }) { () async throws(KeyStoreError) in
            try await identity.memberAuthority.issue(
                profile,
                subject: .member(member),
                point: point,
                serial: random.bytes(20),
                validity: Validity(of: profile, from: from)
            )
        }
    }

    /// The keys asked for, each proved to be held, no two alike.
    static func points(
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
        let key = try await wrap({ Refusal(own: $0) }) { () async throws(DataKeyFault) in
            try await dataKeys.key(column.keyReference)
        }
        let bytes = try refusing(.internalFailure) { () throws(CryptographyError) in
            try key.open(column.bytes, context: Self.context(member))
        }
        return JoiningKeys(request: Array(bytes.prefix(32)), answer: Array(bytes.dropFirst(32)))
    }

    private static func context(_ member: MemberID) -> String { "joiningCode/\(member)" }
}

extension KeysTreeWriter {
    /// A certificate of a member that joins.
    fileprivate mutating func issued(
        _ certificate: Certificate,
        to member: MemberID
    ) throws(Refusal) {
        guard certificate.role != .memberTransport else {
            return addTransport(certificate, of: member)
        }
        try believe(.certificate(member, certificate))
        if certificate.role == .memberSigning { enrolled(member, signing: certificate) }
    }
}
