import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// What the exchange tells of copies that wait, on a driven clock.
struct DeadlineTests {
    private struct Case {
        let exchange: LoopbackExchange
        let office: LoopbackMember
        let hospital: LoopbackMember

        static func make() async throws -> Case {
            let exchange = try await LoopbackExchange.make()
            return Case(
                exchange: exchange,
                office: try await exchange.join(.careOffice),
                hospital: try await exchange.join(.hospital)
            )
        }

        func pass(_ duration: Duration) async throws {
            exchange.time.advance(by: duration)
            // Twice: the second round finds what the first has left to be looked at.
            try await exchange.tidy()
            try await exchange.tidy()
        }
    }

    @Test func `the sender is warned twice before an urgent message ends, and told at its end`()
        async throws
    {
        let test = try await Case.make()
        let message = try await test.office.message(
            to: [test.hospital],
            urgency: .urgent,
            life: .days(3)
        )
        _ = try await test.office.send(message)
        try await test.pass(.minutes(59))
        #expect(try await test.office.stages() == [])
        try await test.pass(.minutes(1))
        #expect(try await test.office.stages() == ["first"])
        try await test.pass(.hours(3))
        #expect(try await test.office.stages() == ["first", "second"])
        try await test.pass(.hours(60))
        #expect(try await test.office.stages() == ["first", "second"])
        #expect(try await test.hospital.stages() == [])
        try await test.pass(.hours(10))
        let events = try await test.exchange.transportEvents()
        let told = events.filter { $0.hasPrefix("deadline") || $0.hasPrefix("message.expired") }
        #expect(
            told == [
                "deadline.warned first", "deadline.warned second",
                "message.expired neverReleased",
            ]
        )
    }

    @Test func `a release without receipt is told to both, and daily after the end`() async throws {
        let test = try await Case.make()
        let message = try await test.office.message(
            to: [test.hospital],
            urgency: .emergency,
            life: .hours(24)
        )
        let accepted = try await test.office.send(message)
        try await test.pass(.zero)
        _ = try await test.hospital.fetch(message.key)
        try await test.pass(.minutes(2))
        #expect(try await test.office.stages() == ["noReceipt"])
        #expect(try await test.hospital.stages() == ["noReceipt"])
        try await test.pass(.hours(23))
        #expect(try await test.hospital.stages() == ["noReceipt"])
        try await test.pass(.hours(1))
        try await test.pass(.hours(24))
        #expect(try await test.hospital.stages() == ["noReceipt", "noReceipt", "noReceipt"])
        // Its receipt ends all warnings.
        let receipt = try await test.hospital.delivered(message, after: accepted)
        #expect(try await test.hospital.service.acknowledge([receipt]).first?.isNew == true)
        try await test.pass(.hours(48))
        #expect(try await test.hospital.stages().count == 3)
    }

    @Test func `what arrived in time is never spoken of, nor is anything after a start`()
        async throws
    {
        let test = try await Case.make()
        let message = try await test.office.message(to: [test.hospital], urgency: .urgent)
        let accepted = try await test.office.send(message)
        let late = try await test.office.message(to: [test.hospital], urgency: .urgent)
        _ = try await test.office.send(late)
        _ = try await test.hospital.fetch(message.key)
        let receipt = try await test.hospital.delivered(message, after: accepted)
        #expect(try await test.hospital.service.acknowledge([receipt]).first?.isNew == true)
        try await test.pass(.hours(2))
        #expect(try await test.office.stages() == ["first"])
        let again = try await test.exchange.reopened()
        await again.tidy { Issue.record("\($0.code)") }
        await again.tidy { Issue.record("\($0.code)") }
        #expect(try await test.office.stages() == ["first"])
    }
}

extension LoopbackMember {
    /// The stages of the warnings that the member was told, in order.
    fileprivate func stages() async throws -> [String] {
        var stages: [String] = []
        for event in try await service.events(PageQuery(after: 0)) {
            guard case .notice(let notice) = event.body, let copy = notice.copy else { continue }
            #expect(notice.type == "deadlineWarning" && (copy.key.from == id || copy.to == id))
            stages.append(copy.stage)
        }
        return stages
    }
}
