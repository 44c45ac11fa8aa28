import Delivery
import Directory
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// Corrections and sheets that went astray, over the town.
@Suite struct VersionFlowTests {
    private static let corrected = "7c1f0a52-3a57-4d43-9d0e-0a5f3a1b2c41"

    private func first(_ town: Town) async throws -> MessageKey {
        try await send(town) { $0["replyDueOn"] = "2026-12-24" }
    }

    private func correction(
        _ town: Town,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> MessageKey {
        try await send(town) { sheet in
            sheet["supersedes"] = sheet["sheetId"]
            sheet["sheetId"] = .string(Self.corrected)
            sheet["replyDueOn"] = "2026-12-25"
            change(&sheet)
        }
    }

    private func send(
        _ town: Town,
        _ change: (inout JSONObject) -> Void
    ) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office, change)
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    private func row(_ key: MessageKey, _ town: Town) async throws -> InboxRow? {
        try await town.office(.clinic).inbox(limit: 10).first { $0.key == key }
    }

    @Test func `a correction marks the older version at both ends`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let old = try await first(town)
        try await town.settle()
        let new = try await correction(town)
        try await town.settle()
        let sent = try await town.office(.careOffice).track(old.messageID)
        #expect(sent.replacedBy == new.messageID)
        #expect(try await town.office(.careOffice).track(new.messageID).replaces == old.messageID)
        #expect(try await row(old, town)?.replacedBy == new.messageID)
        #expect(try await row(new, town)?.sheet?.replaces == old.messageID)
        for place in [World.Place.careOffice, .clinic] {
            let office = town.office(place)
            #expect(try await office.newestVersion(of: old) == new.messageID)
            #expect(try await office.newestVersion(of: new) == nil)
            // The correction asks anew; nothing is awaited for the old version.
            let open = try await office.expectations(limit: 10).map(\.row)
            #expect(open.map(\.name.message) == [new])
            #expect(open.map(\.due) == [Timestamp("2026-12-25T14:59:59.000Z")])
        }
        // The old one stays readable, and an answer to it is an answer.
        _ = try await town.office(.clinic).open(old, by: Town.nurse)
        let clinic = town.office(.clinic)
        let reply = try await FlowSheet.named("care-liaison-reply-1", for: clinic)
        _ = try await clinic.send(SendRequest(sheet: reply), by: Town.nurse)
        try await town.settle()
        #expect(try await town.office(.careOffice).expectations(limit: 10).isEmpty)
    }

    @Test func `an old version that comes after the newer one is marked at once`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let old = try await first(town)
        try await Courier(town.office(.careOffice)) { _ in }.round()
        // The exchange tells of the correction first.
        town.wire(.clinic).fail { faults in
            faults.listed = { page in
                page.map { page in
                    InboxPage(
                        revision: page.revision,
                        items: page.items.filter { $0.key != old }
                    )
                }
            }
        }
        let new = try await correction(town)
        try await town.settle()
        #expect(try await row(old, town) == nil)
        #expect(try await row(new, town) != nil)
        town.wire(.clinic).fail()
        let later = try await send(town) { sheet in
            sheet["sheetId"] = "7c1f0a52-3a57-4d43-9d0e-0a5f3a1b2c42"
            sheet["threadId"] = "7c1f0a52-3a57-4d43-9d0e-0a5f3a1b2c42"
        }
        try await town.settle()
        #expect(try await row(later, town) != nil)
        #expect(try await row(old, town)?.replacedBy == new.messageID)
        let open = try await town.office(.clinic).expectations(limit: 10).map(\.row.name.message)
        #expect(Set(open) == [new, later])
    }

    @Test func `a cancelled correction replaces nothing`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .seconds(60))
        let old = try await first(town)
        town.time.advance(by: .seconds(61))
        try await town.settle()
        let new = try await correction(town)
        _ = try await town.office(.careOffice).withdraw(
            new.messageID,
            because: .wrongContent,
            by: Town.careManager
        )
        town.time.advance(by: .seconds(61))
        try await town.settle()
        #expect(try await town.office(.careOffice).track(old.messageID).replacedBy == nil)
        #expect(try await town.office(.careOffice).newestVersion(of: old) == nil)
    }

    @Test func `only a sheet sent from here, of the same type and thread, is corrected`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        _ = try await first(town)
        for change: @Sendable (inout JSONObject) -> Void in [
            { $0["supersedes"] = .string(Self.corrected) },
            { $0["threadId"] = .string(Self.corrected) },
        ] {
            await #expect(throws: GatewayError.self) { _ = try await correction(town, change) }
        }
    }

    // MARK: 宛先違い・人違いの連絡

    @Test func `a sheet that went astray comes back as a reply with a flag`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await first(town)
        try await town.settle()
        let clinic = town.office(.clinic)
        let notice = try await clinic.returnSheet(
            key,
            because: .wrongPatient,
            handling: "開いて閉じました。",
            by: Town.nurse
        )
        try await town.settle()
        #expect(try await town.state(key) == .replied)
        #expect(try await row(key, town)?.state == .replied)
        #expect(try await town.events(.clinic).contains("message.returned"))
        let office = town.office(.careOffice)
        let flags = try await office.returns(of: try await office.track(key.messageID))
        #expect(flags.map(\.reason) == [.wrongPatient])
        #expect(flags.map(\.handling) == ["開いて閉じました。"])
        #expect(flags.map(\.message.messageID) == [notice.messageID])
        // Nobody waits for an answer from whoever it was not meant for.
        for place in [World.Place.careOffice, .clinic] {
            #expect(try await town.office(place).expectations(limit: 10).isEmpty)
        }
        await #expect(throws: GatewayError.self) {
            _ = try await clinic.returnSheet(
                key,
                because: .wrongRecipient,
                handling: nil,
                by: Town.nurse
            )
        }
    }
}
