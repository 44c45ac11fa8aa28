import Audit
import Delivery
import Directory
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// Silence is reported to people, at both sides, once, and with whom to call.
@Suite struct DeadlineFlowTests {
    @Test func `a message the exchange does not answer is told to its sender once`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        town.wire(.careOffice).fail { $0.isDown = true }
        let failures = Town.FailureList()
        town.time.advance(by: .minutes(14))
        try await town.settle(rounds: 1, failures: failures)
        #expect(try await town.late(.careOffice).isEmpty)
        town.time.advance(by: .minutes(2))
        try await town.settle(rounds: 2, failures: failures)
        let late = try await town.office(.careOffice).late(limit: 10)
        #expect(late.map(\.warning.kind) == [.notAccepted])
        #expect(late.first?.telephone?.text == "06-0000-1001")
        try await town.reopen(.careOffice)
        try await town.settle(rounds: 2, failures: failures)
        let events = try await town.events(.careOffice)
        #expect(events.count { $0 == "deadline.warned notAccepted" } == 1)
        // With its receipt it is no longer late.
        town.wire(.careOffice).fail()
        town.time.advance(by: .minutes(2))
        try await town.settle(failures: failures)
        #expect(try await town.late(.careOffice).isEmpty)
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `what the recipient does not fetch is told twice, and at its end`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        town.wire(.clinic).fail { $0.isDown = true }
        let failures = Town.FailureList()
        try await town.settle(rounds: 1, failures: failures)
        town.time.advance(by: .hours(1))
        try await town.settle(rounds: 3, failures: failures)
        #expect(try await town.late(.careOffice) == [.notDelivered])
        town.time.advance(by: .hours(3))
        try await town.settle(rounds: 3, failures: failures)
        #expect(try await town.late(.careOffice) == [.notDeliveredAgain, .notDelivered])
        let course = try await town.office(.careOffice).course(of: key.messageID)
        #expect(course.copies.first?.warnings.count == 2)
        town.time.advance(by: .days(4))
        try await town.settle(rounds: 3, failures: failures)
        #expect(try await town.state(key) == .expired)
        #expect(try await town.late(.careOffice).isEmpty)
        #expect(try await town.events(.careOffice).contains("deadline.passed expired"))
    }

    @Test func `what nobody opens is told to its readers first, then to its sender`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        // Two and four hours in which the desk is open, whatever day it is.
        var hours = 0
        while try await town.late(.clinic).isEmpty, hours < 120 {
            town.time.advance(by: .hours(1))
            hours += 1
            try await town.settle(rounds: 1)
        }
        #expect(hours >= 2 && hours < 120)
        #expect(try await town.late(.clinic) == [.notOpened])
        #expect(try await town.late(.careOffice).isEmpty)
        while try await town.late(.careOffice).isEmpty, hours < 240 {
            town.time.advance(by: .hours(1))
            hours += 1
            try await town.settle(rounds: 1)
        }
        #expect(try await town.late(.careOffice) == [.notOpened])
        #expect(try await town.late(.clinic) == [.notOpenedAgain, .notOpened])
        // Opened, it waits to be taken over; confirmed, for nothing.
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        try await town.settle()
        #expect(try await town.late(.careOffice).isEmpty)
        #expect(try await town.late(.clinic).isEmpty)
        town.time.advance(by: .days(6))
        try await town.settle()
        #expect(try await town.late(.careOffice) == [.notConfirmed])
        #expect(
            try await Set(town.late(.clinic)) == [.notConfirmed, .notConfirmedAgain]
        )
        try await town.office(.clinic).confirm(key, by: Town.nurse)
        try await town.settle()
        #expect(try await town.late(.careOffice).isEmpty)
        #expect(try await town.late(.clinic).isEmpty)
        let events = try await town.events(.careOffice)
        #expect(events.count { $0 == "deadline.passed notOpened" } == 1)
        #expect(events.count { $0 == "deadline.passed notConfirmed" } == 1)
    }

    @Test func `a warning about somebody else's message is skipped`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let strange = MessageKey(
            from: key.from,
            messageID: MessageID.make(
                at: town.time.now,
                SeededRandom(seed: 3)
            )
        )
        let clinic = town.office(.clinic).member
        town.wire(.careOffice).fail { faults in
            faults.told = { events in
                events + [
                    WireEvent(
                        cursor: (events.last?.cursor ?? 1000) + 1,
                        at: town.time.now,
                        body: .notice(
                            WireNotice(
                                type: "deadlineWarning",
                                copy: .init(key: strange, to: clinic, stage: "first")
                            )
                        )
                    )
                ]
            }
        }
        try await town.settle(rounds: 1)
        #expect(try await town.late(.careOffice).isEmpty)
    }
}

extension Town {
    fileprivate func late(_ place: World.Place) async throws -> [WarningKind] {
        try await office(place).late(limit: 50).map(\.warning.kind)
    }
}
