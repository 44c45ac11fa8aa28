import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Foundation
import Primitives
import TestKit
import Testing

@testable import Exchange
@testable import Storage

/// What the exchange forgets when the retention period of a year is over, and what stays.
struct RetentionTests {
    typealias Place = SubmitTests.Place

    /// The last millisecond of the period of what `LoopbackExchange` accepts, in Japan.
    private static let lastMoment = Timestamp("2032-03-31T14:59:59.999Z")

    /// Of one delivery, what its parties hold.
    private struct Delivered {
        let message: LoopbackMessage
        let accepted: SignedStatement
        let statements: [WireStatement]
    }

    private static func deliver(
        from office: LoopbackMember,
        to hospital: LoopbackMember
    ) async throws -> Delivered {
        let message = try await office.message(to: [hospital])
        let accepted = try await office.send(message)
        _ = try await hospital.fetch(message.key)
        let delivered = try await hospital.delivered(message, after: accepted)
        let opened = try await hospital.opened(message.key, after: delivered)
        let results = try await hospital.service.acknowledge([delivered, opened])
        #expect(results.map(\.status) == [201, 201])
        return Delivered(
            message: message,
            accepted: accepted,
            statements: [delivered, opened]
        )
    }

    /// For longer than the service waits, in rounds as it makes them.
    private static func wait(_ exchange: LoopbackExchange) async throws {
        for _ in 0..<26 {
            await exchange.node.tidy { _ in }
            exchange.time.advance(by: .hours(1))
        }
        await exchange.node.tidy { _ in }
    }

    private static func advance(_ exchange: LoopbackExchange, to time: Timestamp?) throws {
        let time = try required(time)
        exchange.time.advance(by: time.since(exchange.time.now))
    }

    @Test func `17: after its period a delivery is in no file, and is still recognised`()
        async throws
    {
        let folder = try TemporaryFolder()
        let exchange = try await folder.exchange()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let delivered = try await Self.deliver(from: office, to: hospital)
        let message = delivered.message
        // The end of each: signatures, which stand nowhere else.
        let secrets =
            [
                message.key.messageID.text.bytes, message.routing.bytes.suffix(64),
                message.submission.bytes.suffix(64), delivered.accepted.bytes.suffix(64),
            ].map { Array($0) } + delivered.statements.map { Array($0.bytes.suffix(64)) }
        try Self.advance(exchange, to: Self.lastMoment)
        try await exchange.node.forgetEndedYears()
        for secret in secrets { #expect(!(try folder.holding(secret).isEmpty)) }
        #expect(try await exchange.node.retentionPlan().map(\.deliveries) == [1])

        exchange.time.advance(by: .milliseconds(1))
        try await exchange.node.forgetEndedYears()
        for secret in secrets { #expect(try folder.holding(secret).isEmpty) }
        #expect(try Self.rowsOfDeliveries(in: folder) == 0)
        let plan = try await exchange.node.retentionPlan()
        #expect(plan.map(\.deliveries) == [0])
        #expect(plan.first?.retention.destroyedAt == exchange.time.now)
        #expect(try await exchange.transportEvents().last == "retention.destroyed fy2026")
        #expect(try await exchange.store.dataKeys().allSatisfy { $0.key.fiscalYear > 2026 })

        // The same again is known by its hash, which nobody can try members against.
        let refusal = try await office.service.submit([message.wire]).first?.refusal
        #expect(refusal?.reason == .receiptGone)
        try await Self.expectProofs(of: delivered, at: exchange)
    }

    /// Rows in which a delivery could stand.
    private static func rowsOfDeliveries(in folder: TemporaryFolder) throws -> Int64 {
        let connection = try Connection(path: folder.path + "/data/exchange.db", .read)
        var rows: Int64 = 0
        for table in ["message", "body", "copy", "messageChunk", "chunk", "droppedChunk"] {
            rows += try connection.number("SELECT count(*) FROM \(table)")
        }
        rows += try connection.number(
            "SELECT count(*) FROM statement WHERE messageId IS NOT NULL"
        )
        return rows
    }

    /// The log is whole, and the leaf of every receipt is in it.
    private static func expectProofs(
        of delivered: Delivered,
        at exchange: LoopbackExchange
    ) async throws {
        let page = try await exchange.node.auditPage(.transport, from: 0)
        let copy = LogCopy(
            origin: page.checkpoint.origin,
            leaves: page.leaves,
            checkpoints: [page.checkpoint]
        )
        let audit = LogAudit(of: copy, key: page.key)
        #expect(audit.isWhole)
        let receipts =
            [delivered.accepted.sha256] + delivered.statements.map { SHA256.hash($0.bytes) }
        for receipt in receipts {
            let promise = audit.promise(of: receipt, logOrigin: copy.origin)
            guard case .kept = promise else {
                Issue.record("\(promise)")
                continue
            }
        }
    }

    @Test func `a delivery of the year that runs is not touched`() async throws {
        let exchange = try await LoopbackExchange.make(
            at: try required(Timestamp("2027-03-31T14:59:00.000Z"))
        )
        let place = Place(
            exchange: exchange,
            office: try await exchange.join(.careOffice),
            hospital: try await exchange.join(.hospital)
        )
        _ = try await Self.deliver(from: place.office, to: place.hospital)
        exchange.time.advance(by: .minutes(1))
        let kept = try await place.office.message(to: [place.hospital])
        _ = try await place.office.send(kept)
        try Self.advance(exchange, to: Self.lastMoment)
        exchange.time.advance(by: .milliseconds(1))
        try await place.exchange.node.forgetEndedYears()
        let plan = try await place.exchange.node.retentionPlan()
        #expect(plan.map(\.fiscalYear) == [2026, 2027])
        #expect(plan.map(\.deliveries) == [0, 1])
        #expect(plan.map(\.keptUntil) == [2032, 2033])
        #expect(plan.map(\.isOver) == [true, false])
        let sealed = try await exchange.store.read { stored throws(StoreError) in
            try stored.sealedBody(of: kept.key)
        }
        #expect(sealed == kept.sealed)
    }

    @Test func `the service forgets by itself, and not while an operator forbids it`()
        async throws
    {
        let place = try await Place.make()
        _ = try await Self.deliver(from: place.office, to: place.hospital)
        let node = place.exchange.node
        try await node.hold(2026, true, because: "lawsuit")
        try await node.hold(2026, true, because: "lawsuit")
        try Self.advance(place.exchange, to: Self.lastMoment)
        place.exchange.time.advance(by: .milliseconds(1))
        try await Self.wait(place.exchange)
        #expect(try await node.retentionPlan().map(\.deliveries) == [1])
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.exchange.store.keep([.forget(2026, [], openings: [])])
        }
        #expect(try await node.retentionPlan().first?.retention.heldSince != nil)

        try await node.hold(2026, false, because: "settled")
        // A day passes first: the clock may be wrong.
        place.exchange.time.advance(by: .hours(1))
        await node.tidy { _ in }
        #expect(try await node.retentionPlan().map(\.deliveries) == [1])
        try await Self.wait(place.exchange)
        let year = try #require(try await node.retentionPlan().first)
        #expect(year.deliveries == 0)
        #expect(year.retention.destroyedAt != nil)
        let events = try await place.exchange.transportEvents().filter {
            $0.hasPrefix("retention")
        }
        #expect(
            events == [
                "retention.held fy2026", "retention.held fy2026", "retention.released fy2026",
                "retention.destroyed fy2026",
            ]
        )
        for isHeld in [true, false] {
            await #expect(throws: ExchangeFault.refused(Refusal(.outOfOrder))) {
                try await node.hold(2026, isHeld, because: "too late")
            }
        }
        await #expect(throws: ExchangeFault.refused(Refusal(.outOfOrder))) {
            try await node.hold(2033, true, because: "too early")
        }
    }

    /// The leaves about a delivery may be of a later year, and sealed under its key.
    @Test func `while a year is held, those after it keep their keys`() async throws {
        let exchange = try await LoopbackExchange.make(
            at: try required(Timestamp("2027-03-31T14:59:00.000Z"))
        )
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let message = try await office.message(to: [hospital])
        let accepted = try await office.send(message)
        _ = try await hospital.fetch(message.key)
        exchange.time.advance(by: .minutes(1))
        let delivered = try await hospital.delivered(message, after: accepted)
        _ = try await hospital.service.acknowledge([delivered])
        try await exchange.node.hold(2026, true, because: "lawsuit")
        try Self.advance(exchange, to: Timestamp("2040-04-01T00:00:00.000Z"))
        try await exchange.node.forgetEndedYears()
        #expect(try await exchange.store.dataKeys().map(\.key.fiscalYear).contains(2027))
        try await exchange.node.hold(2026, false, because: "settled")
        try await exchange.node.forgetEndedYears()
        let years = try await exchange.store.dataKeys().map(\.key.fiscalYear)
        #expect(years.allSatisfy { $0 > 2027 })
    }

    @Test(arguments: Faults.Moment.allCases)
    func `forgetting that is interrupted anywhere is finished by the next`(
        moment: Faults.Moment
    ) async throws {
        var call = 1
        while true {
            let exchange = try await LoopbackExchange.make(seed: UInt64(call))
            let office = try await exchange.join(.careOffice)
            let hospital = try await exchange.join(.hospital)
            let delivered = try await Self.deliver(from: office, to: hospital)
            try Self.advance(exchange, to: Self.lastMoment)
            exchange.time.advance(by: .milliseconds(1))
            let faults = Faults(failingCall: call, moment)
            let store = FaultyExchangeStore(exchange.store, faults)
            do {
                let node = try await exchange.reopened(on: store)
                try await node.forgetEndedYears()
            } catch is ExchangeFault {
                try await exchange.node.forgetEndedYears()
            }
            let plan = try await exchange.node.retentionPlan()
            #expect(plan.map(\.deliveries) == [0])
            #expect(plan.first?.retention.destroyedAt != nil)
            #expect(try await exchange.store.dataKeys().allSatisfy { $0.key.fiscalYear > 2026 })
            let events = try await exchange.transportEvents()
            #expect(events.count { $0 == "retention.destroyed fy2026" } == 1)
            try await Self.expectProofs(of: delivered, at: exchange)
            guard faults.calls >= call else { return }
            call += 1
        }
    }
}
