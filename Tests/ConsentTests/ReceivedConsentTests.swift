import Consent
import Directory
import Primitives
import Sheets
import TestKit
import Testing

/// The recipient's own check of what the sender signed.
struct ReceivedConsentTests {
    private func check(
        _ sheet: Sheet,
        _ world: ConsentWorld,
        at place: World.Place = .clinic,
        withdrawals: [ConsentRecordID: [ConsentWithdrawal]] = [:]
    ) throws(ConsentRefusal) {
        try ReceivedConsent.check(
            sheet,
            receiver: world.messages.membership(place),
            purposes: [Code("careCoordination")],
            withdrawals: withdrawals
        )
    }

    @Test func `a statement that covers the receiver is taken`() async throws {
        let world = try await ConsentWorld.make()
        try check(try world.sheet(), world)
        let byNumber = try world.sheet {
            $0["scopeOrgTypes"] = nil
            $0["scopeOrgNos"] = ["9910000002"]
        }
        try check(byNumber, world)
    }

    @Test func `its own type or number must be named`() async throws {
        let world = try await ConsentWorld.make()
        #expect(throws: ConsentRefusal.no(.recipient, "C-2")) {
            try check(try world.sheet(), world, at: .careOffice)
        }
    }

    @Test func `the room wants to be asked for`() async throws {
        let world = try await ConsentWorld.make()
        #expect(throws: ConsentRefusal.no(.scope, "C-2")) {
            try check(try world.sheet(), world, at: .consultationRoom)
        }
    }

    @Test func `a sheet signed after a withdrawal is refused`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.sheet()
        let id = try #require(sheet.consent.recordID)
        let before = world.now.dayInJapan.adding(days: -1)
        #expect(throws: ConsentRefusal.no(.withdrawn, "C-8")) {
            try check(sheet, world, withdrawals: [id: [ConsentWithdrawal(on: before)]])
        }
        // On the day itself, the sheet may be the older of the two.
        let today = ConsentWithdrawal(on: world.now.dayInJapan)
        try check(sheet, world, withdrawals: [id: [today]])
    }

    @Test func `a partial withdrawal ends what it names`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.sheet()
        let id = try #require(sheet.consent.recordID)
        let before = world.now.dayInJapan.adding(days: -1)
        func withdrawn(_ purpose: String) -> [ConsentRecordID: [ConsentWithdrawal]] {
            let scope = ConsentScope(purposes: [Code(purpose)])
            return [id: [ConsentWithdrawal(on: before, scope: scope)]]
        }
        try check(sheet, world, withdrawals: withdrawn("admission"))
        #expect(throws: ConsentRefusal.no(.withdrawn, "C-9")) {
            try check(sheet, world, withdrawals: withdrawn("careCoordination"))
        }
    }
}
