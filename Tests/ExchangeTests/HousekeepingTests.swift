import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// What the exchange does by itself, on a driven clock.
struct HousekeepingTests {
    typealias Place = SubmitTests.Place

    @Test func `what was never fetched expires, and both sides are told under signature`()
        async throws
    {
        let place = try await Place.make()
        let message = try await place.office.message(to: [place.hospital], life: .hours(1))
        let accepted = try await place.office.send(message)
        place.exchange.time.advance(by: .hours(1) + .milliseconds(-1))
        try await place.exchange.tidy()
        #expect(try await place.office.service.events(PageQuery(after: 0)).receipts.isEmpty)

        place.exchange.time.advance(by: .milliseconds(1))
        try await place.exchange.tidy()
        for member in [place.office, place.hospital] {
            let receipt = try #require(
                try await member.service.events(PageQuery(after: 0)).receipts.last
            )
            let statement = try SignedStatement(reading: receipt.bytes)
            let body = try statement.body(as: ExpiredStatement.self)
            #expect(body.head.previous == accepted.sha256)
            #expect(body.to == place.hospital.id)
            try place.exchange.node.view.verify(statement, at: place.exchange.time.now)
        }
        await #expect(throws: Refusal.self) { _ = try await place.hospital.fetch(message.key) }
        #expect(
            try await place.exchange.transportEvents().contains("message.expired neverReleased")
        )
    }

    @Test func `what was fetched does not expire`() async throws {
        let place = try await Place.make()
        let message = try await place.office.message(to: [place.hospital], life: .hours(1))
        let accepted = try await place.office.send(message)
        _ = try await place.hospital.fetch(message.key)
        place.exchange.time.advance(by: .hours(2))
        try await place.exchange.tidy()
        let receipt = try await place.hospital.delivered(message, after: accepted)
        let result = try await place.hospital.service.acknowledge([receipt]).first
        #expect(result?.status == 201)
    }

    @Test func `each copy of a message ends by itself`() async throws {
        let place = try await Place.make()
        let clinic = try await place.exchange.join(.clinic)
        let message = try await place.office.message(
            to: [place.hospital, clinic],
            life: .hours(1)
        )
        _ = try await place.office.send(message)
        _ = try await clinic.fetch(message.key)
        place.exchange.time.advance(by: .hours(1))
        try await place.exchange.tidy()
        let query = DeliveryQuery(messageID: message.key.messageID)
        let copies = try await place.office.service.deliveries(query)
        let states = Dictionary(uniqueKeysWithValues: copies.map { ($0.to, $0.state) })
        #expect(states == [place.hospital.id: .expired, clinic.id: .released])
    }

    @Test func `bodies go 30 days after the end, and the id stays known`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let accepted = try await place.office.send(message)
        _ = try await place.hospital.fetch(message.key)
        let receipt = try await place.hospital.delivered(message, after: accepted)
        _ = try await place.hospital.service.acknowledge([receipt])
        place.exchange.time.advance(by: .days(30) + .milliseconds(-1))
        try await place.exchange.tidy()
        #expect(try await place.hospital.fetch(message.key).sealed == message.sealed)

        place.exchange.time.advance(by: .milliseconds(1))
        try await place.exchange.tidy()
        await #expect(throws: Refusal.self) { _ = try await place.hospital.fetch(message.key) }
        #expect(try await place.exchange.transportEvents().contains("body.deleted"))
        let again = try await place.submit(message.wire)
        #expect(again == .done(isNew: false, receipt: accepted.bytes))
    }

    @Test func `a fresh list of both authorities comes every hour`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        func numbers() -> [Int] { exchange.node.view.lists.map(\.number).sorted() }
        #expect(numbers() == [1, 1, 1])
        exchange.time.advance(by: .hours(1) + .seconds(-1))
        try await exchange.tidy()
        #expect(numbers() == [1, 1, 1])
        exchange.time.advance(by: .seconds(1))
        try await exchange.tidy()
        // The root's own list lives a year.
        #expect(numbers() == [1, 2, 2])
        let lists = exchange.node.view.lists.filter { $0.number == 2 }
        #expect(lists.allSatisfy { $0.nextUpdate.since($0.thisUpdate) == .hours(72) })
        let events = try await office.service.events(PageQuery(after: 0))
        #expect(events.map(\.body) == [.notice(WireNotice(type: "listPublished"))])
    }

    @Test func `the keys tree gets a checkpoint at once, transport at its pace`() async throws {
        let place = try await Place.make()
        func signed(_ tree: TreeKind) async throws -> UInt64 {
            let note = try await place.office.service.checkpoint(tree, isWitnessed: false)
            return try Checkpoint(reading: note).head.size
        }
        let keys = try await place.exchange.leaves(.keys).count
        #expect(try await signed(.keys) == UInt64(keys))
        let before = try await signed(.transport)
        _ = try await place.submit(try await place.message().wire)
        try await place.exchange.tidy()
        #expect(try await signed(.transport) == before)
        place.exchange.time.advance(by: .seconds(60))
        try await place.exchange.tidy()
        let transport = try await place.exchange.leaves(.transport).count
        #expect(try await signed(.transport) == UInt64(transport))
    }

    @Test func `a node signs at its start what its predecessor left unsigned`() async throws {
        let place = try await Place.make()
        let receipt = try #require(
            try await place.submit(try await place.message().wire).receipt
        )
        let node = try await place.exchange.reopened()
        let proofs = try await node.session(of: place.office.id).proofs([SHA256.hash(receipt)])
        #expect(proofs.first?.proof != nil)
    }

    @Test func `old events go, and an older cursor is told so`() async throws {
        let place = try await Place.make()
        let message = try await place.office.message(to: [place.hospital], life: .hours(1))
        _ = try await place.office.send(message)
        place.exchange.time.advance(by: .hours(1))
        try await place.exchange.tidy()
        #expect(!(try await place.office.service.events(PageQuery(after: 0)).isEmpty))
        place.exchange.time.advance(by: .days(401))
        try await place.exchange.tidy()
        do {
            _ = try await place.office.service.events(PageQuery(after: 0))
            Issue.record("a cursor below what is kept was answered")
        } catch .refused(let refusal) where refusal.reason == .cursorGone {
            // From the cursor that it names one can go on.
            let dropped = try #require(refusal.droppedCursor)
            _ = try await place.office.service.events(PageQuery(after: dropped))
        }
    }

    @Test func `a chunk that no message claims is dropped after a day`() async throws {
        let place = try await Place.make()
        let sha256 = SHA256.hash("chunk".bytes)
        try await place.exchange.tidy()
        try await place.office.service.putChunk(sha256, "chunk".bytes)
        #expect(try await place.office.service.hasChunk(sha256))
        place.exchange.time.advance(by: .hours(25))
        try await place.exchange.tidy()
        #expect(try await !place.office.service.hasChunk(sha256))
    }

    @Test func `run does its rounds until it is cancelled`() async throws {
        let place = try await Place.make()
        let message = try await place.office.message(to: [place.hospital], life: .minutes(10))
        _ = try await place.office.send(message)
        let node = place.exchange.node
        let running = Task { await node.run { _ in } }
        await place.exchange.time.waitForSleeper()
        place.exchange.time.advance(by: .minutes(10))
        await place.exchange.time.waitForSleeper()
        let query = DeliveryQuery(messageID: message.key.messageID)
        #expect(try await place.office.service.deliveries(query).first?.state == .expired)
        running.cancel()
        await running.value
    }
}
