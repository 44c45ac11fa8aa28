import Audit
import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages
@testable import Staff

/// 緊急閲覧, and what a second person says of it.
struct EmergencyTests {
    private static let name = "髙﨑 𠮷之助"
    private static let said = [
        ("reason", "patientEmergency"), ("text", "搬送の受け入れ中で、内服薬の確認が必要です。"),
    ]

    private func events(_ desk: DeskTown) async throws -> [String] {
        try await desk.clinic.auditEntries(
            of: nil,
            message: desk.key.messageID,
            by: Town.nurse
        ).map { entry in
            let facts = entry.leaf.facts
            return "\(facts.event.rawValue) \(facts.outcome.rawValue) \(facts.reason?.text ?? "")"
        }
    }

    /// Somebody of another desk opens the sheet, with a reason.
    private func open(_ desk: DeskTown, _ name: String = "hitoshi") async throws -> Clerk {
        let clerk = try await desk.clerk(name, at: [DeskTown.main])
        await clerk.open(desk.sheet)
        #expect(clerk.status == 403 && clerk.link(desk.sheet + "/emergency") != nil)
        await clerk.open(desk.sheet + "/emergency")
        #expect(clerk.status == 200 && clerk.has("病棟") && !clerk.has(Self.name))
        await clerk.post(desk.sheet + "/emergency", Self.said)
        return clerk
    }

    @Test func `with a reason one sheet is open for half an hour, to that person alone`()
        async throws
    {
        let desk = try await DeskTown.make()
        let second = try await desk.town.sendAgain(to: DeskTown.ward)
        try await desk.town.town.settle()
        let clerk = try await open(desk)
        #expect(clerk.path == desk.sheet && clerk.has(Self.name) && clerk.has("緊急閲覧中です"))
        let events = try await events(desk)
        let used = try #require(events.firstIndex(of: "breakGlass.used 0 patientEmergency"))
        let opened = try #require(events.firstIndex(of: "sheet.opened 0 "))
        #expect(used < opened, "on record before anything is shown")
        for (path, status) in [
            (desk.town.path(.clinic, "/sheets/\(second.messageID)"), 403),
            (desk.town.path(.clinic, "/evidence/\(desk.key.messageID)"), 403),
            (desk.town.path(.clinic, "/people/\(desk.key.messageID)/difference"), 403),
            (desk.sheet + "/attachments/0", 404), (desk.sheet, 200),
        ] {
            let response = await clerk.respond(.get, path)
            #expect(response.status == status, "\(path)")
        }
        let token = try #require(clerk.token)
        for act in ["/print", "/confirm", "/reply", "/return"] {
            let fields = [
                ("token", token), ("type", "careLiaisonReply"), ("reason", "wrongPatient"),
            ]
            let response = await clerk.respond(.post, desk.sheet + act, fields)
            #expect(response.status == 403, "\(act)")
        }
        let other = try await desk.clerk("natsuo", at: [DeskTown.main])
        await other.open(desk.sheet)
        #expect(other.status == 403)
        desk.town.town.time.advance(by: .minutes(10))
        await clerk.open(desk.sheet)
        #expect(clerk.status == 200)
        desk.town.town.time.advance(by: .minutes(10))
        await clerk.open(desk.sheet)
        desk.town.town.time.advance(by: .minutes(10))
        await clerk.open(desk.sheet)
        #expect(clerk.status == 403)
    }

    @Test func `its sender is told in what way it was opened`() async throws {
        let desk = try await DeskTown.make()
        _ = try await open(desk)
        try await desk.town.town.settle()
        let office = desk.town.town.office(.careOffice)
        let row = try await office.track(desk.key.messageID)
        #expect(row.copies.map(\.state) == [.opened])
        let opened = try await office.receipts(of: desk.key).first {
            $0.statement.type == .opened
        }
        let receipt = try #require(opened)
        let text = String(decoding: receipt.statement.bytes, as: UTF8.self)
        #expect(text.contains("breakGlass"))
        let sender = try await desk.town.clerk("asker")
        await sender.open(desk.town.path(.careOffice, "/sent/\(desk.key.messageID)"))
        let strip = try #require(sender.between("<ol class=\"strip\"", "</ol>"))
        #expect(strip.contains("（緊急閲覧）"), "\(strip)")
        await sender.open(desk.town.path(.careOffice, "/sent/\(desk.key.messageID)/certificate"))
        #expect(sender.has("（緊急閲覧）"), "on paper too")
    }

    @Test func `for its own desk it is unopened still, until somebody of it opens it`()
        async throws
    {
        let desk = try await DeskTown.make()
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        let unopened = desk.town.path(.clinic, "/inbox?show=unopened&desk=own")
        _ = try await open(desk)
        _ = try await open(desk, "natsuo")
        try await desk.town.town.settle()
        await ward.open(unopened)
        #expect(ward.link(desk.sheet) != nil)
        #expect(try await desk.clinic.inboxRow(desk.key).state == .delivered)
        await ward.open(desk.sheet)
        #expect(ward.status == 200)
        await ward.open(unopened)
        #expect(ward.link(desk.sheet) == nil)
        await ward.open(desk.sheet)
        #expect(!ward.has("受領を確認しました"))
        await ward.post(desk.sheet + "/confirm")
        #expect(ward.has("受領を確認しました。差出機関"), "\(ward.html)")
        try await desk.town.town.settle()
        let own = try await desk.clinic.receipts(of: desk.key)
        #expect(own.count { $0.statement.type == .opened } == 1, "of the first who saw it")
        #expect(own.count { $0.statement.type == .confirmed } == 1)
        let office = desk.town.town.office(.careOffice)
        let course = try await office.course(of: desk.key.messageID)
        #expect(course.copies.map(\.copy.state) == [.confirmed])
        #expect(course.copies.map(\.isEmergency) == [false])
    }

    @Test func `taken back after an emergency it was opened, and stays`() async throws {
        let desk = try await DeskTown.make()
        _ = try await open(desk)
        try await desk.town.town.settle()
        let office = desk.town.town.office(.careOffice)
        #expect(try await office.course(of: desk.key.messageID).copies[0].isEmergency)
        _ = try await office.withdraw(desk.key.messageID, because: .other, by: Town.careManager)
        try await desk.town.town.settle()
        let answer = try await office.course(of: desk.key.messageID).copies[0].answer
        #expect(answer?.outcome.code == .alreadyOpened)
        #expect(try await desk.clinic.inboxRow(desk.key).state == .delivered)
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        await ward.open(desk.sheet)
        #expect(ward.status == 200 && ward.has(Self.name))
    }

    @Test(arguments: [
        [("text", "急変")], [("reason", "patientEmergency")],
        [("reason", "patientEmergency"), ("text", " 　\n")],
        [("reason", "curiosity"), ("text", "x")],
        [("reason", "other"), ("text", String(repeating: "あ", count: 501))],
    ])
    func `without a reason nothing is opened`(fields: [(String, String)]) async throws {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.sheet + "/emergency")
        await clerk.post(desk.sheet + "/emergency", fields)
        #expect(clerk.status == 400 && clerk.title.hasPrefix("エラー: "))
        await clerk.open(desk.sheet)
        #expect(clerk.status == 403)
        #expect(try await !events(desk).contains { $0.hasPrefix("breakGlass") })
    }

    @Test func `who may see it anyway needs no emergency, and an author has none`() async throws {
        let desk = try await DeskTown.make()
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        await ward.open(desk.sheet + "/emergency")
        #expect(ward.path == desk.sheet && ward.has(Self.name) && !ward.has("緊急閲覧中です"))
        let author = try await desk.clerk("hitoshi", [.author], at: [DeskTown.main])
        await author.open(desk.sheet)
        #expect(author.status == 403 && author.link(desk.sheet + "/emergency") == nil)
        await author.open(desk.sheet + "/emergency")
        #expect(author.status == 403 && author.has("送信者・閲覧者・窓口責任者"))
        await #expect(throws: GatewayError.self) {
            try await desk.clinic.openInEmergency(
                desk.key,
                because: .other,
                "x",
                by: .console(Town.nurse)
            )
        }
    }

    @Test func `a second person reviews it, and never the one who did it`() async throws {
        let desk = try await DeskTown.make()
        let lead = try await desk.clerk("sekinin", [.deskLead], at: [DeskTown.main])
        await lead.open(desk.sheet + "/emergency")
        await lead.post(desk.sheet + "/emergency", Self.said)
        let own = desk.town.path(.clinic)
        let reviews = own + "/reviews"
        await lead.open(own)
        #expect(lead.has("<b>1</b>緊急閲覧・緊急例外の確認"))
        await lead.open(reviews)
        #expect(lead.has("ご自身が行ったもの") && lead.has("内服薬の確認") && !lead.has(Self.name))
        let id = try #require(try await desk.clinic.emergencies(limit: 9).waiting.first?.row.id)
        await lead.post(
            reviews + "/\(id)",
            [("token", lead.token ?? ""), ("verdict", "justified")]
        )
        #expect(lead.status == 400, "ownEmergency")
        let error = await #expect(throws: GatewayError.self) {
            let reader = try await desk.reader("sekinin")
            try await desk.clinic.review(id, .justified, "", by: reader)
        }
        #expect(error?.code == GatewayError.ownEmergency.code)
        let second = try await desk.clerk("daini", [.deskLead], at: [DeskTown.ward])
        await second.open(reviews)
        await second.post(reviews + "/\(id)", [("verdict", "unjustified")])
        #expect(second.status == 400 && second.has("理由を文章で"))
        await second.post(reviews + "/\(id)", [("verdict", "unjustified"), ("comment", "不要でした。")])
        #expect(second.path == reviews && second.has("確認を待っているものはありません"))
        #expect(second.has("不適切") && second.has("不要でした。"))
        #expect(try await events(desk).contains("breakGlass.reviewed 8 unjustified"))
        await lead.open(desk.sheet)
        #expect(lead.status == 403, "what was found unjustified ends at once")
        let again = await second.respond(
            .post,
            reviews + "/\(id)",
            [("token", second.token ?? ""), ("verdict", "justified")]
        )
        #expect(again.status == 409)
    }

    @Test func `what was found justified stays open, and what is late is marked`() async throws {
        let desk = try await DeskTown.make()
        let clerk = try await open(desk)
        let second = try await desk.clerk("daini", [.deskLead], at: [DeskTown.ward])
        let reviews = desk.town.path(.clinic, "/reviews")
        await second.open(reviews)
        #expect(!second.has("期限超過"))
        let id = try #require(try await desk.clinic.emergencies(limit: 9).waiting.first?.row.id)
        await second.post(reviews + "/\(id)", [("verdict", "justified")])
        await clerk.open(desk.sheet)
        #expect(clerk.status == 200)
        _ = try await open(desk, "natsuo")
        desk.town.town.time.advance(by: .days(8))
        let later = try await desk.clerk("sanban", [.deskLead], at: [DeskTown.ward])
        await later.open(reviews)
        #expect(later.has("期限超過"))
    }
}
