import Consent
import Gateway
import Primitives
import Sheets

/// Answers what is asked of the consents of an organisation, and of the templates of blanket ones.
struct ConsentDesk {
    let gateway: OrganisationGateway

    func answer(
        _ name: String,
        _ reader: inout ObjectReader,
        _ files: [[UInt8]]
    ) async throws -> ControlAnswer {
        switch name {
        case "consent.add": try await addConsent(&reader, files)
        case "consent.withdraw": try await withdraw(&reader)
        case "consent.form.keep": try await keepForm(&reader, files)
        case "consent.form": try await form(&reader)
        case "template.add": try await addTemplate(&reader, files)
        case "template.list": try await templates()
        default: try await consents()
        }
    }

    private func addConsent(
        _ reader: inout ObjectReader,
        _ files: [[UInt8]]
    ) async throws -> ControlAnswer {
        var json = try JSON(reading: files.first ?? [])
        if let word = try reader.optionalText("template"), var record = json.object {
            record["explainedText"] = try await gateway.consentTemplate(called: word).reference
            json = .object(record)
        }
        let id = try await gateway.recordConsent(json, by: try reader.agent())
        return ControlAnswer(["consentRecordId": .string(id.text)])
    }

    private func consents() async throws -> ControlAnswer {
        let records = try await gateway.consentRecords()
        return ControlAnswer([
            "items": .array(
                records.map { record in
                    [
                        "consentRecordId": .string(record.id.text),
                        "status": .string(
                            record.withdrawal == nil ? record.status.rawValue : "withdrawn"
                        ),
                        "validFrom": .string(record.validFrom.description),
                        "validTo": record.validTo.map { .string($0.description) },
                    ]
                }
            )
        ])
    }

    private func withdraw(
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let id = try reader.value("record", ConsentRecordID.init(_:))
        let giver = try reader.optionalValue("giver") { ConsentGiver($0) } ?? ConsentGiver("self")
        try await gateway.withdrawConsent(id, giver: giver, by: try reader.agent())
        return ControlAnswer(["consentRecordId": .string(id.text), "status": "withdrawn"])
    }

    private func keepForm(
        _ reader: inout ObjectReader,
        _ files: [[UInt8]]
    ) async throws -> ControlAnswer {
        let id = try reader.value("record", ConsentRecordID.init(_:))
        try await gateway.keepForm(files.first ?? [], of: id, by: try reader.agent())
        return ControlAnswer(["consentRecordId": .string(id.text)])
    }

    private func form(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let id = try reader.value("record", ConsentRecordID.init(_:))
        let form = try await gateway.form(of: id, by: try reader.agent())
        return ControlAnswer(["mediaType": .string(form.mediaType)], files: [form.bytes])
    }

    private func addTemplate(
        _ reader: inout ObjectReader,
        _ files: [[UInt8]]
    ) async throws -> ControlAnswer {
        let json = try JSON(reading: files.first ?? [])
        var known: ConsentTemplateID?
        if let word = try reader.optionalText("template") {
            known = try await gateway.consentTemplate(called: word).id
        }
        let kept = try await gateway.keepTemplate(json, of: known, by: try reader.agent())
        return ControlAnswer(kept.row)
    }

    private func templates() async throws -> ControlAnswer {
        ControlAnswer(["items": .array(try await gateway.consentTemplates().map(\.row))])
    }
}

extension ConsentTemplate {
    fileprivate var row: JSON {
        [
            "template": .string(label), "name": .string(name),
            "since": .string(since.description),
        ]
    }
}
