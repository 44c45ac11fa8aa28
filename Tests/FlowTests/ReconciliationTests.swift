import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Foundation
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// 日次照合: what went between two offices on a day is compared the next morning.
@Suite struct ReconciliationTests {
    @Test func `a day on which all went well agrees at both ends`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        try await town.passNight()
        #expect(try await town.outcome(.careOffice, with: .clinic) == .agrees)
        #expect(try await town.outcome(.clinic, with: .careOffice) == .agrees)
        try await town.expectAlarms(0)
    }

    @Test func `a message that is gone from its recipient's store is found the next morning`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        let kept = try await town.sendLiaison()
        try await town.settle()
        let before = try town.copyStore(of: .clinic)
        let lost = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(lost) == .delivered)
        try await town.restore(.clinic, from: before)
        try await town.passNight()
        #expect(try await town.outcome(.careOffice, with: .clinic) == .differs)
        #expect(try await town.outcome(.clinic, with: .careOffice) == .differs)
        try await town.expectAlarms(1)
        // Each side is told which message it is, and whom to call.
        let (care, clinic) = (town.office(.careOffice), town.office(.clinic))
        let there = try #require(try await care.differingDays().first)
        #expect(there.difference.missingThere == [lost.messageID])
        #expect(there.difference.missingHere == [])
        #expect(there.peer == clinic.member && there.telephone?.text == "06-0000-1001")
        let here = try #require(try await clinic.differingDays().first)
        #expect(here.difference.missingHere == [lost.messageID])
        #expect(here.difference.missingThere == [])
        #expect(here.messages.received == [kept.messageID])
        #expect(try await town.exchangeEvents().contains("audit.alarm"))
        // Somebody sees to it; it stays so, whatever is said again.
        try await care.settleDay(there.day, with: there.peer, by: Town.careManager)
        await #expect(throws: GatewayError.self) {
            try await care.settleDay(there.day, with: there.peer, by: Town.careManager)
        }
        try await town.passNight()
        #expect(try await care.differingDays().isEmpty)
        #expect(try await clinic.differingDays().count == 1)
        try await town.expectAlarms(1)
    }

    @Test func `a message that its sender has lost is found too`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        let before = try town.copyStore(of: .careOffice)
        let lost = try await town.sendLiaison()
        try await town.settle()
        try await town.restore(.careOffice, from: before)
        try await town.passNight()
        let care = town.office(.careOffice)
        let found = try #require(try await care.differingDays().first)
        #expect(found.difference.missingHere == [lost.messageID])
        let there = try #require(try await town.office(.clinic).differingDays().first)
        #expect(there.difference.missingThere == [lost.messageID])
        try await town.expectAlarms(1)
    }

    @Test func `days that had agreed differ after an older copy was put back`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        let before = try town.copyStore(of: .clinic)
        for _ in 0..<2 {
            _ = try await town.sendLiaison()
            try await town.settle()
            try await town.passNight()
            #expect(try await town.outcome(.clinic, with: .careOffice) == .agrees)
        }
        try await town.expectAlarms(0)
        try await town.restore(.clinic, from: before)
        try await town.passNight()
        #expect(try await town.office(.clinic).differingDays().count == 2)
        #expect(try await town.office(.careOffice).differingDays().count == 2)
        try await town.expectAlarms(2)
    }

    @Test func `midnight, refusals, withdrawals and what expires make no alarm`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let failures = Town.FailureList()
        try await town.passNight()
        // Accepted on one day, fetched on the next.
        let late = try await town.sendLiaison()
        try await town.passUntil(hour: 24, before: .seconds(20))
        try await town.round(.careOffice)
        town.time.advance(by: .seconds(40))
        try await town.settle()
        #expect(try await town.state(late) == .delivered)
        // Taken back before and after it was fetched.
        for isFetched in [false, true] {
            let key = try await town.sendLiaison()
            try await town.round(.careOffice)
            if isFetched { try await town.round(.clinic) }
            _ = try await town.withdraw(key)
            try await town.settle()
            #expect(try await town.state(key) == .withdrawn)
        }
        // Fetched by nobody: nothing is said of the day while it waits, and it expires.
        town.wire(.clinic).fail { $0.isDown = true }
        let waiting = try await town.sendLiaison()
        try await town.round(.careOffice)
        try await town.passNight()
        #expect(try await town.outcome(.careOffice, with: .clinic) == nil)
        town.time.advance(by: .days(8))
        try await town.settle(failures: failures)
        #expect(try await town.state(waiting) == .expired)
        town.wire(.clinic).fail()
        for _ in 0..<3 { try await town.passNight() }
        try await town.expectAlarms(0)
        let agreed = try await town.agreedDays(.careOffice)
        #expect(agreed.count == 2)
        #expect(agreed == (try await town.agreedDays(.clinic)))
    }

    @Test func `what a recipient refuses is of the day like what it takes in`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        town.wire(.clinic).fail { faults in
            faults.fetched = { message in
                WireMessage(
                    routing: message.routing,
                    submission: message.submission,
                    sealed: Array(message.sealed.dropLast()) + [0x00],
                    accepted: message.accepted
                )
            }
        }
        let key = try await town.sendLiaison()
        try await town.settle(failures: Town.FailureList())
        town.wire(.clinic).fail()
        try await town.passNight()
        let row = try await town.office(.clinic).inbox(limit: 9).first { $0.key == key }
        #expect(row != nil)
        try await town.expectAlarms(0)
    }

    @Test func `a peer of an earlier version is not compared, and that is no alarm`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        _ = try await town.sendLiaison()
        try await town.settle()
        // What the exchange would not know, and what the gateway would not hear.
        town.wire(.clinic).fail { faults in
            faults.refusingStatement = { statement in
                let type = try? SignedStatement(reading: statement.bytes).type
                return type == .reconciliation ? Refusal(.malformed) : nil
            }
            faults.told = { events in
                events.map { event in
                    guard case .reconciliation = event.body else { return event }
                    let skipped = WireNotice(type: "reconciliation")
                    return WireEvent(cursor: event.cursor, at: event.at, body: .notice(skipped))
                }
            }
        }
        for _ in 0..<2 {
            try await town.passNight()
            try await town.expectAlarms(0)
        }
        let day = town.time.now.dayInJapan.adding(days: -2)
        let clinic = town.office(.clinic).member
        let row = try await town.office(.careOffice).read { stored throws(StoreError) in
            try stored.reconciliation(of: day, with: clinic)
        }
        #expect(row?.told != nil && row?.heard == nil && row?.outcome == nil)
    }

    @Test func `what was told and not noted is told again, and does no harm`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        _ = try await town.sendLiaison()
        try await town.settle()
        try await town.passNight()
        let day = town.time.now.dayInJapan.adding(days: -1)
        for (place, peer) in [(World.Place.careOffice, World.Place.clinic), (.clinic, .careOffice)]
        {
            let other = town.office(peer).member
            let row = try await town.office(place).read { stored throws(StoreError) in
                try stored.reconciliation(of: day, with: other)
            }
            var forgotten = try #require(row)
            (forgotten.told, forgotten.outcome) = (nil, nil)
            try await town.office(place).keep([.reconciliation(forgotten)])
            try await town.reopen(place)
            try await town.settle(failures: Town.FailureList())
        }
        try await town.settle(failures: Town.FailureList())
        try await town.expectAlarms(0)
        #expect(try await town.outcome(.clinic, with: .careOffice) == .agrees)
    }

    @Test func `a statement that a peer did not sign is not believed`() async throws {
        let town = try await Town.make()
        try await town.passNight()
        let clinic = town.office(.clinic)
        let forged = try await town.statement(by: .hospital, to: .clinic)
        let other = try await town.statement(by: .careOffice, to: .hospital)
        let broken = Array(forged.dropLast()) + [forged[forged.count - 1] ^ 1]
        for bytes in [broken, other, [0x30, 0x00]] {
            try await clinic.hear(day: bytes, at: town.time.now, .cursor(.events, 0))
        }
        let rejected = try await town.events(.clinic).filter { $0.hasPrefix("receipt.rejected") }
        #expect(rejected.count == 3)
        #expect(try await town.outcome(.clinic, with: .hospital) == nil)
    }
}

extension Town {
    /// What an office says, signed, of a day on which nothing happened.
    func statement(by place: World.Place, to peer: World.Place) async throws -> [UInt8] {
        let signer = try office(place).statementSigner()
        let body = ReconciliationStatement(
            of: time.now.dayInJapan.adding(days: -1),
            by: office(place).member,
            with: office(peer).member,
            DayMessages()
        )
        return try await signer.sign(body, at: time.now).bytes
    }

    /// Until shortly before an hour of today.
    func passUntil(hour: Int, before: Duration) async throws {
        let hour = Timestamp(startOfDayInJapan: time.now.dayInJapan).adding(.hours(hour))
        time.advance(by: hour.since(time.now) - before)
    }

    func agreedDays(_ place: World.Place) async throws -> [Day] {
        let (today, peer) = (
            time.now.dayInJapan, office(place == .clinic ? .careOffice : .clinic).member
        )
        return try await office(place).read { stored throws(StoreError) in
            var days: [Day] = []
            for back in 1...20 {
                let day = today.adding(days: -back)
                let outcome = try stored.reconciliation(of: day, with: peer)?.outcome
                if outcome == .agrees { days.append(day) }
            }
            return days
        }
    }

    static let differs = "audit.alarm reconciliationDiffers"

    /// Until five in the morning of the next day, and everybody has had their turns.
    func passNight() async throws {
        let tomorrow = time.now.dayInJapan.adding(days: 1)
        let morning = Timestamp(startOfDayInJapan: tomorrow).adding(.hours(5))
        time.advance(by: morning.since(time.now))
        try await settle(failures: FailureList())
    }

    /// The folder of an office's store as it is now.
    func copyStore(of place: World.Place) throws -> URL {
        let copy = folder.appending(path: "copy-\(UUID())")
        try FileManager.default.copyItem(at: storeFolder(of: place), to: copy)
        return copy
    }

    /// Puts an older copy in the place of an office's store and lets it go on, from an exchange
    /// that has nothing more of what came in since.
    func restore(_ place: World.Place, from copy: URL) async throws {
        office(place).store.close()
        let store = storeFolder(of: place)
        try FileManager.default.removeItem(at: store)
        try FileManager.default.copyItem(at: copy, to: store)
        try RestoreMark(backupAt: nil, restoredAt: time.now).write(in: store.path)
        wire(place).fail { $0.listed = { $0.map { InboxPage(revision: $0.revision, items: []) } } }
        try await recover(place)
        try await office(place).meetExchange()
        wire(place).fail()
    }

    private func storeFolder(of place: World.Place) -> URL {
        folder.appending(path: "gateway/orgs/\(office(place).member)")
    }

    /// What came of the newest day with the peer.
    func outcome(
        _ place: World.Place,
        with peer: World.Place
    ) async throws
        -> ReconciliationOutcome?
    {
        let (day, peer) = (time.now.dayInJapan.adding(days: -1), office(peer).member)
        return try await office(place).read { stored throws(StoreError) in
            try stored.reconciliation(of: day, with: peer)?.outcome
        }
    }

    func expectAlarms(_ count: Int) async throws {
        for (place, _) in offices {
            let alarms = try await events(place).filter { $0 == Self.differs }
            #expect(alarms.count == count, "\(place)")
        }
    }

    /// Names of the events in the exchange's transport log.
    func exchangeEvents() async throws -> [String] {
        let leaves = try await node.store.audit { log throws(StoreError) -> [[UInt8]] in
            guard let origin = try log.openTree(.transport)?.origin else { return [] }
            return try log.leaves(of: origin, from: 0, limit: .max)
        }
        return try leaves.map { try AuditLeaf(reading: $0, in: .transport).facts.event.rawValue }
    }
}
