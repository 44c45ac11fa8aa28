import Audit
import Cryptography
import Delivery
import Directory
import Gateway
import Paper
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// Organisations of a town with their pages, and people who have signed in for the first time.
struct PagesTown {
    let town: Town
    let pages: PageHandler
    private let desks: [World.Place: StaffDesk]

    static let password = "川の向こうの三本杉と青い屋根"

    static func make(
        _ places: [World.Place] = [.careOffice, .clinic],
        hold: Duration = .zero,
        port: Int = 443,
        english: English? = nil,
        hasher: PasswordHasher = PasswordHasher(cost: .least)
    ) async throws -> PagesTown {
        let town = try await Town.make(places: places, hold: hold)
        var desks: [World.Place: StaffDesk] = [:]
        var offices: [MemberID: Office] = [:]
        var settings = StaffSettings(issuer: "試験")
        settings.site = PasskeySite(origin: "https://localhost\(port == 443 ? "" : ":\(port)")")
        for place in places {
            let gateway = town.office(place)
            let desk = try await StaffDesk.open(
                MemoryAccountBook(),
                of: PartyID(gateway.member),
                settings: settings,
                hasher: hasher,
                seams: (time: town.time, random: SystemRandom())
            )
            desks[place] = desk
            offices[gateway.member] = Office(gateway, staff: desk)
        }
        var parts = PagesParts(
            offices: offices,
            seams: (time: town.time, random: SystemRandom()),
            say: { (summary: $0.code + "。", advice: $0.advice) },
            sayCode: { $0 }
        )
        parts.english = english
        parts.sayKeys = { [$0.state.rawValue] }
        // The job in place of the page: a worker has tests of its own.
        parts.press = { (job: PaperJob) async throws(PaperRefusal) -> [UInt8] in job.bytes }
        parts.undrawn = { (characters: [String]) async throws(PaperRefusal) -> [String] in
            characters.filter { $0.unicodeScalars.contains { $0.value == 0x13000 } }
        }
        return PagesTown(town: town, pages: PageHandler(parts), desks: desks)
    }

    func desk(_ place: World.Place) throws -> StaffDesk { try #require(desks[place]) }

    func path(_ place: World.Place, _ rest: String = "") -> String {
        "/o/\(town.office(place).member.text)\(rest)"
    }

    /// A new person goes through the whole first sign-in, over the pages.
    func clerk(
        _ name: String,
        _ roles: Set<StaffRole> = [.sender],
        at place: World.Place = .careOffice,
        profession: String = "careManager",
        onlyAfter prepare: (Clerk) -> Void = { _ in }
    ) async throws -> Clerk {
        let desk = try desk(place)
        let role = try #require(RoleCode(profession))
        let new = NewAccount(
            try #require(SignInName(name)),
            named: "辻󠄁本 春香",
            profession: role,
            roles: roles
        )
        let agent = Agent(.person, name: "施設長", role: role, assurance: .none)
        let code = try await desk.add(try #require(new), by: .console(agent))
        let clerk = Clerk(pages)
        clerk.town = town
        prepare(clerk)
        let door = path(place, "/signin")
        await clerk.open(door)
        await clerk.post(door, [("name", name), ("password", code.text)])
        await clerk.post(door + "/password", [("password", Self.password)])
        let key = try #require(clerk.between("id=\"key\">", "</p>"))
        let app = try #require(Authenticator(shown: key))
        await clerk.post(door + "/enrol", [("code", app.code(at: town.time.now))])
        try #require(clerk.has("予備コード"), "\(clerk.html)")
        clerk.app = app
        clerk.spareCode = clerk.between("<ul class=\"codes\"><li>", "</li>")
        await clerk.open(path(place))
        try #require(clerk.status == 200)
        return clerk
    }

    /// The first step of a sign-in of somebody who was here before.
    func password(
        _ clerk: Clerk,
        _ name: String,
        _ password: String = PagesTown.password,
        at place: World.Place = .careOffice
    ) async throws {
        let door = path(place, "/signin")
        await clerk.open(door)
        await clerk.post(door, [("name", name), ("password", password)])
        try #require(clerk.title.hasPrefix("確認コード"), "\(clerk.html)")
    }

    func signIn(
        _ clerk: Clerk,
        _ name: String,
        _ password: String = PagesTown.password,
        with code: String
    ) async throws {
        try await self.password(clerk, name, password)
        await clerk.post(path(.careOffice, "/signin/code"), [("code", code)])
        try #require(clerk.title.hasPrefix("本日"), "\(clerk.html)")
    }
}
