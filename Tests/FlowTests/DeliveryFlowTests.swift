import Audit
import Consent
import Cryptography
import Delivery
import Directory
import Envelope
import Gateway
import Primitives
import Sheets
import Storage
import TestKit
import Testing

/// One sheet from draft to receipt and proof, through all real parts but the network.
@Suite struct DeliveryFlowTests {
    @Test func `a sheet crosses and every receipt comes back with its proof`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let clinic = town.office(.clinic)
        let sheet = try await FlowSheet.liaison(for: office)
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        try await town.settle()
        #expect(try await office.track(sent.messageID).copies.map(\.state) == [.delivered])
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        let opened = try await clinic.open(key, by: Town.nurse)
        #expect(opened.sheet.bytes == sheet)
        try await clinic.confirm(key, by: Town.nurse)
        try await town.settle()
        #expect(try await office.track(sent.messageID).copies.map(\.state) == [.confirmed])
        let receipts = try await office.receipts(of: key)
        #expect(
            receipts.map(\.statement.type) == [.accepted, .delivered, .opened, .confirmed]
        )
        #expect(receipts.allSatisfy { $0.proof != nil })
        #expect(receipts.last?.disclosure?.value(.actorName) == Town.nurse.name)
    }

    @Test func `the evidence of a delivery proves itself under the root`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.liaison(for: office)
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        try await town.settle()
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        try await town.office(.clinic).confirm(key, by: Town.nurse)
        try await town.settle()
        let file = try await office.evidence(of: key, to: nil, withContent: true)
        let read = try EvidenceFile(reading: file.bytes)
        let facts = try EvidenceVerifier.verify(read, root: town.root, now: town.time.now)
        #expect(facts.contains { $0.kind == .confirmed && $0.isProved })
    }
}
