import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Staff
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// 日次照合, as people meet it.
struct DayPageTests {
    @Test func `a day that differs says whom to call, which sheets, and who has seen to it`()
        async throws
    {
        let town = try await PagesTown.make()
        let (care, clinic) = (town.town.office(.careOffice), town.town.office(.clinic))
        for _ in 0..<2 { try await passNight(town.town) }
        let head = try await town.clerk(
            "kanri",
            [.administrator],
            at: .clinic,
            profession: "clerk"
        )
        let path = town.path(.clinic, "/days")
        await head.open(path)
        #expect(head.has("食い違う日はありません。") && !head.has("確かめた"))
        // The care office knows of a sheet that the clinic has never seen.
        let lost = MessageID.make(at: town.town.time.now, SystemRandom())
        let day = town.town.time.now.dayInJapan.adding(days: -1)
        let statement = ReconciliationStatement(
            of: day,
            by: care.member,
            with: clinic.member,
            DayMessages(sent: [lost]),
            withIDs: true
        )
        let signed = try await care.statementSigner().sign(statement, at: town.town.time.now)
        try await clinic.hear(day: signed.bytes, at: town.town.time.now, .cursor(.events, 0))
        try await town.town.settle()
        await head.open(town.path(.clinic))
        #expect(head.has("日次照合"), "\(head.html)")
        await head.open(path)
        let phone = try #require(clinic.view.telephone(of: care.member))
        #expect(head.has("<dt>相手の電話</dt><dd class=\"tel\">\(phone.text)</dd>"))
        #expect(head.has("<dt>当方に無い書類</dt><dd><ul><li>\(lost)</li></ul></dd>"))
        #expect(head.has("<dt>相手に無い書類</dt><dd>ありません</dd>"))
        // Whoever has nothing to do with the state of the house settles nothing.
        let clerk = try await town.clerk("jimu", [.sender], at: .clinic, profession: "nurse")
        await clerk.open(town.path(.clinic))
        let seen = [("day", "\(day)"), ("peer", care.member.text)]
        await clerk.post(path, seen + [("token", clerk.token ?? "")])
        #expect(try await clinic.differingDays().count == 1)
        await head.post(path, [("day", "\(day.adding(days: -1))"), ("peer", care.member.text)])
        #expect(head.status == 404)
        await head.open(path)
        await head.post(path, seen)
        #expect(head.status == 200 && head.has("食い違う日はありません。"), "\(head.html)")
        let entries = try await clinic.auditEntries(of: nil, message: nil, by: Town.nurse)
        #expect(entries.contains { $0.leaf.facts.event == .auditReviewed })
    }

    private func passNight(_ town: Town) async throws {
        let tomorrow = town.time.now.dayInJapan.adding(days: 1)
        let morning = Timestamp(startOfDayInJapan: tomorrow).adding(.hours(5))
        town.time.advance(by: morning.since(town.time.now))
        try await town.settle()
    }
}
