import Audit
import Consent
import Cryptography
import Delivery
import Directory
import Exchange
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// C-8 beyond the own outbox: those who rely on a consent are told when it is withdrawn.
@Suite struct ConsentWithdrawalTests {
    private static let person = ConsentGiver("self")

    /// A liaison sheet of today to a place of the town.
    private func send(_ town: Town, to place: World.Place = .clinic) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let profile = try Town.profile(of: place)
        let today = town.time.now.dayInJapan
        let id = SheetID.make(SystemRandom())
        let json = try SheetExamples.example("care-liaison-1.json").json
        var sheet = try #require(json.object)
        sheet["issuedOn"] = .string(today.description)
        sheet["replyDueOn"] = .string(today.description)
        sheet["sheetId"] = .string(id.text)
        sheet["threadId"] = .string(id.text)
        sheet["recipients"] = [
            [
                "organization": [
                    "name": .string(profile.displayName),
                    "type": .string(profile.organisationType.text),
                    "officeNo": profile.officeNumbers.first.map { .string($0.value) },
                ],
                "purpose": "to",
            ]
        ]
        let bytes: [UInt8]
        if try await office.consentRecord(FlowSheet.record) == nil {
            bytes = try await FlowSheet.recorded(.object(sheet), office)
        } else {
            bytes = JSON.object(sheet).canonicalBytes
        }
        let sent = try await office.send(SendRequest(sheet: bytes), by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    private func withdraw(
        _ town: Town,
        of scope: ConsentScope = ConsentScope()
    ) async throws {
        try await town.office(.careOffice).withdrawConsent(
            FlowSheet.record,
            of: scope,
            giver: Self.person,
            by: Town.careManager
        )
        try await town.settle()
    }

    /// What a place was told of the consent behind a sheet that it has.
    private func told(
        _ key: MessageKey,
        _ town: Town,
        at place: World.Place = .clinic
    ) async throws
        -> [WithdrawalNotice]
    {
        let office = town.office(place)
        let sheet = try #require(office.catalogue.stored(try await office.inboxBundle(key).sheet))
        return try await office.withdrawals(behind: sheet, from: key.from)
    }

    private func notices(_ town: Town, at place: World.Place) async throws -> [InboxRow] {
        try await town.office(place).inbox(limit: .max).filter {
            $0.sheet?.sheetType == .consentWithdrawn
        }
    }

    @Test func `who has sheets on a consent is told of its end, and nobody else is`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let key = try await send(town)
        try await town.settle()
        #expect(try await told(key, town).isEmpty)
        try await withdraw(town)
        let notice = try #require(try await told(key, town).first)
        #expect(notice.withdrawal == ConsentWithdrawal(on: town.time.now.dayInJapan))
        #expect(notice.giver == Self.person && notice.sheets.count == 1)
        let rows = try await notices(town, at: .clinic)
        try #require(rows.count == 1 && rows[0].state == .delivered)
        let bundle = try await town.office(.clinic).inboxBundle(rows[0].key)
        let text = String(decoding: bundle.sheet, as: UTF8.self)
        #expect(!text.contains("patient") && !text.contains("髙﨑"))
        #expect(try await notices(town, at: .hospital).isEmpty)
        let events = try await town.events(.careOffice)
        #expect(events.contains("consent.withdrawn"))
        // What came before stays as it was, and readable.
        let opened = try await town.office(.clinic).open(key, by: Town.nurse)
        #expect(opened.sheet.json["patient"]?["fullName"]?.string == "髙﨑 𠮷之助")
    }

    /// The sender's register as if it had never heard of the withdrawal.
    private func forget(_ town: Town) async throws {
        let office = town.office(.careOffice)
        var json = try #require(try await office.consentRecord(FlowSheet.record)?.json.object)
        json["withdrawal"] = nil
        let name = OrganisationGateway.name(of: FlowSheet.record)
        let column = try await office.vault.seal(
            JSON.object(json).canonicalBytes,
            .record(.consentRecord, name),
            of: nil
        )
        let act = office.facts(
            .consentChanged,
            by: Town.careManager,
            on: .consent(FlowSheet.record)
        )
        try await office.record(
            [act],
            writes: [.record(.consentRecord, name, column, at: town.time.now)]
        )
    }

    @Test func `a later sheet on that consent is refused by whoever was told, and on record`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        _ = try await send(town)
        try await town.settle()
        try await withdraw(town)
        try await forget(town)
        // Of the same day it may be the older of the two.
        let same = try await send(town)
        try await town.settle()
        #expect(try await town.state(same) == .delivered)
        town.time.advance(by: .days(1))
        try await town.settle()
        let later = try await send(town)
        try await town.settle()
        #expect(try await town.state(later) == .refused)
        let events = try await town.events(.clinic)
        #expect(events.contains("message.refused consentMissing"), "\(events)")
        #expect(try await town.office(.clinic).inbox(limit: 1).first?.state == .refused)
    }

    @Test func `nobody ends the consent that another one took`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let key = try await send(town)
        try await town.settle()
        let json = try SheetExamples.example("consent-withdrawn-1.json").json
        var forged = try #require(json.object)
        let hospital = town.office(.hospital)
        forged["sender"] = try hospital.noticeSender(Town.nurse)
        forged["body"] =
            WithdrawalNotice(
                FlowSheet.record,
                ConsentWithdrawal(on: town.time.now.dayInJapan),
                by: Self.person,
                about: []
            ).json
        forged["issuedOn"] = .string(town.time.now.dayInJapan.description)
        _ = try await hospital.send(
            SendRequest(sheet: JSON.object(forged).canonicalBytes),
            by: Town.nurse
        )
        try await town.settle()
        try #require(try await notices(town, at: .clinic).count == 1)
        #expect(try await told(key, town).isEmpty)
        town.time.advance(by: .days(1))
        let later = try await send(town)
        try await town.settle()
        #expect(try await town.state(later) == .delivered)
    }

    @Test func `of a part each is told what concerns it, and parts add up`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let (own, other) = (try await send(town), try await send(town, to: .hospital))
        try await town.settle()
        try await withdraw(town, of: ConsentScope(organisationTypes: [Code("hospital")]))
        let whole = try #require(try await told(other, town, at: .hospital).first)
        #expect(whole.withdrawal.isWhole, "for the hospital nothing is left of it")
        #expect(try await told(own, town).isEmpty)
        _ = try await send(town)
        try await withdraw(town, of: ConsentScope(purposes: [Code("admission")]))
        let part = try #require(try await told(own, town).first)
        #expect(part.withdrawal.scope == ConsentScope(purposes: [Code("admission")]))
        // The first part stands.
        await #expect(throws: GatewayError.self) { try await send(town, to: .hospital) }
        #expect(try await town.events(.careOffice).contains("consent.denied withdrawn"))
        // Nor does a new version of the record take back a part of it.
        let office = town.office(.careOffice)
        var json = try #require(try await office.consentRecord(FlowSheet.record)?.json.object)
        json["withdrawal"] = ["on": "2026-11-21", "scope": ["purposes": ["admission"]]]
        let narrower = JSON.object(json)
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.recordConsent(narrower, by: Town.careManager)
        }
        #expect(error?.code == "consentRecordWithdrawn")
    }

    @Test func `what has not come to anybody is taken back`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.clinic).fail { $0.isDown = true }
        let key = try await send(town)
        try await town.settle(failures: Town.FailureList())
        try #require(try await town.state(key) == .accepted)
        try await town.office(.careOffice).withdrawConsent(
            FlowSheet.record,
            giver: Self.person,
            by: Town.careManager
        )
        try await town.settle(failures: Town.FailureList())
        #expect(try await town.state(key) == .withdrawn)
        #expect(try await town.events(.careOffice).contains("withdrawal.requested"))
        town.wire(.clinic).fail()
        town.time.advance(by: .minutes(2))
        try await town.settle(failures: Town.FailureList())
        let row = try await town.office(.clinic).inbox(limit: 9).first { $0.key == key }
        #expect(row?.sheet == nil, "its body never came")
    }

    @Test func `who cannot be told stays on the list until it is`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        _ = try await send(town)
        try await town.settle()
        let office = town.office(.careOffice)
        try await town.node.setStatus(.suspended, of: town.office(.clinic).member)
        _ = try await office.syncDirectory(waitSeconds: 0)
        try await office.withdrawConsent(
            FlowSheet.record,
            giver: Self.person,
            by: Town.careManager
        )
        let before = try #require(
            try await office.reliance(on: FlowSheet.record).organisations.first
        )
        #expect(before.untold.count == 1 && before.notice == nil)
        try await town.node.setStatus(.active, of: town.office(.clinic).member)
        _ = try await office.syncDirectory(waitSeconds: 0)
        try await office.tellWithdrawal(of: FlowSheet.record, by: Town.careManager)
        try await office.tellWithdrawal(of: FlowSheet.record, by: Town.careManager)
        try await town.settle()
        let after = try #require(
            try await office.reliance(on: FlowSheet.record).organisations.first
        )
        #expect(after.untold.isEmpty && after.notice == .delivered)
        #expect(try await notices(town, at: .clinic).count == 1, "told once")
        await #expect(throws: GatewayError.self) {
            try await office.tellWithdrawal(
                of: ConsentRecordID.make(SystemRandom()),
                by: Town.careManager
            )
        }
    }
}
