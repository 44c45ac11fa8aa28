import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import Foundation
import Japanese
import Primitives
import Sheets
import TestKit
import Testing

@testable import Gateway
@testable import Storage

/// 保存期間: what a clinic keeps of a person ends when its time is over, and with the data keys it is
/// out of every copy of the database; the log stays whole.
@Suite struct ErasureTests {
    private static let second = "波多野 栞"

    /// Two persons' sheets at the clinic, both opened and taken over.
    private func town() async throws -> (town: Town, gone: MessageKey, kept: MessageKey) {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let gone = try await town.sendLiaison()
        let kept = try await sendOther(town)
        try await town.settle()
        for key in [gone, kept] {
            _ = try await town.office(.clinic).open(key, by: Town.nurse)
            try await town.office(.clinic).confirm(key, by: Town.nurse)
        }
        try await town.settle()
        return (town, gone, kept)
    }

    /// A sheet about another person, in a thread of its own.
    private func sendOther(_ town: Town) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            sheet["sheetId"] = "0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d11"
            sheet["threadId"] = "0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d12"
            guard case .object(var patient)? = sheet["patient"],
                case .object(var consent)? = sheet["consent"]
            else { return }
            patient["fullName"] = "架空 ことは"
            patient["fullNameKana"] = "カクウ コトハ"
            patient["insuredNumber"] = nil
            sheet["patient"] = .object(patient)
            consent["consentRecordId"] = "0b0d3a52-7f0e-4b62-9a51-2b5f5b1f7d13"
            sheet["consent"] = .object(consent)
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    private func folder(_ town: Town) -> URL {
        town.folder.appending(path: "gateway/orgs/" + town.office(.clinic).member.text)
    }

    private func database(_ town: Town) throws -> Connection {
        try Connection(path: folder(town).path + "/store.db", .write)
    }

    private func concealed(_ town: Town) async throws -> [UInt64] {
        let page = try await town.office(.clinic).auditPage(from: 0)
        return try await town.office(.clinic).concealed(in: page.leaves, from: 0)
    }

    private func item(
        _ key: MessageKey,
        in plan: RetentionPlan
    ) throws -> RetentionItem {
        try #require(plan.items.first { $0.holdings.contains { $0.name == .received(key) } })
    }

    /// The last moment of a day in Japan.
    private func end(of day: String) throws -> Timestamp {
        let next = try #require(Day(day)).adding(days: 1)
        return Timestamp(startOfDayInJapan: next).adding(.milliseconds(-1))
    }

    private func erase(
        _ town: Town,
        _ items: [RetentionItem],
        confirmedBy name: String = second
    ) async throws -> OrganisationGateway.Erased {
        try await town.office(.clinic)
            .erase(items, on: .ended, by: Town.nurse, confirmedBy: name)
    }

    @Test func `what is completed goes five years after its fiscal year, and nothing before`()
        async throws
    {
        let (town, gone, kept) = try await town()
        let clinic = town.office(.clinic)
        let plan = try await clinic.retentionPlan()
        #expect(try item(gone, in: plan).state(on: plan.today) == .unfinished(isForgotten: false))
        let copy = town.folder.appending(path: "old.db")
        try database(town).emptyLog()
        try FileManager.default.copyItem(
            at: folder(town).appending(path: "store.db"),
            to: copy
        )

        try await clinic.complete(
            gone.messageID,
            on: town.time.now.dayInJapan,
            by: Town.nurse
        )
        let proof = try await clinic.proofOfDelivery(gone)
        town.time.advance(by: try end(of: "2032-03-31").since(town.time.now))
        #expect(try await clinic.retentionPlan().ended.isEmpty)
        town.time.advance(by: .milliseconds(1))
        let due = try await clinic.retentionPlan()
        #expect(due.ended.map(\.word) == [try item(gone, in: due).word])
        #expect(
            try item(kept, in: due).state(on: due.today) == .unfinished(isForgotten: true)
        )

        let before = try sealedValues(of: gone, in: database(town))
        #expect(before.count >= 3)
        let erased = try await erase(town, due.ended)
        #expect(erased.items == 1 && erased.keys >= 1)

        // Nothing of it is in any file of the organisation, and it is out of every list.
        for value in before { #expect(try !files(town).contains { $0.range(of: value) != nil }) }
        #expect(try await clinic.inbox(limit: 10).map(\.key) == [kept])
        #expect(try await clinic.auditEntries(of: "髙﨑 𠮷之助", message: nil, by: Town.nurse).isEmpty)
        #expect(try await clinic.retentionPlan().ended.isEmpty)
        // Not even an older copy of the database tells it, with all the keys that are left.
        try await expectUseless(copy, of: gone, and: kept, at: clinic)

        // The log is whole, hides nothing, and still keeps what the receipt promised.
        #expect(try await clinic.auditLog().isWhole)
        #expect(try await concealed(town).isEmpty)
        #expect(try await clinic.proof(ofReceipt: proof.receipt)?.leaf == proof.leaf)
        #expect(try await town.events(.clinic).contains("retention.destroyed ended"))
        // The other person's is as it was.
        _ = try await clinic.open(kept, by: Town.nurse)
    }

    @Test func `what was erased does not come again`() async throws {
        let (town, gone, _) = try await town()
        let clinic = town.office(.clinic)
        _ = try await eraseOnRequest(town, gone)
        let size = try await town.events(.clinic).count
        try await clinic.receive(gone, askedAt: town.time.now, [])
        try await clinic.receive(waitSeconds: 0)
        #expect(try await clinic.inbox(limit: 10).allSatisfy { $0.key != gone })
        // Asking is on record itself.
        #expect(try await town.events(.clinic).count == size + 1)
    }

    @Test func `nobody erases alone, what is held, or another list than was shown`()
        async throws
    {
        let (town, gone, _) = try await town()
        let clinic = town.office(.clinic)
        let today = town.time.now.dayInJapan
        try await clinic.complete(gone.messageID, on: today, by: Town.nurse)
        town.time.advance(by: .days(365 * 7))
        let due = try await clinic.retentionPlan().ended
        #expect(due.count == 1)
        for name in ["", " ", "潮見　薫", "潮\u{200B}見・薫"] {
            let alone = await #expect(throws: GatewayError.self) {
                _ = try await erase(town, due, confirmedBy: name)
            }
            #expect(alone?.code == "secondPersonMissing")
        }
        try await clinic.hold(gone.messageID, true, because: "訴訟の証拠", by: Town.nurse)
        let held = try await clinic.retentionPlan()
        #expect(held.ended.isEmpty)
        #expect(try item(gone, in: held).state(on: held.today) == .held)
        #expect(try item(gone, in: held).ending.reason == "訴訟の証拠")
        let changed = await #expect(throws: GatewayError.self) { _ = try await erase(town, due) }
        #expect(changed?.code == "planChanged")
        let refused = await #expect(throws: GatewayError.self) {
            _ = try await clinic.erasable(with: gone.messageID)
        }
        #expect(refused?.code == "keptBack")
        try await clinic.hold(gone.messageID, false, because: "和解", by: Town.nurse)
        #expect(try await erase(town, due).items == 1)
        let events = try await town.events(.clinic)
        for event in ["retention.held", "retention.released", "retention.completed"] {
            #expect(events.contains(event), "\(event)")
        }
        let again = await #expect(throws: GatewayError.self) {
            try await clinic.hold(gone.messageID, true, because: "x", by: Town.nurse)
        }
        #expect(again?.code == "notFound")
    }

    @Test func `work that goes on after its completion is not completed`() async throws {
        let (town, gone, _) = try await town()
        let clinic = town.office(.clinic)
        let today = town.time.now.dayInJapan
        for day in [today.adding(days: -1), today.adding(days: 1)] {
            let unfit = await #expect(throws: GatewayError.self) {
                try await clinic.complete(gone.messageID, on: day, by: Town.nurse)
            }
            #expect(unfit?.code == "completionUnfit")
        }
        let plan = try await clinic.retentionPlan()
        #expect(try item(gone, in: plan).state(on: plan.today) == .unfinished(isForgotten: false))
        let shown = ErasureList(plan.items).sha256
        try await clinic.complete(gone.messageID, on: today, by: Town.nurse)
        let last = FiscalYear.keepUntil(completedOn: today)
        let kept = try await clinic.retentionPlan()
        #expect(ErasureList(kept.items).sha256 != shown, "the day is part of what is confirmed")
        #expect(try item(gone, in: kept).state(on: kept.today) == .kept(until: last))
        try await clinic.complete(gone.messageID, on: nil, by: Town.nurse)
        let open = try await clinic.retentionPlan()
        #expect(try item(gone, in: open).state(on: open.today) == .unfinished(isForgotten: false))
    }

    @Test func `on request all of one person goes, at the sender with the consent`() async throws {
        let (town, gone, kept) = try await town()
        let office = town.office(.careOffice)
        let items = try await office.erasable(with: gone.messageID)
        #expect(Set(items.map { $0.word.split(separator: "/")[0] }) == ["thread", "consent"])
        let done = try await office.erase(
            items,
            on: .requested,
            by: Town.careManager,
            confirmedBy: Self.second
        )
        #expect(done.items == 2 && done.keys >= 1)
        #expect(try await office.outbox(limit: 10).map(\.message) == [kept.messageID])
        #expect(try await office.consentRecord(FlowSheet.record) == nil)
        #expect(try await office.consentRecords().count == 1)
        #expect(try await town.events(.careOffice).contains("retention.destroyed requested"))
        #expect(try await office.auditLog().isWhole)
        let page = try await office.auditPage(from: 0)
        #expect(try await office.concealed(in: page.leaves, from: 0).isEmpty)
        _ = try await office.review(kept.messageID, by: Town.careManager)
        // The same person can come again.
        _ = try await town.sendLiaison()
    }

    @Test func `values that go without a list are named`() async throws {
        let (town, gone, _) = try await town()
        _ = try await eraseOnRequest(town, gone)
        #expect(try await concealed(town).isEmpty)
        try database(town).run("DELETE FROM auditOpening WHERE field = 'patient'")
        let named = try await concealed(town)
        #expect(!named.isEmpty)
        // A list that the log does not know explains nothing.
        try database(town).run("DELETE FROM record WHERE kind = 'erasure'")
        #expect(try await concealed(town).count > named.count)
    }

    @Test(arguments: [Faults.Moment.before, .afterwards])
    func `wherever it is cut short, the next minute or the next try ends it`(
        moment: Faults.Moment
    ) async throws {
        let (town, gone, kept) = try await town()
        let reference = try #require(
            try await town.office(.clinic).inboxRowKey(gone)
        )
        for number in 1... {
            let fault = TownFault(at: number, moment)
            try await town.reopen(.clinic, fault: fault)
            let failed = await cutShort(town, gone)
            try await town.reopen(.clinic)
            let clinic = town.office(.clinic)
            let isThere = try await clinic.inbox(limit: 10).contains { $0.key == gone }
            try await clinic.destroySpentKeys()
            // Rows and key go together, but for the minute between.
            #expect(try await (clinic.store.dataKey(reference) != nil) == isThere)
            #expect(try await concealed(town).isEmpty)
            #expect(try await clinic.auditLog().isWhole)
            guard failed, number < 20 else { break }
            guard isThere else { return }
        }
        #expect(try await town.office(.clinic).inbox(limit: 10).map(\.key) == [kept])
    }

    private func cutShort(_ town: Town, _ key: MessageKey) async -> Bool {
        do {
            _ = try await eraseOnRequest(town, key)
            return false
        } catch { return true }
    }

    @Test func `nothing is written under a key that is spent`() async throws {
        let (town, gone, _) = try await town()
        let clinic = town.office(.clinic)
        _ = try await eraseOnRequest(town, gone)
        let reference = try #require(try await clinic.store.spent().first)
        #expect(try await clinic.store.dataKey(reference) == nil)
        let row = SealedColumn(keyReference: reference, bytes: [1])
        let name = try #require(RecordID("late"))
        let act = clinic.facts(.settingChanged, by: Town.nurse, on: .setting(try desks()))
        let error = await #expect(throws: GatewayError.self) {
            try await clinic.record(
                [act],
                writes: [.record(.draft, name, row, at: town.time.now)]
            )
        }
        #expect(error?.code == StoreError.conflict(nil).code)
    }

    // MARK: Parts

    private func desks() throws -> AuditReason { try #require(AuditReason("desks")) }

    private func eraseOnRequest(
        _ town: Town,
        _ key: MessageKey
    ) async throws -> OrganisationGateway.Erased {
        let clinic = town.office(.clinic)
        return try await clinic.erase(
            try await clinic.erasable(with: key.messageID),
            on: .requested,
            by: Town.nurse,
            confirmedBy: Self.second
        )
    }

    private func files(_ town: Town) throws -> [Data] {
        let path = folder(town).path
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return names.compactMap { FileManager.default.contents(atPath: path + "/" + $0) }
    }

    /// The sealed columns of a message and of the leaves about it, as far as a search needs them.
    private func sealedValues(
        of key: MessageKey,
        in database: Connection
    ) throws -> [Data] {
        let columns = ["sheet FROM inbox", "content FROM inboxBytes", "sealed FROM inboxBytes"]
        return try columns.flatMap { column in
            try database.rows(
                "SELECT \(column) WHERE messageId = ?1",
                key.messageID
            ) { row throws(StoreError) -> Data in
                let bytes: [UInt8] = try row[0]
                return Data(bytes.prefix(64))
            }
        }
    }

    private func expectUseless(
        _ copy: URL,
        of gone: MessageKey,
        and kept: MessageKey,
        at clinic: OrganisationGateway
    ) async throws {
        let old = try Connection(path: copy.path, .read)
        for (key, isGone) in [(gone, true), (kept, false)] {
            let rows = try old.rows(
                """
                SELECT inbox.keyReference, sheet, sealed FROM inbox JOIN inboxBytes
                    USING (sender, messageId) WHERE messageId = ?1
                """,
                key.messageID
            ) { row throws(StoreError) -> (reference: Int64, sheet: [UInt8], sealed: [UInt8]) in
                (try row[0], try row[1], try row[2])
            }
            let row = try #require(rows.first)
            let isThere = try await clinic.store.dataKey(row.reference) != nil
            #expect(isThere != isGone)
            // The message as it came is under that key too: the organisation's own opens nothing.
            #expect(row.sealed.first != 0x30)
        }
        let tied = try old.rows(
            "SELECT DISTINCT keyReference FROM auditOpening WHERE field = 'patient'"
        ) { row throws(StoreError) -> Int64 in try row[0] }
        var left = 0
        for reference in tied where try await clinic.store.dataKey(reference) != nil { left += 1 }
        #expect(left < tied.count)
    }
}

extension OrganisationGateway {
    /// The data key that a received sheet is under.
    fileprivate func inboxRowKey(_ key: MessageKey) async throws -> Int64? {
        try await store.read { stored throws(StoreError) in
            try stored.sheet(of: key)?.keyReference
        }
    }

    fileprivate func proofOfDelivery(
        _ key: MessageKey
    ) async throws -> (receipt: Digest, leaf: [UInt8]) {
        let slot = StatementSlot.copy(.delivered, key, member)
        let row = try await store.read { stored throws(StoreError) in
            try stored.receipt(in: slot)
        }
        let receipt = try #require(row?.statement.sha256)
        return (receipt, try #require(try await proof(ofReceipt: receipt)?.leaf))
    }
}

extension GatewayStore {
    fileprivate func spent() async throws -> [Int64] {
        try await read { stored throws(StoreError) in try stored.spentKeys() }
    }
}
