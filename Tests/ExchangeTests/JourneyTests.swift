import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// One message from submission to confirmation, as sender and recipient see it.
struct JourneyTests {
    @Test func `a message is accepted, released, delivered, opened and confirmed`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let message = try await office.message(to: [hospital])

        let accepted = try await office.send(message)
        #expect(try accepted.body(as: AcceptedStatement.self).head.message == message.key)
        try exchange.node.view.verify(accepted, at: exchange.time.now)

        let inbox = try #require(try await hospital.service.inbox(InboxQuery(since: 0)))
        #expect(inbox.items.map(\.key) == [message.key])
        #expect(try await state(message, office) == .accepted)

        let fetched = try await hospital.fetch(message.key)
        #expect(fetched.sealed == message.sealed)
        #expect(fetched.accepted == accepted.bytes)
        #expect(try await state(message, office) == .released)

        let delivered = try await hospital.delivered(message, after: accepted)
        let opened = try await hospital.opened(message.key, after: delivered)
        let confirmed = try await hospital.confirmed(message.key, after: opened)
        let results = try await hospital.service.acknowledge([delivered, opened, confirmed])
        #expect(results.map(\.status) == [201, 201, 201])
        #expect(try await state(message, office) == .confirmed)

        let events = try await office.service.events(PageQuery(after: 0))
        #expect(events.receipts == [delivered, opened, confirmed])
        let rest = try #require(
            try await hospital.service.inbox(InboxQuery(since: inbox.revision))
        )
        #expect(rest.items.isEmpty)
    }

    @Test func `every receipt of the exchange is proved by its log`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let message = try await office.message(to: [hospital])
        let accepted = try await office.send(message)
        #expect(try await office.service.proofs([accepted.sha256]).first?.proof == nil)

        exchange.time.advance(by: .seconds(60))
        try await exchange.tidy()
        let proof = try #require(try await office.service.proofs([accepted.sha256]).first?.proof)
        let view = exchange.node.view
        let origin = try accepted.body(as: AcceptedStatement.self).head.logOrigin
        let key = try #require(view.logKey(of: origin))
        try proof.verify(accepted, promisedIn: origin, key: key)
    }

    private func state(
        _ message: LoopbackMessage,
        _ sender: LoopbackMember
    ) async throws -> DeliveryState? {
        let query = DeliveryQuery(messageID: message.key.messageID)
        return try await sender.service.deliveries(query).first?.state
    }
}

extension [WireEvent] {
    var receipts: [WireStatement] {
        compactMap { if case .statement(let statement) = $0.body { statement } else { nil } }
    }
}
