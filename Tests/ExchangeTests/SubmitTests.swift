import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// Every way in which a submission is refused, provoked by its cause (`exchange-api.md` 4).
struct SubmitTests {
    /// An exchange with an office that sends and a hospital that receives.
    struct Place {
        let exchange: LoopbackExchange
        let office: LoopbackMember
        let hospital: LoopbackMember

        static func make(
            _ settings: ExchangeSettings = ExchangeSettings()
        ) async throws -> Place {
            let exchange = try await LoopbackExchange.make(settings: settings)
            return Place(
                exchange: exchange,
                office: try await exchange.join(.careOffice),
                hospital: try await exchange.join(.hospital)
            )
        }

        func submit(_ message: WireMessage) async throws -> ItemResult {
            try required(try await office.service.submit([message]).first)
        }

        /// The refusal, of which the log must have a leaf where `isLogged`.
        func refusal(_ message: WireMessage, isLogged: Bool = true) async throws -> Refusal {
            let refusal = try required(try await submit(message).refusal)
            let event = "submission.rejected \(refusal.code)"
            #expect(try await exchange.transportEvents().contains(event) == isLogged)
            return refusal
        }

        func message(
            life: MessageLife? = nil,
            to: [LoopbackMember]? = nil,
            sealed: [UInt8]? = nil,
            chunks: [OfferedChunk] = []
        ) async throws -> LoopbackMessage {
            let now = exchange.time.now
            return try await office.message(
                MessageKey(from: office.id, messageID: .make(at: now, exchange.random)),
                to: to ?? [hospital],
                life
                    ?? MessageLife(
                        createdAt: now,
                        expiresAt: now.adding(.days(7)),
                        urgency: .routine
                    ),
                sealed: try sealed
                    ?? AuthEnvelopedData.seal(
                        "sheet".bytes,
                        to: [hospital.encryption.certificate]
                    ),
                chunks: chunks
            )
        }
    }

    @Test func `a header that is not in its form is malformed`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let wire = WireMessage(
            routing: message.routing.bytes + [0x20],
            submission: message.submission.bytes,
            sealed: message.sealed
        )
        #expect(try await place.refusal(wire, isLogged: false).reason == .malformed)
    }

    @Test func `nobody submits in another's name`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let result = try await place.hospital.service.submit([message.wire]).first
        #expect(result?.refusal?.reason == .notYourName)
    }

    @Test func `a suspended member does not submit, and fetches and acknowledges`() async throws {
        let place = try await Place.make()
        let earlier = try await place.message()
        let accepted = try await place.office.send(earlier)
        try await place.exchange.node.setStatus(.suspended, of: place.office.id)
        let message = try await place.message()
        #expect(try await place.refusal(message.wire).reason == .memberSuspended)

        try await place.exchange.node.setStatus(.suspended, of: place.hospital.id)
        _ = try await place.hospital.fetch(earlier.key)
        let receipt = try await place.hospital.delivered(earlier, after: accepted)
        let result = try await place.hospital.service.acknowledge([receipt]).first
        #expect(result?.status == 201)

        try await place.exchange.node.setStatus(.active, of: place.office.id)
        try await place.exchange.node.setStatus(.active, of: place.hospital.id)
        #expect(try await place.submit(message.wire).status == 201)
    }

    @Test func `an unknown suite is refused`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let text = String(decoding: message.routing.bytes, as: UTF8.self)
            .replacing("renkei-2026-1", with: "renkei-2099-1")
        let wire = WireMessage(
            routing: text.bytes,
            submission: message.submission.bytes,
            sealed: message.sealed
        )
        #expect(try await place.refusal(wire).reason == .wrongSuite)
    }

    @Test func `another's signature, and none, are refused`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let other = try await place.exchange.join(.clinic)
        let offer = SubmissionStatement(routing: message.routing, sealed: message.sealed)
        let forged = try await SignedData.make(
            content: offer.content,
            binding: nil,
            identity: other.signer.identity,
            at: place.exchange.time.now
        ) { digest throws(KeyStoreError) in
            try await other.keyStore.sign(other.signing.key, digest: digest)
        }
        for submission in [forged.der, message.submission.bytes.dropLast() + [1]] {
            let wire = WireMessage(
                routing: message.routing.bytes,
                submission: Array(submission),
                sealed: message.sealed
            )
            #expect(try await place.refusal(wire).reason == .badSignature)
        }
    }

    @Test func `bytes that are not those that were signed are refused`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let other = try await place.message(sealed: Array(message.sealed.dropLast() + [9]))
        let wire = WireMessage(
            routing: message.routing.bytes,
            submission: message.submission.bytes,
            sealed: other.sealed
        )
        #expect(try await place.refusal(wire).reason == .hashDiffers)
    }

    @Test func `a signing certificate that has ended stops submission`() async throws {
        let place = try await Place.make()
        place.exchange.time.advance(by: .days(90))
        try await place.exchange.tidy()
        let message = try await place.message()
        #expect(try await place.refusal(message.wire).reason == .certificateExpired)
    }

    @Test func `a revoked key submits nothing more`() async throws {
        let place = try await Place.make()
        try await place.exchange.node.revoke(
            place.office.signing.certificate.sha256,
            of: place.office.id,
            since: place.exchange.time.now,
            reason: .keyCompromise
        )
        let message = try await place.message()
        #expect(try await place.refusal(message.wire).reason == .revoked)
    }

    @Test func `what is no sealed message is refused`() async throws {
        let place = try await Place.make()
        let message = try await place.message(sealed: "no CMS".bytes)
        #expect(try await place.refusal(message.wire).reason == .malformed)
    }

    @Test func `the sealed message and the header name the same keys`() async throws {
        let place = try await Place.make()
        let clinic = try await place.exchange.join(.clinic)
        let message = try await place.message(to: [place.hospital, clinic])
        #expect(try await place.refusal(message.wire).reason == .recipientsDiffer)
    }

    @Test func `times out of bounds are refused`() async throws {
        let place = try await Place.make()
        let now = place.exchange.time.now
        func life(_ from: Duration, _ to: Duration) -> MessageLife {
            MessageLife(
                createdAt: now.adding(from),
                expiresAt: now.adding(to),
                urgency: .urgent
            )
        }
        let early = try await place.message(life: life(.minutes(5), .days(1)))
        #expect(try await place.submit(early.wire).status == 201)
        let skewed = try await place.message(life: life(.minutes(5) + .milliseconds(1), .days(1)))
        #expect(try await place.refusal(skewed.wire).reason == .clockSkew)
        let late = try await place.message(life: life(.hours(-1), .zero))
        #expect(try await place.refusal(late.wire).reason == .expired)
        let inTime = try await place.message(life: life(.hours(-1), .milliseconds(1)))
        #expect(try await place.submit(inTime.wire).status == 201)
    }

    @Test func `chunks must be there before their message, and be as long as stated`() async throws
    {
        let place = try await Place.make()
        let chunk = "sealed chunk".bytes
        let sha256 = SHA256.hash(chunk)
        let stated = OfferedChunk(sealedSha256: sha256, sealedLength: chunk.count)
        let message = try await place.message(chunks: [stated])
        let missing = try await place.refusal(message.wire, isLogged: false)
        #expect(missing.reason == .chunkMissing)
        #expect(missing.details == [.init(pointer: "/chunks/0", code: sha256.hex)])

        try await place.office.service.putChunk(sha256, chunk)
        let wrong = OfferedChunk(sealedSha256: sha256, sealedLength: chunk.count + 1)
        let longer = try await place.message(chunks: [wrong])
        #expect(try await place.refusal(longer.wire).reason == .hashDiffers)
        #expect(try await place.submit(message.wire).status == 201)
    }

    @Test func `a message is no larger than 256 MiB with its chunks`() async throws {
        let place = try await Place.make()
        let chunks = (0..<65).map { index in
            OfferedChunk(
                sealedSha256: SHA256.hash([UInt8(index)]),
                sealedLength: Limits.chunkSealedBytes
            )
        }
        let message = try await place.message(chunks: chunks)
        #expect(try await place.refusal(message.wire).reason == .tooLarge)
    }

    @Test func `one sender cannot fill another's mailbox`() async throws {
        var settings = ExchangeSettings()
        settings.limits[.pairMessages] = 2
        let place = try await Place.make(settings)
        let first = try await place.message()
        let accepted = try await place.office.send(first)
        let batch = try await [place.message().wire, place.message().wire]
        let results = try await place.office.service.submit(batch)
        #expect(results.map(\.refusal?.reason) == [nil, .quotaExceeded])
        #expect(results[1].refusal?.details.first?.pointer == "/to/0")

        // Whoever acknowledges makes room.
        _ = try await place.hospital.fetch(first.key)
        let receipt = try await place.hospital.delivered(first, after: accepted)
        _ = try await place.hospital.service.acknowledge([receipt])
        #expect(try await place.submit(batch[1]).status == 201)
    }

    @Test func `a pair's bytes are bounded as its messages are`() async throws {
        var settings = ExchangeSettings()
        let place = try await Place.make()
        let message = try await place.message()
        settings.limits[.pairBytes] = message.sealed.count
        let exact = try await Place.make(settings)
        #expect(try await exact.submit(try await exact.message().wire).status == 201)
        settings.limits[.pairBytes] -= 1
        let below = try await Place.make(settings)
        let wire = try await below.message().wire
        #expect(try await below.refusal(wire).reason == .quotaExceeded)
    }

    @Test func `a batch takes a hundred messages`() async throws {
        let place = try await Place.make()
        var batch: [WireMessage] = []
        for _ in 0..<100 { batch.append(try await place.message().wire) }
        let results = try await place.office.service.submit(batch)
        #expect(results.allSatisfy { $0.status == 201 })
        batch.append(batch[0])
        await #expect(throws: ExchangeError.refused(Refusal(.tooLarge))) {
            _ = try await place.office.service.submit(batch)
        }
    }

    @Test func `one bad item never fails its neighbours`() async throws {
        let place = try await Place.make()
        let good = try await [place.message().wire, place.message().wire]
        let bad = try await place.message(sealed: "no CMS".bytes).wire
        let results = try await place.office.service.submit([good[0], bad, good[1]])
        #expect(results.map(\.status) == [201, 400, 201])
    }
}
