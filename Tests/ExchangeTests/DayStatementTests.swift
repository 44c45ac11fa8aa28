import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// What members say of a day: what the exchange takes, refuses, compares and passes on.
struct DayStatementTests {
    typealias Place = SubmitTests.Place

    /// A message that was delivered the day before.
    private struct Case {
        let place: Place
        let message: LoopbackMessage

        static func make(isAnswered: Bool = true) async throws -> Case {
            let place = try await Place.make()
            let message = try await place.message()
            let accepted = try await place.office.send(message)
            if isAnswered {
                _ = try await place.hospital.fetch(message.key)
                let delivered = try await place.hospital.delivered(message, after: accepted)
                let results = try await place.hospital.service.acknowledge([delivered])
                #expect(results.first?.isNew == true)
            }
            place.exchange.time.advance(by: .days(1))
            try await place.exchange.tidy()
            return Case(place: place, message: message)
        }

        var day: Day { place.exchange.time.now.dayInJapan.adding(days: -1) }

        func statement(
            _ messages: DayMessages,
            by member: LoopbackMember? = nil,
            to peer: MemberID? = nil,
            of day: Day? = nil
        ) async throws -> SignedStatement {
            let member = member ?? place.hospital
            let body = ReconciliationStatement(
                of: day ?? self.day,
                by: member.id,
                with: peer ?? place.office.id,
                messages
            )
            return try await member.signer.sign(body, at: place.exchange.time.now)
        }

        func tell(_ bytes: [UInt8]) async throws -> ItemResult {
            let wire = WireStatement(bytes: bytes)
            return try required(try await place.hospital.service.acknowledge([wire]).first)
        }

        /// The statements of the day that the office is told.
        func heard() async throws -> [[UInt8]] {
            let events = try await place.office.service.events(PageQuery(after: 0))
            return events.compactMap { event in
                guard case .reconciliation(let bytes) = event.body else { return nil }
                return bytes
            }
        }

        func alarms() async throws -> Int {
            try await place.exchange.transportEvents().count { $0.hasPrefix("audit.alarm") }
        }
    }

    @Test func `what both know is passed on`() async throws {
        let one = try await Case.make()
        let statement = try await one.statement(
            DayMessages(received: [one.message.key.messageID])
        )
        #expect(try await one.tell(statement.bytes).status == 201)
        #expect(try await one.heard() == [statement.bytes])
        #expect(try await one.alarms() == 0)
    }

    @Test(arguments: [true, false])
    func `what the exchange knows otherwise is told to its operator and passed on`(
        isAnswered: Bool
    ) async throws {
        let one = try await Case.make(isAnswered: isAnswered)
        let known: Set<MessageID> = isAnswered ? [] : [one.message.key.messageID]
        let statement = try await one.statement(DayMessages(received: known))
        for _ in 0..<2 { #expect(try await one.tell(statement.bytes).status == 201) }
        #expect(try await one.heard().first == statement.bytes)
        #expect(try await one.alarms() == 1, "the same again is no second leaf")
        let told = Lock<[String]>([])
        for _ in 0..<2 {
            await one.place.exchange.node.tidy { error in told.withLock { $0.append(error.code) } }
        }
        #expect(told.withLock { $0 } == ["reconciliationDiffers"])
    }

    @Test func `what was only accepted is of no day`() async throws {
        let one = try await Case.make(isAnswered: false)
        #expect(try await one.tell(try await one.statement(DayMessages()).bytes).status == 201)
        #expect(try await one.alarms() == 0)
    }

    @Test func `what cannot be is refused and passed on to nobody`() async throws {
        let one = try await Case.make()
        let (office, hospital) = (one.place.office, one.place.hospital)
        func reason(_ statement: SignedStatement) async throws -> Refusal.Reason? {
            try await one.tell(statement.bytes).refusal?.reason
        }
        let none = DayMessages()
        let today = one.day.adding(days: 1)
        #expect(try await reason(one.statement(none, of: today)) == .clockSkew)
        let old = today.adding(days: -Limits.reconciledDays - 1)
        #expect(try await reason(one.statement(none, of: old)) == .expired)
        // Another member's statement, and one of a pair in which the signer is not.
        let others = try await one.statement(none, by: office, to: hospital.id)
        #expect(try await reason(others) == .notYourName)
        let stranger = try await one.place.exchange.join(.clinic)
        let strange = try await one.statement(none, to: stranger.id)
        #expect(try await reason(strange) == .unknownRecipient)
        var forged = try await one.statement(none).bytes
        forged[forged.count - 1] ^= 1
        #expect(try await one.tell(forged).refusal?.reason == .badSignature)
        let events = try await one.place.exchange.transportEvents()
        #expect(events.contains { $0.hasPrefix("receipt.rejected") })
        #expect(try await one.heard().isEmpty)
        #expect(try await one.alarms() == 0)
    }
}
