import Audit
import Cryptography
import Delivery
import Directory
import HTTP
import Primitives
import TestKit
import Testing

@testable import ExchangeAPI

/// Client, mutual TLS, routes and node together.
struct RoutesTests {
    @Test func `a message travels over HTTPS as it does in the process`() async throws {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        try await exchange.served { served in
            let sender = try await served.client(of: office)
            let receiver = try await served.client(of: hospital)
            let chunk = [UInt8](repeating: 5, count: 100_000)
            let sha256 = SHA256.hash(chunk)
            #expect(try await !sender.hasChunk(sha256))
            try await sender.putChunk(sha256, chunk)
            #expect(try await sender.hasChunk(sha256))

            let offered = OfferedChunk(sealedSha256: sha256, sealedLength: chunk.count)
            let message = try await office.message(to: [hospital], chunks: [offered])
            let result = try #require(try await sender.submit([message.wire]).first)
            let accepted = try SignedStatement(reading: try #require(result.receipt))
            let again = try await sender.submit([message.wire])
            #expect(again == [.done(isNew: false, receipt: result.receipt)])

            let page = try #require(try await receiver.inbox(InboxQuery(since: 0)))
            #expect(page.items.map(\.key) == [message.key])
            #expect(try await receiver.inbox(InboxQuery(since: page.revision)) == nil)
            let fetched = try await receiver.fetch([message.key])
            guard case .message(let wire, _, let attempt)? = fetched.first else {
                Issue.record("nothing was fetched")
                return
            }
            #expect(wire.sealed == message.sealed && wire.accepted == accepted.bytes)
            #expect(attempt == 1)
            #expect(try await receiver.chunk(of: message.key, sha256) == chunk)

            let delivered = try await hospital.delivered(message, after: accepted)
            let opened = try await hospital.opened(message.key, after: delivered)
            let told = try await receiver.acknowledge([delivered, opened])
            #expect(told.map(\.status) == [201, 201])
            let proofs = SealedProofs(to: office.id, bytes: [1, 2, 3])
            #expect(try await receiver.sendProofs([proofs]).map(\.status) == [201])
            let events = try await sender.events(PageQuery(after: 0))
            #expect(
                events.map(\.body) == [
                    .statement(delivered), .statement(opened),
                    .proofs(from: hospital.id, bytes: [1, 2, 3]),
                ]
            )
            let query = DeliveryQuery(messageID: message.key.messageID)
            #expect(try await sender.deliveries(query).map(\.state) == [.opened])
            let all = DeliveryQuery(messageID: nil, state: .opened)
            #expect(try await sender.deliveries(all).count == 1)
            #expect(try await sender.statement(accepted.sha256) == accepted.bytes)
        }
    }

    @Test func `log, directory, proofs and status are served`() async throws {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        try await exchange.served { served in
            let client = try await served.client(of: office)
            let status = try await client.status()
            #expect(status.time == exchange.time.now)
            let leaves = try await client.directory(PageQuery(after: 0))
            #expect(leaves == (try await office.service.directory(PageQuery(after: 0))))
            #expect(status.treeSizes[.keys] == UInt64(leaves.count))
            let after = PageQuery(after: Int64(leaves.count))
            #expect(try await client.directory(after).isEmpty)
            let note = try await client.checkpoint(.keys, isWitnessed: false)
            let checkpoint = try Checkpoint(reading: note)
            #expect(checkpoint.head.size == UInt64(leaves.count))
            let unknown = SHA256.hash([])
            #expect(
                try await client.proofs([unknown]) == [WireProof(statement: unknown, proof: nil)]
            )
        }
    }

    @Test func `a gateway joins over TLS without a certificate, and renews with one`() async throws
    {
        let exchange = try await LoopbackExchange.present()
        let paper = try await exchange.paper(for: try WorldMember.profile(of: .clinic))
        try await exchange.served { served in
            let root = try await served.stranger.root()
            #expect(SHA256.hash(root) == exchange.root.sha256)
            let keys = MemoryKeyStore(seed: "clinic".bytes)
            let (request, joining) = try await LoopbackMember.request(paper, keys)
            let answer = try await served.stranger.enrol(request)
            #expect(answer.isAuthentic(joining))
            let certificates = try answer.certificates.map { try Certificate(reading: $0) }
            let own = try #require(certificates.first { $0.role == .memberTransport })
            let issuing = try answer.authorities.map { try Certificate(reading: $0) }
                .first { own.isSigned(by: $0) }
            let key = try #require(keys.handle(labelled: "transport"))
            let client = served.client(
                own.pem + (try #require(issuing)).pem,
                try await keys.transportKey(key)
            )
            let next = try await keys.generate(.transport, label: "transport-2")
            let wish = WireCertificateRequest(
                usage: .transport,
                request: try await CertificateRequest.make(for: next, in: keys).der
            )
            let renewed = try await client.renew([wish])
            #expect(try await client.renew([wish]) == renewed)
        }
    }

    @Test func `an address that tries to join too often is told when to come again`()
        async throws
    {
        let exchange = try await LoopbackExchange.present()
        let paper = try await exchange.paper(for: try WorldMember.profile(of: .clinic))
        let (request, _) = try await LoopbackMember.request(
            paper,
            MemoryKeyStore(seed: "clinic".bytes)
        )
        try await exchange.served { served in
            for _ in 0..<Limits.enrolmentsPerAddressAndHour {
                _ = try await served.stranger.enrol(request)
            }
            let refused = await #expect(throws: ExchangeError.self) {
                _ = try await served.stranger.enrol(request)
            }
            guard case .refused(let refusal)? = refused else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.reason == .rateLimited)
            #expect((1...360).contains(refusal.retryAfterSeconds ?? 0))
            _ = try await served.stranger.root()
        }
    }

    @Test func `a refusal is a problem with its status, trace and time`() async throws {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        try await exchange.served { served in
            let client = try await served.client(of: office)
            let unknown = SHA256.hash([])
            await #expect(throws: ExchangeError.refused(Refusal(.notFound))) {
                _ = try await client.statement(unknown)
            }
            await #expect(throws: ExchangeError.refused(Refusal(.notFound))) {
                _ = try await client.checkpoint(.access, isWitnessed: false)
            }
            let raw = try await served.http(of: office)
            let answer = try await raw.send(.get, "/x/v1/statements/\(unknown)")
            #expect(answer.status == 404)
            #expect(answer.fields["content-type"] == Problem.mediaType)
            #expect(answer.fields["renkei-time"] != nil)
            let problem = try JSON(reading: answer.body)
            #expect(problem["traceId"]?.string == answer.fields["renkei-trace"])
        }
    }

    @Test func `a body of another type, a cut one and a too large batch are refused`() async throws
    {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        try await exchange.served { served in
            let client = try await served.http(of: office)
            func status(_ type: String, _ body: [UInt8]) async throws -> Int {
                let fields = [("Content-Type", type)]
                return try await client.send(
                    .post,
                    "/x/v1/messages",
                    fields: fields,
                    body: body
                ).status
            }
            let body = Frame.encode([Frame(.message, parts: [[1], [2], [3]])])
            #expect(try await status("application/json", body) == 415)
            #expect(try await status(Frame.mediaType, Array(body.dropLast())) == 400)
            #expect(try await status(Frame.mediaType, body) == 200)
            let many = Frame.encode(
                Array(repeating: Frame(.message, parts: [[], [], []]), count: 101)
            )
            #expect(try await status(Frame.mediaType, many) == 413)
        }
    }

    @Test func `without a certificate, or with a revoked one, nothing is served`() async throws {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        try await exchange.served { served in
            await #expect(throws: ExchangeError.refused(Refusal(.certificateMissing))) {
                _ = try await served.stranger.status()
            }
            let client = try await served.client(of: office)
            _ = try await client.status()
            try await exchange.revokeTransport(of: office)
            // The connection stands; the next call on it is refused.
            let revoked = Refusal(.revoked, resend: .sameMessage)
            await #expect(throws: ExchangeError.refused(revoked)) {
                _ = try await client.status()
            }
        }
    }

    @Test func `a parked poll is answered when mail comes`() async throws {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        try await exchange.served { served in
            let receiver = try await served.client(of: hospital)
            async let page = receiver.inbox(InboxQuery(since: 0, waitSeconds: 30))
            await exchange.time.waitForSleeper()
            let message = try await office.message(to: [hospital])
            _ = try await office.send(message)
            #expect(try await page?.items.map(\.key) == [message.key])
        }
    }

    @Test func `who does not answer is unreachable, and a foreign root is not trusted`()
        async throws
    {
        let exchange = try await LoopbackExchange.present()
        let office = try await exchange.join(.careOffice)
        let other = try await LoopbackExchange.present(seed: 2)
        let gone = try await exchange.served { served in
            let foreign = ServedExchange(exchange: other, port: served.port)
            await #expect(throws: ExchangeError.untrusted) {
                _ = try await foreign.stranger.root()
            }
            return try await served.client(of: office)
        }
        await #expect(throws: ExchangeError.unreachable(reason: "connect", sent: false)) {
            _ = try await gone.status()
        }
    }
}
