import Audit
import Cryptography
import Delivery
import HTTP
import Primitives
import Staff
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// 提供・受領の記録（29・30条）, from the folder of a person.
struct ProvisionPageTests {
    private static let name = "髙﨑 𠮷之助"

    /// Opens the record by the newest person's folder; its path.
    private func open(
        _ clerk: Clerk,
        _ town: PagesTown,
        _ place: World.Place = .careOffice
    ) async throws -> String {
        await clerk.open(town.path(place, "/people"))
        await clerk.open(try #require(clerk.link(town.path(place, "/people/")), "\(clerk.html)"))
        let record = clerk.path + "/record"
        #expect(clerk.has("href=\"\(record)\""))
        await clerk.open(record)
        try #require(clerk.status == 200, "\(clerk.html)")
        return record
    }

    /// What is on record of looking at it and of taking it along.
    private func acts(_ town: PagesTown, _ place: World.Place) async throws -> [AuditedEntry] {
        let entries = try await town.town.office(place)
            .auditEntries(of: Self.name, message: nil, by: Town.nurse)
        return entries.filter {
            [.auditQueried, .auditExported].contains($0.leaf.facts.event)
        }
    }

    @Test func `both sides find one line for what arrived, and nothing before`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        let number = try #require(sent.split(separator: "/").last.map(String.init))
        _ = try await open(care, town)
        #expect(care.has("提供も受領もまだありません") && !care.has("<td>\(number)</td>"))
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        for (clerk, place, word, peer, way) in [
            (care, World.Place.careOffice, "提供", "幻町内科クリニック", "連携で送信"),
            (clinic, .clinic, "受領", "架空橋ケアプランセンター", "架空橋ケアプランセンターから連携で受信"),
        ] {
            _ = try await open(clerk, town, place)
            #expect(clerk.has("全 1 件") && clerk.has("<td>\(word)<br>\(way)</td>"), "\(clerk.html)")
            #expect(clerk.has("<td>\(peer)<br>"))
            #expect(clerk.has("<td>医療・介護連携シート</td>") && clerk.has("<td>\(number)</td>"))
            #expect(clerk.has("<td>取得済（") && clerk.has("<dd>\(Self.name)</dd>"))
            #expect(clerk.has("昭和12年5月3日") && !clerk.title.contains("髙﨑"))
            #expect(!clerk.has("ほかの窓口"))
        }
        let row = try await town.town.office(.clinic).inbox(limit: 1).first
        #expect(row?.state == .delivered, "looking at the record opens nothing")
    }

    @Test func `showing and taking along are on record before, the file by its hash`() async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let record = try await open(care, town)
        #expect(try await acts(town, .careOffice).map(\.leaf.facts.event) == [.auditQueried])
        await care.post(record)
        let response = try #require(care.last)
        guard case .bytes(let bytes, type: "text/csv; charset=utf-8") = response.body else {
            Issue.record("a file comes: \(care.status)")
            return
        }
        let words = response.fields.first { $0.0 == "Content-Disposition" }?.1
        let today = town.town.time.now.dayInJapan
        #expect(words == "attachment; filename=\"provision-record-\(today).csv\"")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"\(Self.name)\",\"昭和12年5月3日\",\"医療・介護連携シート\""))
        #expect(text.contains("\r\n\"提供\",\"2026-") || text.contains("\r\n\"提供\",\"\(today) "))
        let acts = try await acts(town, .careOffice)
        #expect(acts.map(\.leaf.facts.event) == [.auditQueried, .auditExported])
        #expect(acts.allSatisfy { $0[.patient] == Self.name && $0.actorName == "辻󠄁本 春香" })
        let taken = try #require(acts.last?.leaf.facts.object)
        #expect(taken.kind == .report)
        #expect(taken == acts.first?.leaf.facts.object, "it is what was on the page")
        guard case .clear(let hash) = taken.name else {
            Issue.record("a report is named by its hash")
            return
        }
        #expect(hash.text.contains(SHA256.hash(bytes).hex))
    }

    @Test func `what was taken back unread is in neither record`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        await care.post(sent + "/withdraw", [("reason", "wrongRecipient")])
        try await town.town.settle()
        let state = try await town.town.office(.clinic).inbox(limit: 1).first?.state
        try #require(state == .withdrawn)
        _ = try await open(care, town)
        #expect(care.has("提供も受領もまだありません"), "\(care.html)")
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        _ = try await open(clinic, town, .clinic)
        #expect(clinic.has("提供も受領もまだありません"), "\(clinic.html)")
    }

    @Test func `what went on paper stands there once it was sent off`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clinic = try await town.town.addOnPaper(.clinic)
        _ = try await town.town.office(.careOffice).syncDirectory(waitSeconds: 0)
        let care = try await town.clerk("haruka")
        let draft = try await town.draft(by: care, to: clinic)
        await care.open(draft + "/check")
        await care.post(draft + "/paper")
        let paper = care.path
        _ = try await open(care, town)
        #expect(care.has("提供も受領もまだありません"))
        await care.open(paper)
        await care.post(paper + "/sent")
        let record = try await open(care, town)
        #expect(care.has("全 1 件") && care.has("<td>提供<br>紙（FAX・郵送）で送付</td>"), "\(care.html)")
        #expect(care.has("<br>医療機関コード <span class=\"number\">9910100123</span>"))
        await care.post(record)
        #expect(care.has("\"提供\"") && care.has("\"紙（FAX・郵送）で送付\""))
    }

    @Test(arguments: [StaffRole.auditor, .administrator, .operator])
    func `who reads no sheets gets neither page nor file`(role: StaffRole) async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        let number = try #require(sent.split(separator: "/").last.map(String.init))
        let other = try await town.clerk("natsuo", [role])
        let path = town.path(.careOffice, "/people/\(number)/record")
        let token = try #require(other.token)
        for response in [
            await other.respond(.get, path),
            await other.respond(.post, path, [("token", token)]),
        ] {
            #expect(response.status == 403 && !response.text.contains(Self.name))
        }
        #expect(try await acts(town, .careOffice).isEmpty)
    }

    @Test func `another desk's sheet is not told, and the page says that such are left out`()
        async throws
    {
        let desk = try await DeskTown.make()
        let number = desk.key.messageID.text
        let main = try await desk.clerk("hitoshi", at: [DeskTown.main])
        let record = try await open(main, desk.town, .clinic)
        #expect(main.has("全 1 件") && !main.has(number), "\(main.html)")
        #expect(main.has("ほかの窓口あてに届いた書類は載りません"))
        await main.post(record)
        #expect(main.has("\"受領\"") && !main.has(number))
        let ward = try await desk.clerk("kaori", at: [DeskTown.ward])
        _ = try await open(ward, desk.town, .clinic)
        #expect(ward.has("全 2 件") && ward.has(number), "\(ward.html)")
    }
}
