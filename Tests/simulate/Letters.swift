import Consent
import Directory
import Primitives
import Sheets
import TestKit

/// The sheets that are sent in a world: the examples, each with a thread of its own.
enum Letters {
    private static let liaison = Result { try SheetExamples.example("care-liaison-1.json").json }
    private static let reply = Result {
        try SheetExamples.example("care-liaison-reply-1.json").json
    }
    private static let addressees = Result {
        try [
            World.Place.clinic: addressee("care-liaison-1.json"),
            .hospital: addressee("admission-info-1.json"),
        ]
    }

    /// A sheet of the care office to one or more others.
    static func liaison(
        to recipients: [World.Place],
        _ urgency: String,
        thread: ThreadID
    ) throws -> [UInt8] {
        guard case .object(var sheet) = try liaison.get() else { return [] }
        let known = try addressees.get()
        sheet["sheetId"] = .name(thread)
        sheet["threadId"] = .name(thread)
        sheet["urgency"] = .string(urgency)
        sheet["recipients"] = .array(recipients.compactMap { known[$0] })
        return JSON.object(sheet).canonicalBytes
    }

    /// The answer of the clinic or the hospital.
    static func reply(
        from place: World.Place,
        to thread: ThreadID,
        as sheetID: SheetID
    ) throws -> [UInt8] {
        guard case .object(var sheet) = try reply.get() else { return [] }
        try sheet.send(from: addressees.get()[place]?["organization"])
        sheet["sheetId"] = .name(sheetID)
        sheet["threadId"] = .name(thread)
        sheet["inReplyTo"] = .name(thread)
        return JSON.object(sheet).canonicalBytes
    }

    /// A sheet of one organisation to others.
    static func liaison(
        from sender: JSON,
        to recipients: [JSON],
        _ urgency: String,
        thread: ThreadID
    ) throws -> [UInt8] {
        guard case .object(var sheet) = try liaison.get() else { return [] }
        sheet.send(from: sender, to: recipients)
        sheet["sheetId"] = .name(thread)
        sheet["threadId"] = .name(thread)
        sheet["urgency"] = .string(urgency)
        return JSON.object(sheet).canonicalBytes
    }

    /// Its answer.
    static func reply(
        from sender: JSON,
        to recipient: JSON,
        _ thread: ThreadID,
        as sheetID: SheetID
    ) throws -> [UInt8] {
        guard case .object(var sheet) = try reply.get() else { return [] }
        sheet.send(from: sender, to: [recipient])
        sheet["sheetId"] = .name(sheetID)
        sheet["threadId"] = .name(thread)
        sheet["inReplyTo"] = .name(thread)
        return JSON.object(sheet).canonicalBytes
    }

    /// The consent that the care office's sheets name.
    static func consentRecord(on template: ConsentTemplate) throws -> JSON {
        let consent = try liaison.get()["consent"]
        return [
            "consentRecordId": consent?["consentRecordId"],
            "patientRef": PatientReference(ofPatient: try liaison.get()["patient"])?.json,
            "status": consent?["status"],
            "purposes": consent?["scopePurposes"],
            "scopeOrgTypes": consent?["scopeOrgTypes"],
            "familyMembersConsented": [["name": "家族", "relationship": "son"]],
            "validFrom": consent?["obtainedOn"],
            "method": consent?["method"],
            "givenBy": consent?["givenBy"],
            "explainedText": template.reference,
        ]
    }

    /// What is explained to whom consents beforehand.
    static func template() throws -> JSON {
        let consent = try liaison.get()["consent"]
        return [
            "name": "契約時の包括同意", "purposes": consent?["scopePurposes"],
            "scopeOrgTypes": consent?["scopeOrgTypes"], "information": "心身の状態、生活の様子",
            "withdrawal": "いつでも撤回できます。", "since": consent?["obtainedOn"],
        ]
    }

    private static func addressee(_ example: String) throws -> JSON {
        let sheet = try SheetExamples.example(example).json
        guard let first = sheet["recipients"]?.array?.first else {
            throw DecodingRefusal(.badForm, at: example)
        }
        return first
    }
}

extension JSONObject {
    /// Names the organisations; everything else about them stays as in the example.
    fileprivate mutating func send(from organization: JSON?, to recipients: [JSON]? = nil) {
        self["sender"] = self["sender"]?.naming(organization)
        guard let recipients, let example = self["recipients"]?.array?.first else { return }
        self["recipients"] = .array(recipients.map { example.naming($0) })
    }
}

extension JSON {
    fileprivate func naming(_ organization: JSON?) -> JSON {
        guard case .object(var party) = self, case .object(var named)? = party["organization"],
            case .object(let names)? = organization
        else { return self }
        for (name, value) in names.members { named[name] = value }
        party["organization"] = .object(named)
        return .object(party)
    }
}
