import Audit
import Delivery
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// 緊急例外 (C-12): what went without a consent is looked at by a second person.
@Suite struct EmergencyExceptionTests {
    private static func account(_ number: Int) throws -> AccountID {
        try #require(AccountID("6f1c0a52-3a57-4d43-9d0e-00000000000\(number)"))
    }

    /// Sends 入院時情報 of somebody who cannot be asked.
    private func send(_ office: OrganisationGateway, as account: AccountID?) async throws {
        var request = SendRequest(sheet: try await sheet(of: office))
        request.account = account
        _ = try await office.send(request, by: Town.careManager)
    }

    private func sheet(of office: OrganisationGateway) async throws -> [UInt8] {
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["urgency"] = "emergency"
            sheet["consent"] = [
                "status": "emergencyException", "statement": "生命の保護に必要な情報を提供します。",
                "emergencyReason": "意識障害があり、家族の連絡先も不明のため。",
                "scopePurposes": ["emergency", "admission"], "scopeOrgTypes": ["hospital"],
            ]
            sheet["attachments"] = nil
            guard case .object(var body)? = sheet["body"] else { return }
            body["family"] = nil
            body["enclosedPlans"] = nil
            sheet["body"] = .object(body)
        }
        return sheet
    }

    @Test func `what goes on paper waits for it as well`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        let sheet = try await sheet(of: office)
        let draft = MessageID.make(at: town.time.now, SeededRandom(seed: 3))
        try await office.keep(draft: draft, sheet, over: nil, by: Town.careManager)
        _ = try await office.takeToPaper(
            sheet,
            from: (draft, 1),
            by: Town.careManager,
            account: Self.account(1)
        )
        let item = try #require(try await office.emergencies(limit: 9).waiting.first)
        #expect(item.isPaper && item.sheetType?.text == "admissionInfo")
        let other = try await reader(office, Town.nurse, 2)
        try await office.review(item.row.id, .justified, "", by: other)
        #expect(try await town.events(.careOffice).contains("consent.emergencyReviewed"))
    }

    private func reader(
        _ office: OrganisationGateway,
        _ agent: Agent,
        _ account: Int
    ) async throws -> SheetReader {
        try await office.reader(agent, account: Self.account(account), at: [])
    }

    @Test func `the sending waits for the word of another person`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        try await send(office, as: Self.account(1))
        let waiting = try await office.emergencies(limit: 9).waiting
        let item = try #require(waiting.first)
        #expect(item.row.kind == .consent && item.note.text.contains("意識障害"))
        #expect(item.sheetType?.text == "admissionInfo" && !item.isOverdue)
        let id = item.row.id
        let own = try await reader(office, Town.nurse, 1)
        let error = await #expect(throws: GatewayError.self) {
            try await office.review(id, .justified, "", by: own)
        }
        #expect(error?.code == "ownEmergency")
        let other = try await reader(office, Town.nurse, 2)
        try await office.review(id, .justified, "本人の同意を後日得ました。", by: other)
        #expect(try await office.work(owedBy: town.time.now).reviews == 0)
        let reviewed = try await office.emergencies(limit: 9).reviewed
        #expect(reviewed.map(\.note.review?.comment) == ["本人の同意を後日得ました。"])
        #expect(try await town.events(.careOffice).contains("consent.emergencyReviewed"))
    }

    @Test func `what was sent at the console is not reviewed under the same name`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        try await send(office, as: nil)
        let id = try #require(try await office.emergencies(limit: 9).waiting.first?.row.id)
        let same = try await reader(office, Town.careManager, 1)
        await #expect(throws: GatewayError.self) {
            try await office.review(id, .justified, "", by: same)
        }
        await #expect(throws: GatewayError.self) {
            try await office.review(id, .justified, "", by: .console(Town.nurse))
        }
        try await office.review(
            id,
            .unjustified,
            "別の連絡手段がありました。",
            by: reader(office, Town.nurse, 1)
        )
    }

    @Test func `after three working days it is late`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        try await send(office, as: Self.account(1))
        let due = try #require(try await office.emergencies(limit: 9).waiting.first?.dueOn)
        // The town's day is a Saturday, and the Monday after it a holiday.
        #expect(due == Day("2026-11-26"))
        town.time.advance(by: .days(5))
        #expect(try await office.emergencies(limit: 9).waiting.map(\.isOverdue) == [false])
        town.time.advance(by: .days(1))
        #expect(try await office.emergencies(limit: 9).waiting.map(\.isOverdue) == [true])
    }

    @Test func `exceptions are counted by month, and what leaves tells no small count`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        for _ in 0..<6 { try await send(office, as: Self.account(1)) }
        let other = try await reader(office, Town.nurse, 2)
        var waiting = try await office.emergencies(limit: 9).waiting.map(\.row.id)
        for id in waiting.prefix(2) { try await office.review(id, .justified, "", by: other) }
        town.time.advance(by: .days(6))
        waiting = try await office.emergencies(limit: 9).waiting.map(\.row.id)
        try await office.review(try #require(waiting.first), .justified, "", by: other)
        let month = try #require(try await office.emergencyMonths().first)
        #expect(month.parts == [2, 1, 0, 3] && month.sum == 6)
        #expect(month.year == 2026 && month.month == 11)
        let file = try await office.exportedEmergencyMonths(by: Town.nurse)
        let text = String(decoding: file.bytes, as: UTF8.self)
        let cells = ["架空橋ケアプランセンター", "2026-11", "*", "*", "0", "*", "6"]
        let row = cells.map { "\"\($0)\"" }.joined(separator: ",")
        #expect(text.contains(row), "\(text)")
        #expect(try await town.events(.careOffice).contains("audit.exported"))
    }
}
