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
        guard case .object(var sheet) = try reply.get(),
            case .object(var sender)? = sheet["sender"]
        else { return [] }
        sender["organization"] = try addressees.get()[place]?["organization"]
        sheet["sender"] = .object(sender)
        sheet["sheetId"] = .name(sheetID)
        sheet["threadId"] = .name(thread)
        sheet["inReplyTo"] = .name(thread)
        return JSON.object(sheet).canonicalBytes
    }

    /// The consent that the care office's sheets name.
    static func consentRecord() throws -> JSON {
        let consent = try liaison.get()["consent"]
        return [
            "consentRecordId": consent?["consentRecordId"],
            "status": consent?["status"],
            "purposes": consent?["scopePurposes"],
            "scopeOrgTypes": consent?["scopeOrgTypes"],
            "familyMembersConsented": [["name": "家族", "relationship": "son"]],
            "validFrom": consent?["obtainedOn"],
            "method": consent?["method"],
            "givenBy": consent?["givenBy"],
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
