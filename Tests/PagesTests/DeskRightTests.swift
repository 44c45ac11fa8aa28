import Audit
import Cryptography
import Delivery
import Directory
import Foundation
import Gateway
import HTTP
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages
@testable import Staff

/// Whose desk a sheet belongs to: what others see of it, and what they do not.
struct DeskRightTests {
    private static let name = "髙﨑 𠮷之助"

    /// Every way to the body of a received sheet.
    private static let ways: [(Method, String)] = [
        (.get, "/sheets/{id}"), (.get, "/sheets/{id}/attachments/0"),
        (.post, "/sheets/{id}/print"), (.post, "/sheets/{id}/confirm"),
        (.post, "/sheets/{id}/reply"), (.get, "/sheets/{id}/return"),
        (.post, "/sheets/{id}/return"), (.get, "/evidence/{id}"),
        (.get, "/sent/{id}/certificate"), (.get, "/people/{id}"),
        (.get, "/people/{id}/difference"), (.get, "/people/{id}/record"),
        (.post, "/people/{id}/record"), (.post, "/inbox/print"),
    ]

    private func fields(_ clerk: Clerk, _ desk: DeskTown) throws -> [(String, String)] {
        [
            ("token", try #require(clerk.token)), ("type", "careLiaisonReply"),
            ("reason", "wrongRecipient"), ("sheet", desk.key.messageID.text),
        ]
    }

    @Test func `no way leads to the body of another desk's sheet`() async throws {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", Set(StaffRole.allCases), at: [DeskTown.main])
        for (method, way) in Self.ways {
            let path = desk.town.path(
                .clinic,
                way.replacing("{id}", with: desk.key.messageID.text)
            )
            let posted = method == .post ? try fields(clerk, desk) : nil
            let response = await clerk.respond(method, path, posted)
            #expect(response.status == 403, "\(way)")
            #expect(response.text.contains("窓口「病棟」あて"), "\(way)")
            #expect(!response.text.contains(Self.name), "\(way)")
        }
        let row = try #require(try await desk.clinic.inbox(limit: 9).first { $0.key == desk.key })
        #expect(row.state == .delivered, "nothing of this opened it")
        let entries = try await desk.clinic.auditEntries(
            of: nil,
            message: desk.key.messageID,
            by: Town.nurse
        )
        let refused = entries.filter { $0.leaf.facts.event == .sheetOpened }
        #expect(refused.count == Self.ways.count)
        #expect(refused.allSatisfy { $0.leaf.facts.outcome == .minorFailure })
        let reader = try await desk.clinic.firstReader(of: desk.key.messageID)
        #expect(reader == nil, "who was refused has read nothing")
    }

    @Test(arguments: [[DeskTown.ward], [DeskTown.main, DeskTown.ward], []])
    func `the desk itself, and who has no desk, does everything with it`(
        desks: [String]
    ) async throws {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("kaori", at: desks)
        for (method, way) in Self.ways where !way.hasSuffix("/return") {
            let path = desk.town.path(
                .clinic,
                way.replacing("{id}", with: desk.key.messageID.text)
            )
            let posted = method == .post ? try fields(clerk, desk) : nil
            let response = await clerk.respond(method, path, posted)
            let expected = way.contains("/attachments/") ? [404] : [200, 303]
            #expect(expected.contains(response.status), "\(way): \(response.status)")
        }
    }

    @Test func `what is for no desk is for all`() async throws {
        let desk = try await DeskTown.make(to: nil)
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.sheet)
        #expect(clerk.status == 200 && clerk.has(Self.name))
    }

    @Test func `the lists name desk, sender and type of another desk's sheet, not the patient`()
        async throws
    {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        for list in ["/inbox", "/inbox?show=unopened"] {
            await clerk.open(desk.town.path(.clinic, list))
            #expect(clerk.has("窓口「病棟」あて") && clerk.has("架空橋ケアプランセンター"), "\(list)")
            // The other sheet of the same person is for all.
            #expect(clerk.html.components(separatedBy: Self.name).count == 2, "\(list)")
            #expect(!clerk.has("name=\"sheet\" value=\"\(desk.key.messageID)\""), "\(list)")
        }
        // What waits in the morning waits for somebody: 本日 and the list of it count alike.
        await clerk.open(desk.town.path(.clinic, "/morning"))
        #expect(clerk.has("届いてまだ開いていない書類（1 件）") && !clerk.has("窓口「病棟」あて"))
        #expect(!clerk.has(desk.key.messageID.text))
        await clerk.open(desk.town.path(.clinic))
        #expect(!clerk.has(Self.name))
        #expect(clerk.has("<b>1</b>新着（未開封）") && clerk.has(">未開封 1<"))
        #expect(clerk.has("/inbox?show=unopened&amp;desk=own\""))
        await clerk.open(desk.town.path(.clinic, "/inbox?show=unopened&desk=own"))
        #expect(clerk.has("全 1 件") && !clerk.has("窓口「病棟」あて"))
        #expect(clerk.has("<option value=\"own\" selected>自分の窓口"))
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        await ward.open(desk.town.path(.clinic, "/inbox"))
        #expect(ward.html.components(separatedBy: Self.name).count == 3)
    }

    @Test func `neither search nor folder nor copying finds it`() async throws {
        let desk = try await DeskTown.make()
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        let people = desk.town.path(.clinic, "/people")
        for (person, sheets) in [(ward, 2), (clerk, 1)] {
            await person.open(people)
            let folder = try #require(person.link(people + "/"))
            await person.open(folder)
            #expect(person.has("全 \(sheets) 件"))
            #expect(person.has(desk.key.messageID.text) == (sheets == 2))
        }
        await ward.open(desk.sheet)
        let new = desk.town.path(.clinic, "/new")
        await clerk.open(new)
        await clerk.post(new, [("type", "referredPatientStatus")])
        let id = desk.key.messageID.text
        #expect(!clerk.has(id))
        await clerk.post(clerk.path, [("earlier", id), ("go", "copy")])
        #expect(clerk.status == 404)
    }

    @Test func `in the thread of an own sheet it stands with its desk`() async throws {
        let desk = try await DeskTown.make()
        let office = desk.town.town.office(.careOffice)
        let row = try await office.track(desk.key.messageID)
        let sheet = try await office.review(row.message, by: Town.careManager)
        var json = try #require(sheet.json.object)
        json["sheetId"] = .name(SheetID.make(SystemRandom()))
        let request = SendRequest(sheet: JSON.object(json).canonicalBytes)
        let queued = try await office.send(request, by: Town.careManager)
        try await desk.town.town.settle()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.town.path(.clinic, "/sheets/\(queued.messageID)"))
        #expect(clerk.status == 200 && clerk.has("窓口「病棟」あて"), "\(clerk.html)")
    }

    @Test func `who covers a desk that is away reads what is for it`() async throws {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.sheet)
        #expect(clerk.status == 403)
        let main = try #require(DeskID(DeskTown.main))
        let today = desk.clinic.today
        let away = try #require(
            Absence(
                (from: today, to: today),
                "会議のため",
                coveredBy: DeskAddress(desk.clinic.member, main)
            )
        )
        try await desk.clinic.changeDesk(try #require(DeskID(DeskTown.ward)), by: Town.nurse) {
            $0.absence = away
        }
        await clerk.open(desk.sheet)
        #expect(clerk.status == 200)
        desk.town.town.time.advance(by: .days(1))
        let later = try await desk.clerk("natsuo", at: [DeskTown.main])
        await later.open(desk.sheet)
        #expect(later.status == 403)
    }

    @Test func `the deputy that an answer was handed to reads it`() async throws {
        let desk = try await DeskTown.make()
        let main = try #require(DeskID(DeskTown.main))
        try await desk.clinic.changeDesk(try #require(DeskID(DeskTown.ward)), by: Town.nurse) {
            $0.deputies = [Deputy(main, afterMinutes: 0)]
        }
        let early = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await early.open(desk.sheet)
        #expect(early.status == 403)
        desk.town.town.time.advance(by: .days(9))
        try await desk.town.town.settle()
        let clerk = try await desk.clerk("natsuo", at: [DeskTown.main])
        // It counts as theirs in every list, as long as nobody has opened it.
        await clerk.open(desk.town.path(.clinic))
        #expect(clerk.has("<b>2</b>新着（未開封）") && clerk.has(">未開封 2<"), "\(clerk.html)")
        for list in ["/inbox?desk=own", "/inbox?show=unopened&desk=own", "/morning"] {
            await clerk.open(desk.town.path(.clinic, list))
            #expect(clerk.has(desk.key.messageID.text), "\(list)")
        }
        await clerk.open(desk.sheet)
        #expect(clerk.status == 200, "\(clerk.html)")
    }

    @Test func `who covers the deputy reads what was handed to it`() async throws {
        let desk = try await DeskTown.make()
        let kind = try #require(Department("none"))
        let reserve = try #require(DeskID("reserve"))
        try await desk.clinic.addDesk(
            DirectoryDesk(reserve, name: "予備", kind: kind),
            by: Town.nurse
        )
        try await desk.clinic.changeDesk(try #require(DeskID(DeskTown.ward)), by: Town.nurse) {
            $0.deputies = [Deputy(reserve, afterMinutes: 0)]
        }
        desk.town.town.time.advance(by: .days(9))
        try await desk.town.town.settle()
        let clerk = try await desk.clerk("natsuo", at: [DeskTown.main])
        await clerk.open(desk.sheet)
        #expect(clerk.status == 403)
        let today = desk.clinic.today
        let main = DeskAddress(desk.clinic.member, try #require(DeskID(DeskTown.main)))
        let away = try #require(Absence((from: today, to: today), "会議のため", coveredBy: main))
        try await desk.clinic.changeDesk(reserve, by: Town.nurse) { $0.absence = away }
        await clerk.open(desk.town.path(.clinic, "/inbox?desk=own"))
        #expect(clerk.has(desk.key.messageID.text))
        await clerk.open(desk.sheet)
        #expect(clerk.status == 200, "\(clerk.html)")
    }

    @Test func `an administrator says at which desks somebody works`() async throws {
        let desk = try await DeskTown.make()
        let head = try await desk.clerk("shunin", [.administrator], at: [])
        let staff = desk.town.path(.clinic, "/staff")
        await head.open(staff)
        #expect(head.has("<th scope=\"col\">窓口</th>"))
        await head.post(
            staff,
            [
                ("signInName", "kaori"), ("displayName", "潮見 薫"), ("profession", "nurse"),
                ("roles", "sender"), ("desks", DeskTown.main),
            ]
        )
        let lines = try await desk.town.desk(.clinic).list(
            by: .console(Town.nurse)
        )
        let line = try #require(lines.first { $0.signInName.text == "kaori" })
        #expect(line.desks.map(\.text) == [DeskTown.main])
        await head.open(staff + "/\(line.id)/desks")
        #expect(head.has("value=\"main\" checked") && head.has("value=\"ward\">"))
        await head.post(
            staff + "/\(line.id)/desks",
            [("desks", DeskTown.ward), ("desks", "nowhere")]
        )
        let changed = try await desk.town.desk(.clinic).list(by: .console(Town.nurse))
        #expect(changed.first { $0.id == line.id }?.desks.map(\.text) == [DeskTown.ward])
        // What a form did not ask about stays; a desk that is no more can be taken away.
        let (path, token) = (staff + "/\(line.id)/desks", try #require(head.token))
        let console = StaffActor.console(Town.nurse)
        let two = [DeskTown.ward, "closed"].compactMap { DeskID($0) }
        try await desk.town.desk(.clinic).setDesks(two, of: line.id, by: console)
        let asked = [("token", token), ("asked", DeskTown.main), ("asked", DeskTown.ward)]
        _ = await head.respond(.post, path, asked + [("desks", DeskTown.main)])
        await head.open(path)
        #expect(head.has("value=\"main\" checked>") && head.has("value=\"closed\" checked>closed"))
        #expect(head.has("value=\"ward\">"))
        await head.post(path, [("desks", DeskTown.main)])
        await head.open(path)
        #expect(head.has("value=\"main\" checked>") && !head.has("closed"))
        // An office with one desk is not asked.
        let small = try await desk.town.clerk("kanri", [.administrator])
        await small.open(desk.town.path(.careOffice, "/staff"))
        #expect(!small.has("窓口</th>"))
    }
}
