import Audit
import Consent
import Directory
import Gateway
import Primitives
import Sheets
import Staff

/// Makes the sheet of a draft: what the writer filled in, and what the office and the session know.
struct SheetMaker {
    let visit: Visit
    let draft: Draft
    /// The record that the draft stands on.
    let consent: ConsentRecord?
    let files: DraftFiles

    /// Fields of the common part that the writer fills in.
    static let written = ["scene", "sceneExtra", "urgency", "replyExpectation", "replyDueOn"]

    /// The parts of the form that a writer sees, in their order.
    static func form(of type: SheetType, _ catalogue: SheetCatalogue, on day: Day) -> FormField? {
        guard let whole = catalogue.form(of: type, on: day), case .group(let members) = whole.kind
        else { return nil }
        let names = ["patient"] + written + ["body"]
        let shown = names.compactMap { name in
            members.first { $0.name.hasSameBytes(as: name) }
        }
        return whole.with(.group(shown))
    }

    /// The bytes that would be signed today.
    var bytes: [UInt8] {
        var sheet = JSONObject()
        sheet["sheetType"] = .string(draft.type.text)
        sheet["schemaVersion"] = visit.catalogue.version(of: draft.type).map { .string($0) }
        sheet["sheetId"] = .string(draft.sheetID.text)
        sheet["threadId"] = .string(draft.threadID.text)
        sheet["inReplyTo"] = draft.inReplyTo.map { .string($0.text) }
        sheet["supersedes"] = draft.supersedes.map { .string($0.text) }
        sheet["issuedOn"] = .string(visit.today.description)
        sheet["sender"] = sender
        let recipients = draft.to.map { recipient($0, "to") } + draft.cc.map { recipient($0, "cc") }
        sheet["recipients"] = recipients.isEmpty ? nil : .array(recipients)
        sheet["consent"] = statement
        sheet["attachments"] = files.json
        if let form = Self.form(of: draft.type, visit.catalogue, on: visit.today) {
            let written = DraftReading(form: form).json(draft)?.object ?? JSONObject()
            for (name, value) in written.members { sheet[name] = value }
            // An empty part tells which of its fields are missing, a missing one does not.
            for part in form.members where part.isRequired && part.isGroup {
                sheet[part.name] = sheet[part.name] ?? [:]
            }
        }
        return JSON.object(sheet).canonicalBytes
    }

    private var sender: JSON {
        [
            "organization": organisation(visit.gateway.member),
            "person": [
                "name": .string(visit.session.displayName),
                "role": .string(visit.session.agent.role.text),
            ],
        ]
    }

    private func recipient(_ member: MemberID, _ purpose: String) -> JSON {
        ["organization": organisation(member), "purpose": .string(purpose)]
    }

    private func organisation(_ member: MemberID) -> JSON {
        guard let summary = visit.gateway.view.member(member) else { return [:] }
        let profile = summary.membership.profile
        return [
            "name": .string(profile.displayName),
            "type": .string(profile.organisationType.text),
            "officeNo": profile.officeNumbers.first.map { .string($0.value) },
            "address": profile.address.isEmpty ? nil : .string(profile.address),
            "phone": visit.gateway.view.telephone(of: member).map { .string($0.text) },
        ]
    }

    /// The signed statement of consent, from the record that was chosen.
    private var statement: JSON? {
        let rules = visit.catalogue.delivery(of: draft.type)
        let types = Set(
            (draft.to + draft.cc).compactMap {
                visit.gateway.view.member($0)?.membership.profile.organisationType.text
            }
        ).sorted()
        switch draft.consent {
        case nil: return nil
        case .notice(let version)?:
            let purposes = Set(rules?.purposeNames ?? []).sorted()
            return [
                "status": "implied",
                "statement": "院内掲示による同意の範囲で提供します。",
                "noticeVersion": version.isEmpty ? nil : .string(version),
                "scopePurposes": .array(purposes.map { .string($0) }),
                "scopeOrgTypes": types.isEmpty ? nil : .array(types.map { .string($0) }),
            ]
        case .record?:
            return consent.map { record in
                let own = rules?.consentSentence?.words(withFamily: record.hasFamilyConsent)
                return statement(of: record, own ?? "本書の提供について、利用者の同意を得ています。")
            }
        }
    }

    private func statement(of record: ConsentRecord, _ sentence: String) -> JSON {
        let json = record.json
        let isOwn = record.givenBy?.text.hasSameBytes(as: "self") ?? false
        return [
            "status": .string(record.status.rawValue),
            "statement": .string(sentence),
            "obtainedOn": .string(record.validFrom.description),
            "method": json["method"],
            "givenBy": json["givenBy"],
            "giverName": json["giverName"],
            "giverRelationship": json["giverRelationship"] ?? (isOwn ? "self" : nil),
            "obtainedByPerson": json["explainedBy"] ?? json["recordedBy"],
            "proxyReason": json["proxyReason"],
            "guardianKind": json["guardianKind"],
            "familyInfoConsent": record.hasFamilyConsent ? true : nil,
            "consentRecordId": .string(record.id.text),
            "scopePurposes": json["purposes"],
            "scopeOrgTypes": json["scopeOrgTypes"],
            "scopeOrgNos": json["scopeOrgs"],
        ]
    }
}

extension SheetMaker {
    /// C-5: who may rely on a notice in the house (院内掲示).
    static let medicalTypes = [
        "hospital", "clinic", "dentalClinic", "homeDentalStation", "pharmacy",
    ]
}
