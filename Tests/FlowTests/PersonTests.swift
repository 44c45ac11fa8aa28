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
}
