import Consent
import Gateway
import Primitives
import TestKit
import Testing

@testable import renkei

/// C-6 over the command line: a blanket consent is asked for the text that was explained.
@Suite struct ConsentDeskTests {
    private static let template: JSON = [
        "name": "契約時の包括同意", "purposes": ["admission"], "scopeOrgTypes": ["hospital"],
        "information": "心身の状態", "withdrawal": "いつでも撤回できます。", "since": "2026-04-01",
    ]
    private static let record: JSON = [
        "consentRecordId": "f76aed66-927f-5393-8cb7-e41aee1e3714",
        "patientRef": ["fullName": "髙﨑 𠮷之助"], "status": "obtained",
        "purposes": ["admission"], "scopeOrgTypes": ["hospital"],
        "validFrom": "2026-04-02", "method": "contractBlanket", "givenBy": "self",
    ]

    private static func ask(
        _ office: OrganisationGateway,
        _ name: String,
        _ file: JSON,
        on template: String? = nil
    ) async throws -> JSON {
        let call: JSON = [
            "as": "辻本", "role": "careManager", "template": template.map { .string($0) },
        ]
        var reader = try ObjectReader(call)
        return try await ConsentDesk(gateway: office)
            .answer(name, &reader, [file.canonicalBytes]).json
    }

    @Test func `a blanket consent names its template, by name or by number and version`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice])
        let office = town.office(.careOffice)
        let bare = await #expect(throws: GatewayError.self) {
            _ = try await Self.ask(office, "consent.add", Self.record)
        }
        #expect(bare?.code == "consentMissing")
        let unknown = await #expect(throws: GatewayError.self) {
            _ = try await Self.ask(office, "consent.add", Self.record, on: "契約時の包括同意")
        }
        #expect(unknown?.code == "notFound")
        let first = try await Self.ask(office, "template.add", Self.template)
        let label = try #require(first["template"]?.string)
        #expect(label.hasSuffix(".1"))
        let second = try await Self.ask(office, "template.add", Self.template, on: label)
        #expect(second["template"]?.string == String(label.dropLast()) + "2")
        let list = try await Self.ask(office, "template.list", [:])
        #expect(list["items"]?.array?.count == 2)
        for (word, version) in [("契約時の包括同意", Int64(2)), (label, 1)] {
            _ = try await Self.ask(office, "consent.add", Self.record, on: word)
            let kept = try await office.consentRecords().first?.json["explainedText"]
            #expect(kept?["version"]?.integer == version)
        }
        town.close()
    }
}
