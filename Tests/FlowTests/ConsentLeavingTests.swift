import Consent
import Delivery
import Directory
import Exchange
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// C-22: who leaves gives nothing on any more by the consents it took; what is on record stays.
@Suite struct ConsentLeavingTests {
    /// A sheet has arrived at the clinic; then a member leaves, and the others hear of it.
    private func town(
        without place: World.Place
    ) async throws -> (town: Town, key: MessageKey, sheet: [UInt8]) {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let sheet = try await FlowSheet.liaison(for: town.office(.careOffice))
        try await town.node.setStatus(.left, of: town.office(place).member)
        for office in town.offices.values { _ = try await office.syncDirectory(waitSeconds: 0) }
        return (town, key, sheet)
    }

    @Test func `who has left sends nothing new, by gateway or on paper, and that is on record`()
        async throws
    {
        let (town, _, sheet) = try await town(without: .careOffice)
        let office = town.office(.careOffice)
        let sent = await #expect(throws: GatewayError.self) {
            try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        }
        #expect(sent?.code == "consentMissing")
        let draft = MessageID.make(at: town.time.now, SeededRandom(seed: 3))
        try await office.keep(draft: draft, sheet, over: nil, by: Town.careManager)
        let paper = await #expect(throws: GatewayError.self) {
            _ = try await office.takeToPaper(sheet, from: (draft, 1), by: Town.careManager)
        }
        #expect(paper?.code == "consentMissing")
        #expect(try await town.events(.careOffice).count { $0 == "consent.denied left" } == 2)
        #expect(try await office.outbox(limit: 9).count == 1, "what was sent before")
    }

    @Test func `its records stay, and so does what others have received`() async throws {
        let (town, key, _) = try await town(without: .careOffice)
        let office = town.office(.careOffice)
        #expect(try await office.consentRecords().map(\.id) == [FlowSheet.record])
        #expect(try await office.track(key.messageID).copies.map(\.state) == [.delivered])
        #expect(try await !office.review(key.messageID, by: Town.careManager).bytes.isEmpty)
        let clinic = town.office(.clinic)
        let opened = try await clinic.open(key, by: Town.nurse)
        #expect(opened.sheet.json["patient"]?["fullName"]?.string == "髙﨑 𠮷之助")
    }

    @Test func `to who has left nothing new goes, and what waited is held`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .hours(1))
        let office = town.office(.careOffice)
        let waiting = try await town.sendLiaison()
        try await town.node.setStatus(.left, of: town.office(.clinic).member)
        _ = try await office.syncDirectory(waitSeconds: 0)
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.code == "unknownRecipient")
        town.time.advance(by: .hours(2))
        try await town.settle(failures: Town.FailureList())
        let row = try await office.track(waiting.messageID)
        #expect(row.blockedFor != nil && !row.wasAttempted)
        let events = try await town.events(.careOffice)
        #expect(events.contains { $0.hasPrefix("message.held") }, "\(events)")
    }
}
