import Audit
import Cryptography
import Delivery
import Directory
import Exchange
import ExchangeAPI
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// What named persons do, and what is on record of them.
@Suite struct PersonTests {
    @Test func `a disclosure of somebody else is dropped, and that is on record`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let clinic = town.office(.clinic)
        let delivered = try #require(try await clinic.receipts(of: key).last).statement
        let now = town.time.now
        let random = SeededRandom(seed: 5)
        let spoken = Disclosure(of: key.messageID, by: Town.nurse, random: random)
        let other = Disclosure(of: key.messageID, by: Town.careManager, random: random)
        let certificate = try clinic.view.encryptionCertificate(for: key.from, at: now, until: now)
        let sealed = try other.sealed(to: certificate)
        let opened = OpenedStatement(
            head: clinic.head(key, previous: delivered.sha256, now),
            part: try #require(PartName("sheet.json")),
            purpose: .care,
            commitments: try #require(spoken.commitments),
            disclosureSha256: SHA256.hash(sealed)
        )
        let signed = try await clinic.statementSigner().sign(opened, at: now)
        let told = WireStatement(bytes: signed.bytes, disclosure: sealed)
        let results = try await town.node.session(of: clinic.member).acknowledge([told])
        #expect(results.first?.refusal == nil)
        try await town.settle()
        #expect(try await town.state(key) == .opened)
        let receipts = try await town.office(.careOffice).receipts(of: key)
        #expect(receipts.last?.statement.type == .opened)
        #expect(receipts.allSatisfy { $0.disclosure == nil })
        #expect(try await town.events(.careOffice).contains("receipt.rejected otherReceipt"))
    }

    @Test func `who confirms second is told who was first`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let clinic = town.office(.clinic)
        let first = try await clinic.confirm(key, by: Town.nurse)
        let at = town.time.now
        town.time.advance(by: .minutes(5))
        let second = try await clinic.confirm(key, by: Town.careManager)
        for answer in [first, second] {
            #expect(answer?.actorName == Town.nurse.name)
            #expect(answer?.leaf.at == at)
        }
        #expect(try await town.events(.clinic).count { $0 == "message.confirmed" } == 1)
    }

    @Test func `a sheet that is answered from the list is answered on both sides`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let key = try await town.sendLiaison()
        try await town.settle()
        let sheet = try await FlowSheet.named("care-liaison-reply-1", for: clinic)
        _ = try await clinic.send(SendRequest(sheet: sheet), by: Town.nurse)
        try await town.settle()
        #expect(try await town.state(key) == .replied)
        let row = try await clinic.inbox(limit: 10).first { $0.key == key }
        #expect(row?.state == .replied)
    }

    @Test func `who reads what was sent back unopened signs that it was opened`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let key = try await town.sendLiaison()
        try await town.settle()
        _ = try await clinic.returnSheet(
            key,
            because: .wrongPatient,
            handling: nil,
            by: Town.nurse
        )
        try await town.settle()
        #expect(try await town.state(key) == .replied)
        #expect(try await clinic.confirm(key, by: Town.nurse) == nil, "it was answered")
        func receipts() async throws -> [String] {
            try await town.events(.careOffice).filter { $0.hasPrefix("receipt.received") }
        }
        let before = try await receipts().count
        for _ in 0..<2 {
            _ = try await clinic.open(key, by: Town.nurse)
            try await town.settle()
        }
        #expect(try await receipts().count == before + 1)
        let slot = StatementSlot.copy(.opened, key, clinic.member)
        let opened = try await town.office(.careOffice).store.read { stored throws(StoreError) in
            try stored.receipt(in: slot)
        }
        #expect(opened != nil)
        #expect(try await town.state(key) == .replied)
        #expect(try await clinic.inbox(limit: 10).first { $0.key == key }?.state == .replied)
    }

    @Test(arguments: ["髙﨑 𠮷之助", "高崎吉之助", "髙﨑　𠮷之助", "ﾀｶｻｷ"])
    func `the log is asked in any spelling of a name`(asked: String) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let isKana = asked == "ﾀｶｻｷ"
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            guard case .object(var patient)? = sheet["patient"] else { return }
            patient["fullName"] = .string(isKana ? "たかさき" : "髙﨑　𠮷之助")
            sheet["patient"] = .object(patient)
        }
        _ = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        let entries = try await office.auditEntries(of: asked, message: nil, by: Town.nurse)
        #expect(
            entries.map(\.leaf.facts.event) == [
                .consentRecorded, .consentGranted, .messageQueued,
            ]
        )
        // Shown as it was written.
        let names = entries.flatMap(\.openings).filter { $0.field == .patient }.map(\.value)
        #expect(names.allSatisfy { $0 == (isKana ? "たかさき" : "髙﨑　𠮷之助") })
    }

    @Test func `a name of an earlier year is found, a message that never was is an error`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let key = try await town.sendLiaison()
        town.time.advance(by: .days(370))
        let found = try await office.auditEntries(
            of: nil,
            message: key.messageID,
            by: Town.nurse
        )
        #expect(found.contains { $0.leaf.facts.event == .messageQueued })
        let unknown = MessageID.make(at: town.time.now, SeededRandom(seed: 3))
        let error = await #expect(throws: GatewayError.self) {
            try await office.auditEntries(of: nil, message: unknown, by: Town.nurse)
        }
        #expect(error?.code == "notFound")
        let nobody = try await office.auditEntries(
            of: "どこにもいない",
            message: key.messageID,
            by: Town.nurse
        )
        #expect(nobody.isEmpty)
    }
}
