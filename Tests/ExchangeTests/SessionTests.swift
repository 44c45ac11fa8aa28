import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// What a member may ask, and what it learns.
struct SessionTests {
    typealias Place = SubmitTests.Place

    @Test func `the inbox lists emergencies first, then by acceptance`() async throws {
        let place = try await Place.make()
        var keys: [Urgency: [MessageKey]] = [:]
        for urgency in [Urgency.routine, .emergency, .urgent, .routine, .emergency] {
            let message = try await place.office.message(to: [place.hospital], urgency: urgency)
            _ = try await place.office.send(message)
            keys[urgency, default: []].append(message.key)
        }
        let page = try await place.hospital.service.inbox(InboxQuery(since: 0))
        let expected = Urgency.allCases.sorted().flatMap { keys[$0] ?? [] }
        #expect(page?.items.map(\.key) == expected)
        let first = try await place.hospital.service.inbox(InboxQuery(since: 0, limit: 2))
        #expect(first?.items.map(\.key) == Array(expected.prefix(2)))
    }

    @Test func `a waiting inbox answers when mail comes, and with nothing at its time`()
        async throws
    {
        let place = try await Place.make()
        async let page = place.hospital.service.inbox(InboxQuery(since: 0, waitSeconds: 30))
        await place.exchange.time.waitForSleeper()
        let message = try await place.message()
        _ = try await place.office.send(message)
        let found = try #require(try await page)
        #expect(found.items.map(\.key) == [message.key])

        let query = InboxQuery(since: found.revision, waitSeconds: 30)
        async let nothing = place.hospital.service.inbox(query)
        await place.exchange.time.waitForSleeper()
        place.exchange.time.advance(by: .seconds(30))
        #expect(try await nothing == nil)
    }

    @Test func `waiting events answer with the receipt`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let accepted = try await place.office.send(message)
        _ = try await place.hospital.fetch(message.key)
        async let events = place.office.service.events(PageQuery(after: 0, waitSeconds: 30))
        await place.exchange.time.waitForSleeper()
        let receipt = try await place.hospital.delivered(message, after: accepted)
        _ = try await place.hospital.service.acknowledge([receipt])
        #expect(try await events.receipts == [receipt])
    }

    @Test func `a waiting directory answers with the new leaf`() async throws {
        let place = try await Place.make()
        let size = Int64(try await place.exchange.leaves(.keys).count)
        async let leaves = place.office.service.directory(PageQuery(after: size, waitSeconds: 30))
        await place.exchange.time.waitForSleeper()
        try await place.hospital.announce(number: 2)
        #expect(try await leaves.map(\.index) == [size])
    }

    @Test func `a drain answers all who wait, and nobody waits after it`() async throws {
        let place = try await Place.make()
        async let page = place.hospital.service.inbox(InboxQuery(since: 0, waitSeconds: 30))
        async let leaves = place.office.service.directory(
            PageQuery(after: 1000, waitSeconds: 30)
        )
        let node = place.exchange.node
        try await until { node.mailboxes.count + node.directoryFeed.count == 2 }
        async let drained: Void = place.exchange.node.drain()
        #expect(try await page == nil)
        while place.exchange.node.directoryFeed.count > 0 {
            place.exchange.time.advance(by: .seconds(2))
            await Task.yield()
        }
        #expect(try await leaves.isEmpty)
        await drained
        #expect(
            try await place.hospital.service.inbox(InboxQuery(since: 0, waitSeconds: 30)) == nil
        )
    }

    @Test func `what is fetched again is counted, and its release keeps its time`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        _ = try await place.office.send(message)
        let released = place.exchange.time.now
        for attempt in 1...3 {
            let result = try await place.hospital.service.fetch([message.key]).first
            guard case .message(_, released, attempt) = result else {
                Issue.record("attempt \(attempt): \(String(describing: result))")
                return
            }
            place.exchange.time.advance(by: .seconds(1))
        }
        let leaves = try await place.exchange.transportEvents()
        #expect(leaves.count { $0 == "message.released" } == 1)
    }

    @Test func `nobody fetches, or learns of, another's mail`() async throws {
        let place = try await Place.make()
        let clinic = try await place.exchange.join(.clinic)
        let message = try await place.message()
        let accepted = try await place.office.send(message)
        let fetched = try await clinic.service.fetch([message.key])
        #expect(fetched == [.refused(message.key, Refusal(.notFound))])
        let notFound = ExchangeError.refused(Refusal(.notFound))
        await #expect(throws: notFound) {
            _ = try await clinic.service.statement(accepted.sha256)
        }
        await #expect(throws: notFound) {
            let query = DeliveryQuery(messageID: message.key.messageID)
            _ = try await clinic.service.deliveries(query)
        }
        #expect(try await place.office.service.statement(accepted.sha256) == accepted.bytes)
        #expect(try await place.hospital.service.statement(accepted.sha256) == accepted.bytes)
    }

    @Test func `a receipt is for its sender and its recipient, not for another recipient`()
        async throws
    {
        let place = try await Place.make()
        let clinic = try await place.exchange.join(.clinic)
        let message = try await place.office.message(to: [place.hospital, clinic])
        let accepted = try await place.office.send(message)
        _ = try await place.hospital.fetch(message.key)
        let receipt = try await place.hospital.delivered(message, after: accepted)
        _ = try await place.hospital.service.acknowledge([receipt])
        let sha256 = SHA256.hash(receipt.bytes)
        for party in [place.office, place.hospital] {
            #expect(try await party.service.statement(sha256) == receipt.bytes)
        }
        await #expect(throws: ExchangeError.refused(Refusal(.notFound))) {
            _ = try await clinic.service.statement(sha256)
        }
    }

    @Test func `chunks come with their message, to who has fetched it`() async throws {
        let place = try await Place.make()
        let chunk = [UInt8](repeating: 7, count: 1000)
        let sha256 = SHA256.hash(chunk)
        let offered = OfferedChunk(sealedSha256: sha256, sealedLength: chunk.count)
        try await place.office.service.putChunk(sha256, chunk)
        // A chunk belongs to who has uploaded it; others do not learn that it is there.
        #expect(try await !place.hospital.service.hasChunk(sha256))
        let message = try await place.message(chunks: [offered])
        _ = try await place.office.send(message)
        let notFound = ExchangeError.refused(Refusal(.notFound))
        await #expect(throws: notFound) {
            _ = try await place.hospital.service.chunk(of: message.key, sha256)
        }
        _ = try await place.hospital.fetch(message.key)
        #expect(try await place.hospital.service.chunk(of: message.key, sha256) == chunk)
        let page = try await place.hospital.service.inbox(InboxQuery(since: 0))
        #expect(page?.items.first?.chunkCount == 1)
    }

    @Test func `an uploaded chunk has its hash and its bounds`() async throws {
        var settings = ExchangeSettings()
        settings.limits[.openChunkBytes] = 10
        let place = try await Place.make(settings)
        func reason(_ bytes: [UInt8], _ sha256: Digest? = nil) async -> Refusal.Reason? {
            do {
                let sha256 = sha256 ?? SHA256.hash(bytes)
                try await place.office.service.putChunk(sha256, bytes)
                return nil
            } catch .refused(let refusal) { return refusal.reason } catch {
                return .internalFailure
            }
        }
        #expect(await reason([1], SHA256.hash([2])) == .hashDiffers)
        #expect(await reason([]) == .tooLarge)
        let large = [UInt8](repeating: 0, count: Limits.chunkSealedBytes + 1)
        #expect(await reason(large) == .tooLarge)
        #expect(await reason([UInt8](repeating: 1, count: 10)) == nil)
        #expect(await reason([1]) == .quotaExceeded)
    }

    @Test func `proofs are carried unread between those who have dealt`() async throws {
        let place = try await Place.make()
        let clinic = try await place.exchange.join(.clinic)
        let message = try await place.message()
        _ = try await place.office.send(message)
        let proofs = SealedProofs(to: place.office.id, bytes: "sealed proofs".bytes)
        #expect(try await place.hospital.service.sendProofs([proofs]).map(\.status) == [201])
        let events = try await place.office.service.events(PageQuery(after: 0))
        #expect(events.map(\.body) == [.proofs(from: place.hospital.id, bytes: proofs.bytes)])
        let foreign = try await clinic.service.sendProofs([proofs])
        #expect(foreign.map(\.refusal?.reason) == [.unknownRecipient])
        // The same again is no second event.
        _ = try await place.hospital.service.sendProofs([proofs])
        #expect(try await place.office.service.events(PageQuery(after: 0)).count == 1)
    }

    @Test func `proofs fill neither the disk nor the other side's events`() async throws {
        var settings = ExchangeSettings()
        let large = [UInt8](repeating: 7, count: Limits.sealedProofsBytes)
        settings.limits[.bytesPerDay] = Limits.pairProofBytes + 2 * large.count
        let place = try await Place.make(settings)
        _ = try await place.office.send(try await place.message())
        func send(_ number: Int) async throws -> Refusal.Reason? {
            var bytes = large
            (bytes[0], bytes[1]) = (UInt8(number >> 8), UInt8(number & 0xFF))
            let proofs = SealedProofs(to: place.hospital.id, bytes: bytes)
            return try await place.office.service.sendProofs([proofs]).first?.refusal?.reason
        }
        let most = Limits.pairProofBytes / large.count
        for number in 0..<most { #expect(try await send(number) == nil) }
        #expect(try await send(most) == .quotaExceeded)
        // They count among the bytes of a day.
        let back = [UInt8](repeating: 8, count: 4 * large.count)
        #expect(throws: Refusal.self) {
            try place.exchange.node.admitBytes(back.count, of: place.office.id)
        }
        place.exchange.time.advance(by: Limits.bodiesAfterEnd + .hours(1))
        try await place.exchange.tidy()
        #expect(try await send(most) == nil)
    }

    @Test func `deliveries are listed by place, by state and by message`() async throws {
        let place = try await Place.make()
        var sent: [LoopbackMessage] = []
        for _ in 0..<3 {
            let message = try await place.message()
            _ = try await place.office.send(message)
            sent.append(message)
        }
        _ = try await place.hospital.fetch(sent[1].key)
        let all = try await place.office.service.deliveries(DeliveryQuery(messageID: nil))
        #expect(all.map(\.messageID) == sent.map(\.key.messageID))
        let rest = try await place.office.service.deliveries(
            DeliveryQuery(messageID: nil, after: all[0].place, limit: 1)
        )
        #expect(rest.map(\.messageID) == [sent[1].key.messageID])
        let released = try await place.office.service.deliveries(
            DeliveryQuery(messageID: nil, state: .released)
        )
        #expect(released.map(\.messageID) == [sent[1].key.messageID])
    }

    @Test func `one answer holds as many messages as fit, and at least one`() async throws {
        let place = try await Place.make()
        let large = String(repeating: "x", count: 2_000_000)
        var keys: [MessageKey] = []
        for _ in 0..<9 {
            let message = try await place.office.message(to: [place.hospital], content: large)
            _ = try await place.office.send(message)
            keys.append(message.key)
        }
        let results = try await place.hospital.service.fetch(keys)
        #expect(results.count == 8)
        // What was not sent was not released either.
        let query = DeliveryQuery(messageID: keys[8].messageID)
        #expect(try await place.office.service.deliveries(query).first?.state == .accepted)
    }

    @Test func `status tells sizes, limits and the time`() async throws {
        let place = try await Place.make()
        let status = try await place.office.service.status()
        #expect(status.exchange == place.exchange.node.id)
        #expect(status.suites.map(\.text) == ["renkei-2026-1"])
        #expect(status.time == place.exchange.time.now)
        let keys = try await place.exchange.leaves(.keys).count
        #expect(status.treeSizes[.keys] == UInt64(keys))
        #expect(status.limits[.pairMessages] == 2000)
    }

    @Test func `the access tree is nobody's here`() async throws {
        let place = try await Place.make()
        await #expect(throws: ExchangeError.refused(Refusal(.notFound))) {
            _ = try await place.office.service.checkpoint(.access, isWitnessed: false)
        }
    }
}
