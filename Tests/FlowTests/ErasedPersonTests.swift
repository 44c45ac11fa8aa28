import Audit
import Delivery
import Directory
import Foundation
import Primitives
import Sheets
import TestKit
import Testing

@testable import Consent
@testable import Gateway
@testable import Storage

/// Who is meant when one person is erased, and what is kept of others and of the same person.
@Suite struct ErasedPersonTests {
    private static let name = "髙﨑 𠮷之助"

    private func erase(
        _ items: [RetentionItem],
        on ground: OrganisationGateway.ErasureGround = .requested,
        at gateway: OrganisationGateway
    ) async throws {
        _ = try await gateway.erase(items, on: ground, by: Town.nurse, confirmedBy: "波多野 栞")
    }

    /// Another sheet of the same person, or of one who is called so, in a thread of its own.
    private func send(
        _ town: Town,
        _ number: Int,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            sheet["sheetId"] = .string("0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d\(number)1")
            sheet["threadId"] = .string("0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d\(number)2")
            guard case .object(var patient)? = sheet["patient"],
                case .object(var consent)? = sheet["consent"]
            else { return }
            change(&patient)
            sheet["patient"] = .object(patient)
            consent["consentRecordId"] = .string("0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d\(number)3")
            sheet["consent"] = .object(consent)
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        try await town.settle()
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        try await town.settle()
        return key
    }

    private func openings(_ town: Town) async throws -> Int {
        try await town.office(.clinic).auditEntries(of: Self.name, message: nil, by: Town.nurse)
            .count { $0[.patient] != nil }
    }

    private func item(
        _ key: MessageKey,
        _ gateway: OrganisationGateway
    ) async throws
        -> RetentionItem
    {
        let plan = try await gateway.retentionPlan()
        return try #require(
            plan.items.first { $0.holdings.contains { $0.name.messageID == key.messageID } }
        )
    }

    @Test func `who saw the rest of a person's sheets is found as before`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let gone = try await send(town, 1)
        let kept = try await send(town, 2)
        let ofKept = try await clinic.auditEntries(of: nil, message: kept.messageID, by: Town.nurse)
        let all = try await openings(town)
        try await clinic.complete(gone.messageID, on: town.time.now.dayInJapan, by: Town.nurse)
        town.time.advance(by: .days(365 * 7))
        let due = try await clinic.retentionPlan().ended
        #expect(due.count == 1)
        try await erase(due, on: .ended, at: clinic)
        let left = try await clinic.auditEntries(of: nil, message: kept.messageID, by: Town.nurse)
        #expect(left.map { $0[.patient] } == ofKept.map { $0[.patient] } && !left.isEmpty)
        let standing = try await openings(town)
        #expect(standing < all && standing >= ofKept.count { $0[.patient] != nil })
        let page = try await clinic.auditPage(from: 0)
        #expect(try await clinic.concealed(in: page.leaves, from: 0).isEmpty)
        _ = try await clinic.open(kept, by: Town.nurse)
    }

    @Test func `one person is meant however the name is written, and no other of that name`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let first = try await send(town, 1)
        let same = try await send(town, 2) { $0["fullName"] = "高崎　吉之助" }
        let namesake = try await send(town, 3) {
            $0["birthDate"] = "1951-05-05"
            $0["insuredNumber"] = nil
        }
        let items = try await clinic.erasable(with: first.messageID)
        let messages = Set(items.flatMap(\.holdings).compactMap(\.name.messageID))
        #expect(messages == [first.messageID, same.messageID])
        try await erase(items, at: clinic)
        #expect(try await clinic.inbox(limit: 9).map(\.key) == [namesake])
        _ = try await clinic.open(namesake, by: Town.nurse)
        // Of the same person new sheets come as before.
        let later = try await send(town, 4)
        #expect(try await town.state(later) == .opened)
    }

    @Test func `a consent holds until it is withdrawn, and as long as sheets are kept`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let key = try await send(town, 1)
        let id = try #require(ConsentRecordID("0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d13"))
        func consent() async throws -> RetentionItem {
            let plan = try await office.retentionPlan()
            return try #require(plan.items.first { $0.word == "consent/\(id)" })
        }
        let today = town.time.now.dayInJapan
        try await office.complete(key.messageID, on: today, by: Town.careManager)
        town.time.advance(by: .days(365 * 7))
        #expect(try await consent().state(on: town.time.now.dayInJapan) == .inUse)
        let due = try await office.retentionPlan().ended
        #expect(due.map(\.word) == [try await item(key, office).word])
        try await office.withdrawConsent(id, giver: .person, by: Town.careManager)
        try await erase(due, on: .ended, at: office)
        let ended = try await consent().state(on: town.time.now.dayInJapan)
        guard case .kept(until: let last) = ended else {
            Issue.record("\(ended)")
            return
        }
        town.time.advance(by: .days(365 * 7))
        #expect(try await consent().state(on: town.time.now.dayInJapan) == .over(last))
    }

    @Test func `an older copy that was put back can be listed, and erased again`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await send(town, 1)
        let clinic = town.office(.clinic)
        try await clinic.complete(key.messageID, on: town.time.now.dayInJapan, by: Town.nurse)
        let folder = town.folder.appending(path: "gateway/orgs/" + clinic.member.text)
        let file = folder.appending(path: "store.db")
        try Connection(path: file.path, .write).emptyLog()
        let old = try Data(contentsOf: file)
        try await erase(
            try await town.office(.clinic).erasable(with: key.messageID),
            at: town.office(.clinic)
        )
        town.office(.clinic).store.close()
        for end in ["-wal", "-shm"] {
            let beside = URL(fileURLWithPath: file.path + end)
            if FileManager.default.fileExists(atPath: beside.path) {
                try FileManager.default.removeItem(at: beside)
            }
        }
        try old.write(to: file)
        try await town.reopen(.clinic)
        let again = try await item(key, town.office(.clinic))
        #expect(again.ending.completedOn == nil, "its key is gone")
        try await erase([again], at: town.office(.clinic))
        #expect(try await town.office(.clinic).inbox(limit: 9).isEmpty)
    }
}
