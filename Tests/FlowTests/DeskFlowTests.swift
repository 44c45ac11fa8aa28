import Cryptography
import Delivery
import Directory
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// Desks in the directory, and what a sender is told of them.
@Suite struct DeskFlowTests {
    private static func hours(_ from: String, _ to: String) throws -> OfficeHours {
        let times = OpenTimes(
            [.mon, .tue, .wed, .thu, .fri],
            from: try #require(TimeOfDay(from)),
            to: try #require(TimeOfDay(to))
        )
        return OfficeHours(try #require(times), holidays: false)
    }

    @Test func `to a desk that nobody has nothing is sent`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        var request = SendRequest(sheet: try await FlowSheet.liaison(for: office))
        request.desk = DeskID("nosuch")
        let wrong = request
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.send(wrong, by: Town.careManager)
        }
        #expect(error?.code == "deskUnknown")
        #expect(try await office.outbox(limit: 10).isEmpty)
        request.desk =
            town.office(.clinic).view.member(town.office(.clinic).member)?.entry?.desks
            .first?.deskID
        _ = try await office.send(request, by: Town.careManager)
        #expect(try await office.outbox(limit: 10).count == 1)
    }

    @Test func `each recipient has its own desk`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let office = town.office(.careOffice)
        let ward = try #require(DeskID("ward"))
        let kind = try #require(Department("none"))
        let desk = DirectoryDesk(ward, name: "病棟", kind: kind)
        try await town.office(.clinic).addDesk(desk, by: Town.nurse)
        try await town.settle()
        let (clinic, hospital) = (town.office(.clinic).member, town.office(.hospital).member)
        func sent(_ change: (inout SendRequest) -> Void) async throws -> [MemberID: DeskID?] {
            let other = try SheetExamples.example("admission-info-1.json").json
            let second = other["recipients"]?.array?.first
            let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
                let first = sheet["recipients"]?.array ?? []
                sheet["recipients"] = .array(first.prefix(1) + [second].compactMap(\.self))
                sheet["sheetId"] = .name(SheetID.make(SystemRandom()))
                sheet["threadId"] = .name(ThreadID.make(SystemRandom()))
            }
            var request = SendRequest(sheet: sheet)
            change(&request)
            let asked = request
            let queued = try await office.send(asked, by: Town.careManager)
            let copies = try await office.track(queued.messageID).copies
            return Dictionary(uniqueKeysWithValues: copies.map { ($0.to, $0.desk) })
        }
        let main = try #require(DeskID("main"))
        // One desk for all goes to those that have it.
        #expect(try await sent { $0.desk = ward } == [clinic: ward, hospital: nil])
        #expect(
            try await sent { ($0.desk, $0.desks) = (main, [clinic: ward]) }
                == [clinic: ward, hospital: main]
        )
        let wrong = await #expect(throws: GatewayError.self) {
            _ = try await sent { $0.desks = [hospital: ward] }
        }
        #expect(wrong?.code == "deskUnknown")
    }

    @Test func `hours and absence of a desk are seen by those who write to it`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let main = try #require(DeskID("main"))
        let clinic = town.office(.clinic)
        let hours = try Self.hours("08:30", "17:15")
        // The town's day is a Saturday.
        let away = try #require(
            Absence(
                (from: clinic.today, to: clinic.today.adding(days: 2)),
                "学会のため",
                coveredBy: nil
            )
        )
        try await clinic.changeDesk(main, by: Town.nurse) { desk in
            desk.hours = [hours]
            desk.absence = away
        }
        #expect(try await town.events(.clinic).contains("setting.changed"))
        try await town.settle()
        let key = try await town.sendLiaison()
        let office = town.office(.careOffice)
        let row = try await office.track(key.messageID)
        let reception = try #require(office.receptions(of: row).first)
        #expect(reception.absence?.text == "学会のため")
        // Monday is a holiday.
        #expect(reception.opensAt == Timestamp("2026-11-23T23:30:00.000Z"))
        #expect(reception.telephone?.text == "06-0000-1001")
        town.time.advance(by: .days(3))
        let later = try #require(office.receptions(of: row).first)
        #expect(later.absence == nil && later.opensAt == nil)
    }

    @Test func `a desk has one id, and its deputies are desks`() async throws {
        let town = try await Town.make(places: [.clinic])
        let clinic = town.office(.clinic)
        let main = try #require(DeskID("main"))
        let ward = try #require(DeskID("ward"))
        let none = try #require(Department("none"))
        let known = DirectoryDesk(main, name: "二つ目", kind: none)
        let first = await #expect(throws: GatewayError.self) {
            try await clinic.addDesk(known, by: Town.nurse)
        }
        #expect(first?.code == "deskTaken")
        let second = await #expect(throws: GatewayError.self) {
            try await clinic.changeDesk(main, by: Town.nurse) { desk in
                desk.deputies = [Deputy(ward, afterMinutes: 30)]
            }
        }
        #expect(second?.code == "deskUnknown")
        try await clinic.addDesk(DirectoryDesk(ward, name: "病棟", kind: none), by: Town.nurse)
        try await clinic.changeDesk(main, by: Town.nurse) { desk in
            desk.deputies = [Deputy(ward, afterMinutes: 30)]
        }
        let entry = try #require(clinic.view.member(clinic.member)?.entry)
        #expect(entry.entryNumber == 3)
        #expect(entry.desks.map(\.deskID) == [main, ward])
        #expect(entry.accepts.allSatisfy { $0.desks == [main, ward] })
    }

    @Test func `of changes made at the same time none is lost`() async throws {
        let town = try await Town.make(places: [.clinic])
        let clinic = town.office(.clinic)
        let main = try #require(DeskID("main"))
        let hours = try Self.hours("09:00", "12:00")
        let wards = ["ward-1", "ward-2"].compactMap(DeskID.init)
        let none = try #require(Department("none"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ward in wards {
                group.addTask {
                    let desk = DirectoryDesk(ward, name: "病棟", kind: none)
                    try await clinic.addDesk(desk, by: Town.nurse)
                }
            }
            group.addTask {
                try await clinic.changeDesk(main, by: Town.nurse) { $0.hours = [hours] }
            }
            try await group.waitForAll()
        }
        let entry = try #require(clinic.view.member(clinic.member)?.entry)
        #expect(Set(entry.desks.map(\.deskID)) == Set([main] + wards))
        #expect(entry.desk(main)?.hours.count == 1 && entry.entryNumber == 4)
    }
}
