import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// Joining, and every way to join without being asked (`keys-and-directory.md` 4).
struct EnrolmentTests {
    struct Invitation {
        let exchange: LoopbackExchange
        let paper: JoiningPaper
        let keys: MemoryKeyStore

        static func make() async throws -> Invitation {
            let exchange = try await LoopbackExchange.make()
            return Invitation(
                exchange: exchange,
                paper: try await exchange.paper(for: try WorldMember.profile(of: .clinic)),
                keys: MemoryKeyStore(seed: "clinic".bytes)
            )
        }

        func request() async throws -> (request: EnrolmentRequest, keys: JoiningKeys) {
            try await LoopbackMember.request(paper, keys)
        }

        func reason(_ request: EnrolmentRequest) async -> Refusal.Reason? {
            do {
                _ = try await exchange.node.enrol(request)
                return nil
            } catch .refused(let refusal) {
                return refusal.reason
            } catch {
                return .internalFailure
            }
        }

        /// The same request under a MAC from another code.
        func forged(_ request: EnrolmentRequest, code: String) -> EnrolmentRequest {
            EnrolmentRequest(
                member: paper.member,
                requests: request.requests,
                logPublicKey: request.logPublicKey,
                keys: JoiningKeys(code: code, member: paper.member)
            )
        }
    }

    @Test func `an office number that an active member has is not given again`() async throws {
        let exchange = try await LoopbackExchange.make()
        let profile = try WorldMember.profile(of: .hospital)
        let first = try await exchange.paper(for: profile)
        let size = try await exchange.leaves(.keys).count
        let taken = ExchangeFault.officeNumberTaken(first.member)
        await #expect(throws: taken) { _ = try await exchange.paper(for: profile) }
        #expect(taken.code == "officeNumberTaken" && !taken.isTemporary)
        #expect(taken.summary.contains(first.member.text) && !taken.advice.isEmpty)
        // Nothing is left of the attempt.
        #expect(try await exchange.leaves(.keys).count == size)
        // One number may stand for services of several types.
        var other = profile
        other.organisationType = try required(OrganisationType("visitingNurseStation"))
        _ = try await exchange.paper(for: other)
        // Whoever is suspended gives way, and does not come back beside the other.
        try await exchange.node.setStatus(.suspended, of: first.member)
        let second = try await exchange.paper(for: profile)
        await #expect(throws: ExchangeFault.officeNumberTaken(second.member)) {
            try await exchange.node.setStatus(.active, of: first.member)
        }
        try await exchange.node.setStatus(.left, of: second.member)
        try await exchange.node.setStatus(.active, of: first.member)
    }

    @Test func `the code is 20 characters in 5 groups, and stands on the paper alone`() async throws
    {
        let invitation = try await Invitation.make()
        let code = try #require(invitation.paper.code)
        let groups = code.split(separator: "-")
        #expect(groups.map(\.count) == [4, 4, 4, 4, 4])
        #expect(groups.allSatisfy { Base32.isAlphabet($0.utf8) })
        #expect(invitation.paper.rootSha256 == SHA256.hash(invitation.exchange.root.der))
        let left = invitation.paper.validUntil.since(invitation.exchange.time.now)
        #expect(left == .hours(72))
    }

    @Test func `who joins gets three certificates and is in the directory`() async throws {
        let invitation = try await Invitation.make()
        let (request, keys) = try await invitation.request()
        let answer = try await invitation.exchange.node.enrol(request)
        #expect(answer.isAuthentic(keys))
        let certificates = try answer.certificates.map { try Certificate(reading: $0) }
        #expect(certificates.map(\.role) == MemberKeyUsage.allCases.map(\.role))
        #expect(certificates.allSatisfy { $0.member == invitation.paper.member })

        let member = try #require(invitation.exchange.node.view.member(invitation.paper.member))
        #expect(member.membershipStatement.bytes == answer.membership)
        #expect(member.membership.logPublicKey?.bytes == request.logPublicKey)
        // The transport key is no leaf of `keys`: it reads nothing and signs nothing.
        #expect(member.certificates.map(\.certificate.role) == [.memberSigning, .memberEncryption])
    }

    @Test func `a man in the middle cannot answer for the exchange`() async throws {
        let invitation = try await Invitation.make()
        let (request, keys) = try await invitation.request()
        let answer = try await invitation.exchange.node.enrol(request)
        let own = EnrolmentAnswer(
            certificates: answer.certificates,
            authorities: answer.authorities,
            membership: answer.membership,
            keys: JoiningKeys(code: "aaaa-aaaa-aaaa-aaaa-aaaa", member: invitation.paper.member)
        )
        #expect(!own.isAuthentic(keys))
    }

    @Test func `the same request gets the same answer, another one none`() async throws {
        let invitation = try await Invitation.make()
        let (request, _) = try await invitation.request()
        let first = try await invitation.exchange.node.enrol(request)
        #expect(try await invitation.exchange.node.enrol(request) == first)
        let other = try await LoopbackMember.request(
            invitation.paper,
            MemoryKeyStore(seed: "other".bytes)
        )
        #expect(await invitation.reason(other.request) == .enrolmentRefused)
    }

    @Test func `the same request twice at once joins once`() async throws {
        let invitation = try await Invitation.make()
        let (request, _) = try await invitation.request()
        let node = invitation.exchange.node
        async let one = node.enrol(request)
        async let two = node.enrol(request)
        #expect(try await one == two)
        #expect(node.view.member(invitation.paper.member)?.certificates.count == 2)
    }

    @Test func `five wrong tries burn the code`() async throws {
        let invitation = try await Invitation.make()
        let (request, _) = try await invitation.request()
        let wrong = invitation.forged(request, code: "aaaa-aaaa-aaaa-aaaa-aaaa")
        for _ in 0..<5 { #expect(await invitation.reason(wrong) == .enrolmentRefused) }
        #expect(await invitation.reason(request) == .enrolmentRefused)
        let events = try await invitation.exchange.transportEvents()
        #expect(events.count { $0 == "enrolment.failed wrongCode" } == 5)
    }

    @Test func `four wrong tries leave the right one`() async throws {
        let invitation = try await Invitation.make()
        let (request, _) = try await invitation.request()
        let wrong = invitation.forged(request, code: "aaaa-aaaa-aaaa-aaaa-aaaa")
        for _ in 0..<4 { _ = await invitation.reason(wrong) }
        #expect(await invitation.reason(request) == nil)
    }

    @Test func `a code ends after 72 hours`() async throws {
        let invitation = try await Invitation.make()
        let (request, _) = try await invitation.request()
        invitation.exchange.time.advance(by: .hours(72))
        #expect(await invitation.reason(request) == .enrolmentRefused)
    }

    @Test func `a stranger's id and a changed request get the one answer`() async throws {
        let invitation = try await Invitation.make()
        let (request, keys) = try await invitation.request()
        let stranger = EnrolmentRequest(
            member: MemberID.make(invitation.exchange.random),
            requests: request.requests,
            logPublicKey: request.logPublicKey,
            keys: keys
        )
        #expect(await invitation.reason(stranger) == .enrolmentRefused)
        var json = try #require(request.json.object)
        json["logPublicKey"] = .string(Base64.encode([UInt8](repeating: 7, count: 32)))
        let changed = try EnrolmentRequest(.object(json))
        #expect(await invitation.reason(changed) == .enrolmentRefused)
    }

    @Test func `three proved keys, each its own, are asked for`() async throws {
        let invitation = try await Invitation.make()
        let (request, keys) = try await invitation.request()
        func reason(_ requests: [WireCertificateRequest]) async -> Refusal.Reason? {
            await invitation.reason(
                EnrolmentRequest(
                    member: invitation.paper.member,
                    requests: requests,
                    logPublicKey: request.logPublicKey,
                    keys: keys
                )
            )
        }
        let good = request.requests
        #expect(await reason(Array(good.dropLast())) == .malformed)
        let twice = WireCertificateRequest(usage: .transport, request: good[0].request)
        #expect(await reason([good[0], good[1], twice]) == .malformed)
        var stolen = good[2].request
        stolen[stolen.count - 1] ^= 1
        let forged = WireCertificateRequest(usage: .transport, request: stolen)
        #expect(await reason([good[0], good[1], forged]) == .badSignature)
        let noise = WireCertificateRequest(usage: .transport, request: [1, 2, 3])
        #expect(await reason([good[0], good[1], noise]) == .malformed)
        // None of these was a wrong code.
        #expect(await reason(good) == nil)
    }

    @Test func `a suspended invitation joins nobody`() async throws {
        let invitation = try await Invitation.make()
        let (request, _) = try await invitation.request()
        try await invitation.exchange.node.setStatus(.suspended, of: invitation.paper.member)
        #expect(await invitation.reason(request) == .enrolmentRefused)
        try await invitation.exchange.node.setStatus(.active, of: invitation.paper.member)
        #expect(await invitation.reason(request) == nil)
    }
}
