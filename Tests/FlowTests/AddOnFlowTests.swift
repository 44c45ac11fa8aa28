import Delivery
import Directory
import Envelope
import Gateway
import Japanese
import Primitives
import Sheets
import TestKit
import Testing

/// 入院時情報連携加算 over the town: the hours of the directory, the time of the receipt.
@Suite struct AddOnFlowTests {
    private func send(_ town: Town, _ day: String, _ time: String?) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            guard case .object(var body)? = sheet["body"] else { return }
            body["admittedOn"] = .string(day)
            body["admittedTime"] = time.map { .string($0) }
            sheet["body"] = .object(body)
            sheet["attachments"] = nil
            body["enclosedPlans"] = nil
            sheet["body"] = .object(body)
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    @Test func `of a sheet that was taken back nothing is claimed`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        let key = try await send(town, "2026-11-20", "10:00")
        try await town.settle()
        #expect(try await office.addOn(of: try await office.track(key.messageID)) != nil)
        _ = try await town.withdraw(key)
        try await town.settle()
        #expect(try await town.state(key) == .withdrawn)
        #expect(try await office.addOn(of: try await office.track(key.messageID)) == nil)
    }

    @Test func `the receipt's time meets a tier by the hours in the directory`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        let times = OpenTimes(
            [.mon, .tue, .wed, .thu, .fri],
            from: try #require(TimeOfDay("08:30")),
            to: try #require(TimeOfDay("17:15"))
        )
        let hours = OfficeHours(try #require(times), holidays: false)
        try await office.changeDesk(try #require(DeskID("main")), by: Town.careManager) { desk in
            desk.hours = [hours]
        }
        // Friday evening, after hours: Saturday, the town's day, still counts as the first.
        let key = try await send(town, "2026-11-20", "18:40")
        let row = try await office.track(key.messageID)
        let before = try #require(try await office.addOn(of: row))
        #expect(before.clock.deadlines.map(\.day.description) == ["2026-11-21", "2026-11-23"])
        #expect(before.arrivals.isEmpty)
        try await town.settle()
        let after = try #require(try await office.addOn(of: row))
        #expect(after.arrivals.map(\.to) == [town.office(.hospital).member])
        let arrival = try #require(after.arrivals.first)
        #expect(after.clock.met(by: arrival.at)?.limit.tier == .first)
        let root = town.root
        let proved = try #require(
            try EvidenceAdmission.verify(
                try await office.evidence(of: key, to: nil, withContent: true),
                root: root,
                now: town.time.now,
                office.catalogue
            )
        )
        #expect(proved.deliveredAt == arrival.at)
        #expect(proved.entry?.entryNumber == 2)
        let verified = AddOnClock(
            proved.sheet,
            rules: office.catalogue.admissionLiaison,
            calendar: OfficeCalendar(of: nil, in: proved.entry, office.catalogue.holidays)
        )
        #expect(verified?.met(by: proved.deliveredAt)?.limit.tier == .first)
        let silent = try await office.evidence(of: key, to: nil, withContent: false)
        let none = try EvidenceAdmission.verify(
            silent,
            root: root,
            now: town.time.now,
            office.catalogue
        )
        #expect(none == nil)
        // The same within hours met the second one only.
        let plain = try await send(town, "2026-11-20", "10:00")
        let second = try #require(
            try await office.addOn(of: try await office.track(plain.messageID))
        )
        #expect(second.clock.met(by: arrival.at)?.limit.tier == .second)
    }

    @Test func `no other sheet has the clock`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        let office = town.office(.careOffice)
        let row = try await office.track(key.messageID)
        #expect(try await office.addOn(of: row) == nil)
    }
}
