import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// An operator ends what nobody has acknowledged.
struct CloseTests {
    private struct Case {
        let exchange: LoopbackExchange
        let office: LoopbackMember
        let hospital: LoopbackMember
        let message: LoopbackMessage
        let accepted: SignedStatement

        static func make(isFetched: Bool = true) async throws -> Case {
            let exchange = try await LoopbackExchange.make()
            let office = try await exchange.join(.careOffice)
            let hospital = try await exchange.join(.hospital)
            let message = try await office.message(to: [hospital], life: .hours(1))
            let accepted = try await office.send(message)
            if isFetched { _ = try await hospital.fetch(message.key) }
            return Case(
                exchange: exchange,
                office: office,
                hospital: hospital,
                message: message,
                accepted: accepted
            )
        }

        func close(_ reason: UndeliverableReason = .noReceipt) async throws {
            try await exchange.node.close(message.key, to: hospital.id, because: reason)
        }
    }

    @Test func `a week after its end a copy without receipt is closed under signature`()
        async throws
    {
        let test = try await Case.make()
        #expect(try await test.exchange.node.unacknowledged().isEmpty)
        test.exchange.time.advance(by: .hours(1) + .days(7) - .milliseconds(1))
        let open = try #require(try await test.exchange.node.unacknowledged().first)
        #expect(open.key == test.message.key && open.to == test.hospital.id)
        await #expect(throws: ExchangeFault.self) { try await test.close() }
        test.exchange.time.advance(by: .milliseconds(1))
        #expect(open.closableAt == test.exchange.time.now)
        try await test.close()
        try await test.close()
        for member in [test.office, test.hospital] {
            let told = try await member.closings()
            #expect(told.count == 1)
            #expect(told.first?.reason == .noReceipt && told.first?.releasedAt != nil)
            #expect(told.first?.head.previous == test.accepted.sha256)
        }
        #expect(try await test.exchange.node.unacknowledged().isEmpty)
        let events = try await test.exchange.transportEvents()
        #expect(events.count { $0 == "message.undeliverable noReceipt" } == 1)
    }

    @Test func `a receipt that comes later is a conflict, told to both once`() async throws {
        let test = try await Case.make()
        test.exchange.time.advance(by: .days(8))
        try await test.close()
        for _ in 0..<2 {
            let receipt = try await test.hospital.delivered(test.message, after: test.accepted)
            let result = try await test.hospital.service.acknowledge([receipt]).first
            #expect(result?.refusal?.reason == .deliveryClosed)
        }
        for member in [test.office, test.hospital] {
            #expect(try await member.conflicts() == 1)
        }
        let events = try await test.exchange.transportEvents()
        #expect(events.contains("delivery.conflict delivered"))
    }

    @Test(arguments: [true, false])
    func `of a member that has left every copy can be closed at once`(
        isFetched: Bool
    ) async throws {
        let test = try await Case.make(isFetched: isFetched)
        // Of one that is there it cannot be said.
        await #expect(throws: ExchangeFault.refused(Refusal(.outOfOrder))) {
            try await test.close(.memberLeft)
        }
        try await test.exchange.node.setStatus(.left, of: test.hospital.id)
        try await test.close(.memberLeft)
        let told = try await test.office.closings()
        #expect(told.first?.reason == .memberLeft)
        #expect((told.first?.releasedAt != nil) == isFetched)
        // What never left is answered so, even after the end.
        let withdrawal = try await test.office.withdrawal(
            test.message.key,
            after: test.accepted
        )
        #expect(try await test.office.service.acknowledge([withdrawal]).first?.isNew == true)
    }

    @Test func `what was acknowledged or never was is not closed`() async throws {
        let test = try await Case.make()
        let receipt = try await test.hospital.delivered(test.message, after: test.accepted)
        #expect(try await test.hospital.service.acknowledge([receipt]).first?.isNew == true)
        test.exchange.time.advance(by: .days(9))
        await #expect(throws: ExchangeFault.self) { try await test.close() }
        await #expect(throws: ExchangeFault.self) {
            try await test.exchange.node.close(
                test.message.key,
                to: test.office.id,
                because: .memberLeft
            )
        }
    }
}

extension LoopbackMember {
    fileprivate func closings() async throws -> [UndeliverableStatement] {
        var closings: [UndeliverableStatement] = []
        for event in try await service.events(PageQuery(after: 0)) {
            guard case .statement(let wire) = event.body else { continue }
            let statement = try SignedStatement(reading: wire.bytes)
            guard statement.type == .undeliverable else { continue }
            closings.append(try statement.body(as: UndeliverableStatement.self))
        }
        return closings
    }

    fileprivate func conflicts() async throws -> Int {
        try await service.events(PageQuery(after: 0)).count { event in
            guard case .notice(let notice) = event.body else { return false }
            return notice.type == "deliveryConflict" && notice.copy?.stage == "delivered"
        }
    }
}
