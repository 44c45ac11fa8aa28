import Audit
import Consent
import Cryptography
import Delivery
import Gateway
import Primitives
import Storage
import TestKit

/// Example sheets with a consent record that stands in the sender's register.
enum FlowSheet {
    /// 医療・介護連携シート, care office to clinic.
    static func liaison(for office: OrganisationGateway) async throws -> [UInt8] {
        try await named("care-liaison-1", for: office)
    }

    /// An example by its name; `change` mends it before the consent is recorded.
    static func named(
        _ name: String,
        for office: OrganisationGateway,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> [UInt8] {
        guard case .object(var sheet) = try SheetExamples.example(name + ".json").json else {
            return []
        }
        change(&sheet)
        if case .object(var consent)? = sheet["consent"],
            consent["status"]?.string == "obtained", consent["consentRecordId"] == nil
        {
            consent["consentRecordId"] = "f76aed66-927f-5393-8cb7-e41aee1e3714"
            sheet["consent"] = .object(consent)
        }
        return try await recorded(.object(sheet), office)
    }

    /// A row of a sheet's list of attachments that describes these bytes.
    static func attachment(_ name: String, _ bytes: [UInt8]) -> JSON {
        [
            "name": .string(name),
            "mediaType": "application/pdf",
            "byteLength": .integer(Int64(bytes.count)),
            "sha256": .string(SHA256.hash(bytes).hex),
            "kind": "carePlan",
        ]
    }

    /// Adds the record that the sheet's statement names, and gives the sheet's bytes.
    static func recorded(_ json: JSON, _ office: OrganisationGateway) async throws -> [UInt8] {
        guard let consent = json["consent"], let id = consent["consentRecordId"] else {
            return json.canonicalBytes
        }
        let record: JSON = [
            "consentRecordId": id,
            "patientRef": PatientReference(ofPatient: json["patient"])?.json,
            "status": consent["status"],
            "purposes": consent["scopePurposes"],
            "scopeOrgTypes": consent["scopeOrgTypes"],
            "familyMembersConsented": [["name": "家族", "relationship": "son"]],
            "validFrom": consent["obtainedOn"],
            "method": consent["method"],
            "givenBy": consent["givenBy"],
            "explainedText": try await explained(consent, office),
        ]
        _ = try await office.recordConsent(record, by: Town.careManager)
        return json.canonicalBytes
    }

    /// The template that a blanket consent is given on, as wide as it; nil for any other consent.
    private static func explained(
        _ consent: JSON,
        _ office: OrganisationGateway
    ) async throws -> JSON? {
        guard consent["method"]?.string == "contractBlanket" else { return nil }
        let template: JSON = [
            "name": "契約時の包括同意", "purposes": consent["scopePurposes"],
            "scopeOrgTypes": consent["scopeOrgTypes"], "information": "心身の状態、生活の様子",
            "withdrawal": "いつでも撤回できます。", "since": consent["obtainedOn"],
        ]
        return try await office.keepTemplate(template, by: Town.careManager).reference
    }

    static let record: ConsentRecordID = {
        guard let id = ConsentRecordID("f76aed66-927f-5393-8cb7-e41aee1e3714") else {
            preconditionFailure("a fixed id")
        }
        return id
    }()
}

extension Town {
    /// Sends the liaison sheet from the care office to the clinic; nothing has moved yet.
    func sendLiaison(
        _ change: (inout SendRequest) -> Void = { _ in }
    ) async throws -> MessageKey {
        let office = office(.careOffice)
        var request = SendRequest(sheet: try await FlowSheet.liaison(for: office))
        change(&request)
        let sent = try await office.send(request, by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    /// The state of the first copy, as its sender sees it.
    func state(_ key: MessageKey) async throws -> DeliveryState? {
        try await office(.careOffice).track(key.messageID).copies.first?.state
    }

    /// How often the message stands in the inbox of a place.
    func rows(_ key: MessageKey, at place: World.Place = .clinic) async throws -> Int {
        try await office(place).inbox(limit: .max).filter { $0.key == key }.count
    }

    /// Names of the events in the access log of a place, with their reasons.
    func checkpointSize(of place: World.Place) async throws -> UInt64 {
        try await office(place).store.audit { log throws(StoreError) in
            guard let origin = try log.openTree(.access)?.origin else { return 0 }
            return try log.checkpoint(of: origin)?.checkpoint.head.size ?? 0
        }
    }

    /// The same as they stand in the store, without asking the office.
    func storedEvents(_ place: World.Place) async throws -> [String] {
        try await office(place).store.audit { log throws(StoreError) in
            guard let tree = try log.openTree(.access) else { return [] }
            return try log.leaves(of: tree.origin, from: 0, limit: .max).map {
                bytes throws(StoreError) in
                let leaf = try wrap({ _ in StoreError.damaged }) { () throws(DecodingRefusal) in
                    try AuditLeaf(reading: bytes, in: .access)
                }
                return [leaf.facts.event.rawValue, leaf.facts.reason?.text]
                    .compactMap(\.self).joined(separator: " ")
            }
        }
    }

    func events(_ place: World.Place) async throws -> [String] {
        try await office(place).auditEntries(of: nil, message: nil, by: Town.nurse).map {
            [$0.leaf.facts.event.rawValue, $0.leaf.facts.reason?.text]
                .compactMap(\.self).joined(separator: " ")
        }
    }
}

extension OrganisationGateway {
    /// All bytes of attachments that are small enough for a test to hold.
    func whole(_ attachments: [ReceivedAttachment]) async throws -> [[UInt8]] {
        var files: [[UInt8]] = []
        for attachment in attachments {
            var bytes: [UInt8] = []
            for index in 0..<attachment.pieceCount {
                bytes += try await piece(index, of: attachment)
            }
            files.append(bytes)
        }
        return files
    }
}
