import Foundation
import HTTP
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// An administrator gives and takes roles on the pages.
struct StaffRolesTests {
    private struct Office {
        let town: PagesTown
        let head: Clerk
        let other: Clerk
        /// The page of the other's roles.
        let page: String

        init() async throws {
            town = try await PagesTown.make([.careOffice])
            other = try await town.clerk("haruka", [.author])
            head = try await town.clerk("kanri", [.administrator])
            await head.open(town.path(.careOffice, "/staff"))
            page = try #require(Self.link(for: "haruka", head))
            await head.open(page)
        }

        /// The link to the roles of somebody, in the list of all.
        static func link(for name: String, _ head: Clerk) -> String? {
            head.html.components(separatedBy: "<tr>").first { $0.contains(">\(name)<") }
                .flatMap { Crawl.links($0).first { $0.hasSuffix("/roles") } }
        }

        func roles(of name: String) async throws -> Set<StaffRole> {
            let lines = try await town.desk(.careOffice).list(by: .console(Town.nurse))
            return Set(try #require(lines.first { $0.signInName.text == name }).roles)
        }
    }

    @Test func `what is given and taken holds at once`() async throws {
        let office = try await Office()
        #expect(office.head.has("value=\"\(StaffRole.author.rawValue)\" checked"))
        #expect(office.head.has("value=\"\(StaffRole.auditor.rawValue)\">"))
        let audit = office.town.path(.careOffice, "/audit")
        await office.other.open(audit)
        #expect(office.other.status == 403)
        await office.head.post(office.page, [("roles", StaffRole.auditor.rawValue)])
        #expect(try await office.roles(of: "haruka") == [.auditor])
        await office.other.open(audit)
        #expect(office.other.status == 200)
        await office.other.open(office.town.path(.careOffice, "/new"))
        #expect(office.other.status == 403)
    }

    @Test func `nobody is left without a role by mistake, nor the office without a head`()
        async throws
    {
        let office = try await Office()
        let token = ("token", try #require(office.head.token))
        for roles in [[], [("roles", "nosuch")]] {
            let answer = await office.head.respond(.post, office.page, [token] + roles)
            #expect(answer.status == 400 && answer.text.contains("役割を選んでください"))
        }
        #expect(try await office.roles(of: "haruka") == [.author])
        await office.head.open(office.town.path(.careOffice, "/staff"))
        let own = try #require(Office.link(for: "kanri", office.head))
        await office.head.open(own)
        await office.head.post(own, [("roles", StaffRole.author.rawValue)])
        #expect(office.head.has("lastAdministrator"))
        #expect(try await office.roles(of: "kanri") == [.administrator])
    }

    @Test func `what another administrator took is not given back by an old page`() async throws {
        let office = try await Office()
        let console = StaffActor.console(Town.nurse)
        let desk = try office.town.desk(.careOffice)
        let line = try #require(
            try await desk.list(by: console).first { $0.signInName.text == "haruka" }
        )
        try await desk.setRoles([.reader], of: line.id, by: console)
        await office.head.post(office.page, [("roles", StaffRole.deskLead.rawValue)])
        #expect(office.head.has("accountChanged"))
        #expect(try await office.roles(of: "haruka") == [.reader])
    }

    @Test func `whoever gives the accounts away is led to what is left`() async throws {
        let office = try await Office()
        _ = try await office.town.clerk("second", [.administrator])
        await office.head.open(office.town.path(.careOffice, "/staff"))
        let own = try #require(Office.link(for: "kanri", office.head))
        await office.head.open(own)
        await office.head.post(own, [("roles", StaffRole.reader.rawValue)])
        #expect(office.head.status == 200 && office.head.title.hasPrefix("本日"))
        #expect(try await office.roles(of: "kanri") == [.reader])
    }

    @Test func `who has left has no roles to change`() async throws {
        let office = try await Office()
        let console = StaffActor.console(Town.nurse)
        let desk = try office.town.desk(.careOffice)
        let line = try #require(
            try await desk.list(by: console).first { $0.signInName.text == "haruka" }
        )
        try await desk.leave(line.id, by: console)
        await office.head.post(office.page, [("roles", StaffRole.auditor.rawValue)])
        #expect(office.head.has("accountLeft"))
        await office.head.open(office.town.path(.careOffice, "/staff"))
        #expect(!office.head.has(office.page))
    }
}
