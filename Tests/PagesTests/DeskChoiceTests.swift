import Cryptography
import Gateway
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// The writer says for which of the recipient's desks (窓口) a sheet is.
struct DeskChoiceTests {
    private struct Writing {
        let desks: DeskTown
        let draft: String
        var care: Clerk { desks.care }
        private var clinic: String { desks.clinic.member.text }

        /// A liaison sheet with its grounds, and a recipient that has two desks.
        init() async throws {
            desks = try await DeskTown.make()
            let town = desks.town
            let new = town.path(.careOffice, "/new")
            await desks.care.open(new)
            await desks.care.post(new, [("type", "careLiaison")])
            draft = desks.care.path
            await post(nil, next: "save")
        }

        func post(_ desk: String?, next: String) async {
            let to = [("to", clinic)]
            let meant = desk.map { [("desk", $0.isEmpty ? "" : clinic + "/" + $0)] } ?? []
            let record = care.between("value=\"record:", "\"")
            let ground = record.map { [("consent", "record:" + $0)] } ?? []
            await care.post(draft, JourneyTests.liaison + to + meant + ground + [("next", next)])
        }

        func sent() async throws -> OutboxCopy? {
            try await desks.town.town.office(.careOffice).outbox(limit: 1).first?.copies.first
        }
    }

    @Test func `it is checked, sent and received for the desk that was chosen`() async throws {
        let writing = try await Writing()
        await writing.post(DeskTown.ward, next: "save")
        #expect(writing.care.has("/ward\" selected>病棟"))
        await writing.post(DeskTown.ward, next: "check")
        #expect(writing.care.title.hasPrefix("送信前の確認") && writing.care.has("<br>病棟"))
        await writing.care.post(writing.draft + "/send")
        #expect(writing.care.has("幻町内科クリニック 病棟"))
        #expect(try await writing.sent()?.desk?.text == DeskTown.ward)
        try await writing.desks.town.town.settle()
        let row = try await writing.desks.clinic.inbox(limit: 1).first
        #expect(row?.sheet?.desk?.text == DeskTown.ward)
    }

    @Test func `none is meant where none was chosen or it was taken back`() async throws {
        let writing = try await Writing()
        await writing.post(DeskTown.ward, next: "save")
        await writing.post("", next: "check")
        #expect(writing.care.has("<br>窓口の指定なし"))
        await writing.care.post(writing.draft + "/send")
        #expect(try #require(try await writing.sent()).desk == nil)
    }

    @Test func `what was checked for one desk is not sent to another`() async throws {
        let writing = try await Writing()
        await writing.post(DeskTown.ward, next: "check")
        let checked = try #require(writing.care.between("name=\"sha256\" value=\"", "\""))
        let before = try await writing.sent()
        await writing.care.open(writing.draft)
        await writing.post(DeskTown.main, next: "check")
        await writing.care.post(writing.draft + "/send", [("sha256", checked)])
        #expect(writing.care.title.hasPrefix("送信前の確認") && !writing.care.has("<br>病棟"))
        #expect(try await writing.sent()?.movedAt == before?.movedAt)
    }

    @Test func `to a desk that the recipient does not have nothing is sent`() async throws {
        let writing = try await Writing()
        let office = writing.desks.town.town.office(.careOffice)
        let before = try await office.outbox(limit: 10).count
        await writing.post("nosuch", next: "check")
        await writing.care.post(writing.draft + "/send")
        #expect(try await office.outbox(limit: 10).count == before)
        #expect(writing.care.has("deskUnknown"))
    }

    @Test(arguments: ["", "／", "../main", "main/ward"])
    func `what names no desk means none`(_ name: String) async throws {
        let writing = try await Writing()
        await writing.post(name, next: "check")
        #expect(writing.care.has("窓口の指定なし"))
        await writing.care.post(writing.draft + "/send")
        #expect(try #require(try await writing.sent()).desk == nil)
    }

    @Test func `a desk goes along on paper`() async throws {
        let writing = try await Writing()
        await writing.post(DeskTown.ward, next: "check")
        await writing.care.post(writing.draft + "/paper")
        let id = try #require(writing.care.path.split(separator: "/").last)
        let office = writing.desks.town.town.office(.careOffice)
        let route = try await office.paper(try #require(MessageID(String(id))))
        #expect(route.copies.map(\.desk?.text) == [DeskTown.ward])
    }

    @Test func `a draft from before there were desks is read`() throws {
        let type = try #require(SheetType("careLiaison"))
        var draft = Draft(of: type, SystemRandom())
        let member = try #require(MemberID("maaaaaaaaaaaaaaaaaaaaaaaaaa"))
        draft.desks = [member: try #require(DeskID(DeskTown.ward))]
        #expect(try Draft(reading: draft.json.canonicalBytes).desks == draft.desks)
        var json = try #require(draft.json.object)
        json["desks"] = nil
        #expect(try Draft(reading: JSON.object(json).canonicalBytes).desks.isEmpty)
    }

    @Test func `the desk is copied into a correction`() async throws {
        let writing = try await Writing()
        await writing.post(DeskTown.ward, next: "check")
        await writing.care.post(writing.draft + "/send")
        let page = writing.care.path
        try await writing.desks.town.town.settle()
        await writing.care.open(page)
        await writing.care.post(page + "/correct")
        #expect(writing.care.has("/ward\" selected>病棟"), "\(writing.care.html)")
    }
}
