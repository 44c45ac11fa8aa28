import Audit
import Consent
import Gateway
import Primitives
import Staff
import TestKit
import Testing

@testable import Pages

/// C-6: the text of a blanket consent, in versions, and the records that name one.
struct TemplateTests {
    private static let template: [(String, String)] = [
        ("name", "契約時の説明書"), ("since", "R8.4.1"), ("purposes", "careCoordination"),
        ("purposes", "admission"), ("scopeOrgTypes", "clinic"), ("scopeOrgTypes", "hospital"),
        ("information", "心身の状態、服薬、生活の状況"), ("withdrawal", "いつでも撤回できます。"),
    ]
    private static let blanket = JourneyTests.consent.map {
        $0.0 == "method" ? ($0.0, "contractBlanket") : $0
    }

    private func town() async throws -> (town: PagesTown, admin: Clerk, page: String) {
        let town = try await PagesTown.make()
        let admin = try await town.clerk("kaori", [.administrator], profession: "clerk")
        let page = town.path(.careOffice, "/templates")
        await admin.open(town.path(.careOffice, "/staff"))
        #expect(admin.has("href=\"\(page)\""), "it is found from 職員")
        await admin.open(page)
        try #require(admin.status == 200, "\(admin.html)")
        return (town, admin, page)
    }

    private func events(_ town: PagesTown) async throws -> [String] {
        try await town.town.office(.careOffice).auditEntries(of: nil, message: nil, by: Town.nurse)
            .map(\.leaf.facts).map { "\($0.event.rawValue) \($0.reason?.text ?? "")" }
    }

    @Test(arguments: ["name", "since", "purposes", "scopeOrgTypes", "information", "withdrawal"])
    func `a template names all that a blanket consent must`(field: String) async throws {
        let (town, admin, page) = try await town()
        #expect(!admin.has(" checked"))
        await admin.post(page, Self.template.filter { $0.0 != field })
        #expect(admin.status == 400 && admin.has("href=\"#\(field)\""), "\(admin.html)")
        let office = town.town.office(.careOffice)
        #expect(try await office.consentTemplates().isEmpty)
        #expect(try await !events(town).contains("setting.changed "))
        await admin.post(page, Self.template)
        let first = try #require(try await office.consentTemplates().first)
        #expect(first.version == 1 && first.purposes.count == 2)
        #expect(try await events(town).contains("setting.changed "))
        // A new version stands beside the first, which stays as it is.
        let later = Self.template.filter { $0.0 != "purposes" && $0.0 != "since" }
        await admin.post(
            page,
            later + [("template", first.id.text), ("purposes", "discharge"), ("since", "R8.10.1")]
        )
        let all = try await office.consentTemplates()
        #expect(all.map(\.version) == [2, 1] && all.last == first)
    }

    @Test func `a blanket consent names the text that was explained`() async throws {
        let (town, admin, page) = try await town()
        await admin.post(page, Self.template)
        let office = town.town.office(.careOffice)
        let template = try #require(try await office.consentTemplates().first)
        let care = try await town.clerk("haruka")
        let consents = town.path(.careOffice, "/consents")
        await care.open(consents)
        await care.post(consents, Self.blanket)
        #expect(care.status == 400 && care.has("href=\"#template\""), "\(care.html)")
        let named = [("template", "\(template.id.text).1")]
        let wider = Self.blanket.filter { $0.0 != "purposes" } + [("purposes", "statistics")]
        await care.post(consents, wider + named)
        #expect(care.status == 400 && care.has("ひな形にない目的"), "\(care.html)")
        #expect(try await office.consentRecords().isEmpty)
        await care.post(consents, Self.blanket + named)
        let record = try #require(try await office.consentRecords().first, "\(care.html)")
        #expect(record.template?.id == template.id && record.template?.version == 1)
        #expect(care.has("契約時の説明書 第1版"), "\(care.html)")
    }

    @Test func `a blanket consent without a template is not kept, whoever asks for it`()
        async throws
    {
        let town = try await PagesTown.make([.careOffice])
        let office = town.town.office(.careOffice)
        let record: JSON = [
            "consentRecordId": "f76aed66-927f-5393-8cb7-e41aee1e3714",
            "patientRef": ["fullName": "髙﨑 𠮷之助"], "status": "obtained",
            "purposes": ["admission"], "scopeOrgTypes": ["hospital"],
            "validFrom": "2026-04-01", "method": "contractBlanket", "givenBy": "self",
        ]
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.recordConsent(record, by: Town.careManager)
        }
        #expect(error?.code == "consentMissing")
        #expect(error?.advice.contains("gateway template list") == true)
        #expect(try await events(town).contains("consent.denied scope"))
        #expect(try await office.consentRecords().isEmpty)
    }

    @Test func `a record that its template does not cover is refused, and on record`()
        async throws
    {
        let (town, admin, page) = try await town()
        await admin.post(page, Self.template)
        let office = town.town.office(.careOffice)
        let template = try #require(try await office.consentTemplates().first)
        func record(_ edit: (inout JSONObject) -> Void) -> JSON {
            var json: JSONObject = [
                "consentRecordId": "f76aed66-927f-5393-8cb7-e41aee1e3714",
                "patientRef": ["fullName": "髙﨑 𠮷之助"], "status": "obtained",
                "purposes": ["admission"], "scopeOrgTypes": ["hospital"],
                "validFrom": "2026-04-01", "method": "contractBlanket", "givenBy": "self",
                "explainedText": template.reference,
            ]
            edit(&json)
            return .object(json)
        }
        let wrong: [JSON] = [
            record { $0["purposes"] = ["statistics"] },
            record { $0["scopeOrgTypes"] = ["pharmacy"] },
            record { $0["validFrom"] = "2026-03-31" },
            record { $0["scopeOrgs"] = ["9910000003"] },
            record { json in
                var text = template.reference.object ?? JSONObject()
                text["version"] = 2
                json["explainedText"] = .object(text)
            },
        ]
        for json in wrong {
            let error = await #expect(throws: GatewayError.self) {
                _ = try await office.recordConsent(json, by: Town.careManager)
            }
            #expect(error?.code == "consentMissing")
        }
        #expect(try await office.consentRecords().isEmpty)
        #expect(try await events(town).count { $0 == "consent.denied scope" } == wrong.count)
        _ = try await office.recordConsent(record { _ in }, by: Town.careManager)
        #expect(try await office.consentRecords().count == 1)
    }
}
