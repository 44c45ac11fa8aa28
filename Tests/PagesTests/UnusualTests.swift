import Audit
import Cryptography
import Delivery
import Foundation
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// 気になる動き, as an auditor finds them and says that they were looked at.
struct UnusualTests {
    private static let name = "髙﨑 𠮷之助"

    private func finding(_ clerk: Clerk, _ desk: DeskTown) throws -> String {
        let start = desk.town.path(.clinic, "/audit/unusual/")
        let row = try #require(clerk.between("<b>緊急閲覧:</b>", "</tr>"))
        let from = try #require(row.range(of: start))
        return start + row[from.upperBound...].prefix { $0 != "\"" }
    }

    @Test func `an emergency stands there with its reason until somebody has looked at it`()
        async throws
    {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.sheet + "/emergency")
        await clerk.post(
            desk.sheet + "/emergency",
            [("reason", "safety"), ("text", "搬送の受け入れ中です。")]
        )
        try #require(clerk.has("緊急閲覧中です"))
        let auditor = try await desk.town.clerk(
            "kansa",
            [.auditor],
            at: .clinic,
            profession: "clerk"
        )
        await auditor.open(desk.town.path(.clinic, "/audit"))
        await auditor.open(try #require(auditor.link(desk.town.path(.clinic, "/audit/unusual"))))
        #expect(auditor.has("本人の安全の確保") && auditor.has("搬送の受け入れ中です。"))
        #expect(auditor.has("\(Self.name) さんの、担当ではない窓口") && auditor.has("<b>未確認</b>"))
        #expect(auditor.has("<time datetime=") && auditor.has(">2026/"))
        let path = try finding(auditor, desk)
        await auditor.open(path)
        #expect(auditor.status == 200 && auditor.has("この動きの記録（古い順）"))
        await auditor.post(path, [("comment", " \n")])
        #expect(auditor.status == 400 && auditor.title.hasPrefix("エラー: "))
        await auditor.post(path, [("comment", "窓口責任者に確かめました。")])
        #expect(auditor.has("窓口責任者に確かめました。") && auditor.has("確認済 <time"))
        let events = try await desk.clinic.auditEntries(of: nil, message: nil, by: Town.nurse)
            .map(\.leaf.facts.event)
        #expect(events.suffix(2) == [.auditReviewed, .auditQueried])
    }

    @Test func `what is no finding is nowhere, and nothing is said of it`() async throws {
        let desk = try await DeskTown.make()
        let auditor = try await desk.town.clerk(
            "kansa",
            [.auditor],
            at: .clinic,
            profession: "clerk"
        )
        let unusual = desk.town.path(.clinic, "/audit/unusual")
        await auditor.open(unusual)
        #expect(auditor.has("気になる動きはありません") && !auditor.has("未確認"))
        for id in [SHA256.hash([]).hex, "x", SHA256.hash([]).hex.uppercased()] {
            let token = try #require(auditor.token)
            let fields = [("token", token), ("comment", "見ました。")]
            let shown = await auditor.respond(.get, "\(unusual)/\(id)")
            let said = await auditor.respond(.post, "\(unusual)/\(id)", fields)
            #expect(shown.status == 404 && said.status == 404, "\(id)")
        }
        await #expect(throws: GatewayError.self) {
            try await desk.clinic.review(unusual: SHA256.hash([]), "x", by: Town.nurse)
        }
    }

    @Test func `only the last quarter is looked at`() async throws {
        let desk = try await DeskTown.make()
        let clerk = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await clerk.open(desk.sheet + "/emergency")
        await clerk.post(desk.sheet + "/emergency", [("reason", "safety"), ("text", "搬送")])
        let time = desk.town.town.time
        func kinds() async throws -> Set<UnusualAccess.Kind> {
            Set(try await desk.clinic.unusualAccesses(by: Town.nurse).map(\.kind))
        }
        #expect(try await kinds().contains(.breakGlass))
        // Of the first day all is looked at.
        time.advance(by: Limits.unusualSpan)
        #expect(try await kinds().contains(.breakGlass))
        time.advance(by: .days(1))
        #expect(try await !kinds().contains(.breakGlass))
    }

    @Test func `a record of an account names the person`() async throws {
        let town = try await PagesTown.make()
        let auditor = try await town.clerk("kansa", [.auditor], at: .clinic, profession: "clerk")
        let clinic = town.town.office(.clinic)
        let account = try await town.desk(.clinic).find(
            try #require(SignInName("kansa")),
            by: .console(Town.nurse)
        )
        for id in [account.id, AccountID.make(SystemRandom())] {
            let object = AuditObject.account(id)
            try await clinic.noteStaff([
                AuditFacts(
                    .accountCreated,
                    by: Town.nurse,
                    for: PartyID(clinic.member),
                    on: object,
                    at: town.town.time.now
                )
            ])
        }
        let audit = town.path(.clinic, "/audit")
        await auditor.open(audit)
        await auditor.post(audit)
        #expect(auditor.html.components(separatedBy: "職員を登録").count == 3)
        #expect(auditor.html.components(separatedBy: "<td>職員 辻󠄁本 春香</td>").count == 2)
    }
}
