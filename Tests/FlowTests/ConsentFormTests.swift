import Audit
import Consent
import Cryptography
import Delivery
import Foundation
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// C-16: the scan of a signed form stays with the organisation that took the consent.
@Suite struct ConsentFormTests {
    private static let scan = "%PDF-1.4\n% 見本の署名\n%%EOF\n".bytes

    private func refusal(_ call: () async throws -> Void) async throws -> String? {
        await #expect(throws: GatewayError.self) { try await call() }?.code
    }

    @Test func `who relied on a consent reads its statement, and never gets the form`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        defer { town.close() }
        let (office, clinic) = (town.office(.careOffice), town.office(.clinic))
        let first = try await town.sendLiaison()
        let record = try #require(try await office.consentRecords().first)
        try await office.keepForm(Self.scan, of: record.id, by: Town.careManager)
        let second = try await town.sendLiaison()
        try await town.settle()
        for key in [first, second] {
            let sheet = try await clinic.open(key, by: Town.nurse).sheet
            let consent = try #require(sheet.json["consent"])
            for name in ["obtainedOn", "giverName", "scopePurposes", "scopeOrgTypes"] {
                #expect(consent[name] != nil, "\(name)")
            }
            for hidden in [Self.scan, SHA256.hash(Self.scan).hex.bytes] {
                #expect(Data(sheet.bytes).range(of: Data(hidden)) == nil)
            }
        }
        #expect(
            try await refusal { _ = try await clinic.form(of: record.id, by: Town.nurse) }
                == "notFound"
        )
        // Here it is shown, on record first, and a new version of the record keeps it.
        _ = try await office.recordConsent(record.json, by: Town.careManager)
        let form = try await office.form(of: record.id, by: Town.careManager)
        #expect(form.bytes == Self.scan && form.mediaType == "application/pdf")
        let shown = try await office.auditEntries(of: nil, message: nil, by: Town.careManager)
            .first { $0.leaf.facts.event == .consentShown }
        #expect(shown?[.patient] != nil && shown?.actorName == Town.careManager.name)
        // It ends with the record.
        try await town.settle()
        let items = try await office.erasable(with: first.messageID)
        _ = try await office.erase(
            items,
            on: .requested,
            by: Town.careManager,
            confirmedBy: "波多野"
        )
        #expect(
            try await refusal { _ = try await office.form(of: record.id, by: Town.careManager) }
                == "notFound"
        )
        let left = try await office.read { stored throws(StoreError) in
            try stored.records(.consentForm).count
        }
        #expect(left == 0)
    }

    @Test func `what is no scan is refused`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        defer { town.close() }
        let office = town.office(.careOffice)
        _ = try await town.sendLiaison()
        let record = try #require(try await office.consentRecords().first)
        let large = Self.scan + [UInt8](repeating: 0x20, count: Limits.consentFormBytes)
        for bytes in [[], "<html>".bytes, "PK".bytes, large] {
            let code = try await refusal {
                try await office.keepForm(bytes, of: record.id, by: Town.careManager)
            }
            #expect(code == "formUnfit")
        }
        let unknown = ConsentRecordID.make(SystemRandom())
        let code = try await refusal {
            try await office.keepForm(Self.scan, of: unknown, by: Town.careManager)
        }
        #expect(code == "notFound")
    }
}
