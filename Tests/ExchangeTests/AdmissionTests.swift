import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// Whose TLS certificate opens a session, and what a refused one leaves in the log.
struct AdmissionTests {
    private func reason(
        _ exchange: LoopbackExchange,
        _ certificate: Certificate?
    ) async throws -> Refusal? {
        do {
            _ = try await exchange.node.session(for: certificate?.der)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the operator sees TLS certificates, and a revoked key gets no other`()
        async throws
    {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let before = try await exchange.node.transportCertificates(of: office.id)
        #expect(before.map(\.certificate.sha256) == [office.transport.certificate.sha256])
        #expect(before.map(\.isRevoked) == [false])
        try await exchange.revokeTransport(of: office)
        let after = try await exchange.node.transportCertificates(of: office.id)
        #expect(after.map(\.isRevoked) == [true])
        let request = try await CertificateRequest.make(
            for: office.transport.key,
            in: office.keyStore
        )
        let wish = WireCertificateRequest(usage: .transport, request: request.der)
        await #expect(throws: ExchangeError.refused(Refusal(.revoked))) {
            _ = try await office.service.renew([wish])
        }
    }

    @Test func `the certificate names the member, also a suspended one`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let der = office.transport.certificate.der
        #expect(try await exchange.node.session(for: der).member == office.id)
        try await exchange.node.setStatus(.suspended, of: office.id)
        #expect(try await exchange.node.session(for: der).member == office.id)
    }

    @Test func `no certificate, a foreign one and one of another role open nothing`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        #expect(try await reason(exchange, nil)?.reason == .certificateMissing)
        let world = try await World.make()
        let foreign = world.member(.clinic).transport.certificate
        #expect(try await reason(exchange, foreign)?.reason == .certificateUnknown)
        let signing = office.signing.certificate
        #expect(try await reason(exchange, signing)?.reason == .certificateUnknown)
    }

    @Test func `a revoked key is out from the next call on, and its messages can wait`()
        async throws
    {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let certificate = office.transport.certificate
        let body = Revocation(
            issuer: PartyID(office.id),
            of: (memberID: office.id, sha256: certificate.sha256),
            since: exchange.time.now,
            reason: .superseded,
            requestedAt: exchange.time.now
        )
        let statement = try await office.signer.sign(body, at: exchange.time.now)
        let results = try await office.service.acknowledge([WireStatement(bytes: statement.bytes)])
        #expect(results.map(\.status) == [201])
        let refusal = try #require(try await reason(exchange, certificate))
        #expect(refusal.reason == .revoked)
        #expect(refusal.resend == .sameMessage)
        // The list that everybody gets names it too.
        let listed = exchange.node.view.lists.compactMap { $0.since(certificate.serial) }
        #expect(listed.count == 1)
    }

    @Test func `a certificate ends`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        exchange.time.advance(by: .days(30))
        let refusal = try await reason(exchange, office.transport.certificate)
        #expect(refusal?.reason == .certificateExpired)
    }

    @Test func `who has left is unknown`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        try await exchange.node.setStatus(.left, of: office.id)
        let refusal = try await reason(exchange, office.transport.certificate)
        #expect(refusal?.reason == .certificateUnknown)
    }

    @Test func `a refused certificate is recorded once an hour`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let world = try await World.make()
        let foreign = world.member(.clinic).transport.certificate
        func count() async throws -> Int {
            try await exchange.transportEvents().count { $0 == "connection.refused unknown" }
        }
        for _ in 0..<3 { _ = try await reason(exchange, foreign) }
        #expect(try await count() == 1)
        _ = try await reason(exchange, office.signing.certificate)
        #expect(try await count() == 2)
        exchange.time.advance(by: .hours(1))
        _ = try await reason(exchange, foreign)
        #expect(try await count() == 3)
    }

    @Test func `a renewed transport key opens the same member's session`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let key = try await office.keyStore.generate(.transport, label: "transport-2")
        let request = WireCertificateRequest(
            usage: .transport,
            request: try await CertificateRequest.make(for: key, in: office.keyStore).der
        )
        let first = try await office.service.renew([request])
        #expect(try await office.service.renew([request]) == first)
        let certificate = try Certificate(reading: try #require(first.first))
        #expect(certificate.role == .memberTransport)
        #expect(try await exchange.node.session(for: certificate.der).member == office.id)
        // It is recorded, and not where others look for keys.
        #expect(exchange.node.view.certificate(sha256: certificate.sha256) == nil)
        #expect(
            try await exchange.transportEvents().count { $0 == "certificate.issued" } == 2
        )
    }

    @Test func `a signing key that is certified is held until its rotation`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let key = try await office.keyStore.generate(.signing, label: "signing-2")
        let der = try await CertificateRequest.make(for: key, in: office.keyStore).der
        let wish = WireCertificateRequest(usage: .signing, request: der)
        let certified = try await office.service.renew([wish])
        let certificate = try Certificate(reading: try #require(certified.first))
        #expect(exchange.node.view.isHeld(certificate))
        for requests in [[], [wish, wish], [wish, wish, wish, wish]] {
            await #expect(throws: ExchangeError.refused(Refusal(.malformed))) {
                _ = try await office.service.renew(requests)
            }
        }
    }
}
