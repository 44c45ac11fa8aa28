import Consent
import Gateway
import Primitives
import TestKit

/// Example sheets with a consent record that stands in the sender's register.
enum FlowSheet {
    /// 医療・介護連携シート, care office to clinic.
    static func liaison(for office: OrganisationGateway) async throws -> [UInt8] {
        try await recorded(try SheetExamples.example("care-liaison-1.json").json, office)
    }

    /// 入院時情報提供書, care office to hospital, without attachments.
    static func admission(for office: OrganisationGateway) async throws -> [UInt8] {
        try await recorded(try SheetExamples.example("admission-info-3.json").json, office)
    }

    /// Adds the record that the sheet's statement names, and gives the sheet's bytes.
    static func recorded(_ json: JSON, _ office: OrganisationGateway) async throws -> [UInt8] {
        guard let consent = json["consent"], let id = consent["consentRecordId"] else {
            return json.canonicalBytes
        }
        let record: JSON = [
            "consentRecordId": id,
            "status": consent["status"],
            "purposes": consent["scopePurposes"],
            "scopeOrgTypes": consent["scopeOrgTypes"],
            "familyMembersConsented": [["name": "家族", "relationship": "son"]],
            "validFrom": consent["obtainedOn"],
            "method": consent["method"],
            "givenBy": consent["givenBy"],
        ]
        _ = try await office.recordConsent(record, by: Town.careManager)
        return json.canonicalBytes
    }
}
