import Audit
import Delivery
import Foundation
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages
@testable import Staff

/// 担当: whose a received sheet is.
struct AssignTests {
    private func id(_ desk: DeskTown, _ name: String) async throws -> String {
        let staff = try desk.town.desk(.clinic)
        let name = try #require(SignInName(name))
        return try await staff.find(name, by: .console(Town.nurse)).id.text
    }

    @Test func `ticked rows become somebody's, and the lists find them`() async throws {
        let desk = try await DeskTown.make()
        let lead = try await desk.clerk("sekinin", [.deskLead], at: [])
        let clerk = try await desk.clerk("kaori", at: [DeskTown.ward])
        let own = desk.town.path(.clinic)
        await lead.open(own)
        #expect(lead.has("<b>2</b>担当なし"))
        let inbox = own + "/inbox?show=unassigned"
        await lead.open(inbox)
        #expect(lead.has("全 2 件") && lead.has("formaction=\"\(own)/inbox/assign\""))
        let fields = [
            ("token", lead.token ?? ""), ("sheet", desk.key.messageID.text),
            ("assignee", try await id(desk, "kaori")), ("back", inbox),
        ]
        await lead.post(own + "/inbox/assign", fields)
        #expect(lead.path == inbox && lead.has("全 1 件"))
        for (person, count) in [(clerk, 1), (lead, 0)] {
            await person.open(own + "/inbox?show=mine")
            #expect(person.has("全 \(count) 件"))
        }
        await clerk.open(desk.sheet)
        #expect(clerk.has("担当: 辻󠄁本 春香") && !clerk.has("担当にする"))
        let entries = try await desk.clinic.auditEntries(
            of: nil,
            message: desk.key.messageID,
            by: Town.nurse
        )
        let leaf = try #require(entries.first { $0.leaf.facts.event == .sheetAssigned })
        #expect(leaf.openings.contains { $0.value == "辻󠄁本 春香" && $0.field == .details })
        // On the page of the sheet it becomes nobody's again.
        await lead.open(desk.sheet)
        await lead.post(own + "/inbox/assign", [("assignee", "")])
        #expect(lead.path == desk.sheet && lead.has("<p>担当なし</p>"))
    }

    @Test func `nobody is given what they may not open`() async throws {
        let desk = try await DeskTown.make()
        let lead = try await desk.clerk("sekinin", [.deskLead], at: [])
        _ = try await desk.clerk("hitoshi", at: [DeskTown.main])
        let path = desk.town.path(.clinic, "/inbox/assign")
        let token = try #require(lead.token)
        let message = desk.key.messageID.text
        let other = try await lead.respond(
            .post,
            path,
            [("token", token), ("sheet", message), ("assignee", id(desk, "hitoshi"))]
        )
        #expect(other.status == 400 && other.text.contains("窓口「病棟」の職員ではない"))
        for assignee in ["nobody", AccountID.make(SeededRandom(seed: 4)).text] {
            let response = await lead.respond(
                .post,
                path,
                [("token", token), ("sheet", message), ("assignee", assignee)]
            )
            #expect(response.status == 404)
        }
        let row = try await desk.clinic.rows(of: [desk.key]).received[desk.key]
        #expect(row?.assignee == nil)
    }

    @Test func `of several rows all become somebody's, or none`() async throws {
        let desk = try await DeskTown.make()
        let lead = try await desk.clerk("sekinin", [.deskLead], at: [])
        let row = try #require(
            try await desk.clinic.rows(of: [desk.key]).received[desk.key]
        )
        let reader = try await desk.reader("sekinin")
        let own = try await desk.clinic.permit(desk.key, for: reader)
        // What this organisation has sent is in nobody's inbox.
        let sent = MessageKey(from: desk.clinic.member, messageID: desk.key.messageID)
        let other = try await desk.clinic.permit(sent, for: reader)
        let account = try #require(reader.account)
        await #expect(throws: GatewayError.self) {
            try await desk.clinic.assign([own, other], to: account, named: "辻󠄁本 春香")
        }
        let after = try await desk.clinic.rows(of: [desk.key]).received[desk.key]
        #expect(after == row && after?.assignee == nil)
        let before = try await size(desk)
        let all = try await desk.clinic.inbox(limit: 9).map(\.key)
        let token = try #require(lead.token)
        let fields = [("token", token), ("assignee", account.text)]
        let answer = await lead.respond(
            .post,
            desk.town.path(.clinic, "/inbox/assign"),
            fields + all.map { ("sheet", $0.messageID.text) }
        )
        #expect(answer.status == 303 && all.count == 2)
        #expect(try await size(desk) == before + 2)
        #expect(try await desk.clinic.inbox(limit: 9).allSatisfy { $0.assignee == account })
    }

    private func size(_ desk: DeskTown) async throws -> Int {
        try await desk.clinic.auditEntries(of: nil, message: nil, by: Town.nurse)
            .count { $0.leaf.facts.event == .sheetAssigned }
    }

    @Test func `who is of another desk gives away nothing of this one`() async throws {
        let desk = try await DeskTown.make()
        let lead = try await desk.clerk("sekinin", [.deskLead], at: [DeskTown.main])
        let response = try await lead.respond(
            .post,
            desk.town.path(.clinic, "/inbox/assign"),
            [
                ("token", try #require(lead.token)), ("sheet", desk.key.messageID.text),
                ("assignee", id(desk, "sekinin")),
            ]
        )
        #expect(response.status == 403)
    }

    @Test func `what was taken over or answered is not counted as nobody's`() async throws {
        let desk = try await DeskTown.make()
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        await ward.open(desk.sheet)
        await ward.open(desk.town.path(.clinic))
        #expect(ward.has("<b>2</b>担当なし"))
        await ward.open(desk.sheet)
        await ward.post(desk.sheet + "/confirm")
        await ward.open(desk.town.path(.clinic))
        #expect(ward.has("<b>1</b>担当なし"))
    }
}
