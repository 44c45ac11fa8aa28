import Audit
import Consent
import Delivery
import Gateway
import HTTP
import Paper
import Primitives
import Sheets
import TestKit
import Testing

@testable import Pages

/// 退院・退所情報記録書 over the pages, from the admission it answers to those who read it.
struct DischargePageTests {
    /// What somebody types who fills in the form like this.
    private static func typed(_ value: JSON, _ place: String) -> [(String, String)] {
        switch value {
        case .object(let object):
            object.members.flatMap { typed($0.value, place + "/" + $0.name) }
        case .array(let elements):
            elements.enumerated().flatMap { index, element in
                typed(element, element.string == nil ? "\(place)/\(index)" : place)
            }
        case .string(let text): [(place, text)]
        case .bool(let isTrue): [(place, isTrue ? "true" : "false")]
        case .integer, .number, .null: []
        }
    }

    /// 入院時情報提供書 without attachments, from the care office to the hospital.
    private func admit(_ town: PagesTown) async throws {
        let office = town.town.office(.careOffice)
        var sheet = try #require(try SheetExamples.example("admission-info-1.json").json.object)
        var body = try #require(sheet["body"]?.object)
        body["enclosedPlans"] = nil
        (sheet["body"], sheet["attachments"]) = (.object(body), nil)
        try await town.record(consentOf: .object(sheet), at: .careOffice)
        let request = SendRequest(sheet: JSON.object(sheet).canonicalBytes)
        _ = try await office.send(request, by: Town.careManager)
        try await town.town.settle()
        #expect(try await office.expectations(limit: 9).count == 1)
    }

    @Test func `it answers an admission, and what was not disclosed is marked wherever it is read`()
        async throws
    {
        let town = try await PagesTown.make([.careOffice, .hospital])
        try await admit(town)
        let nurse = try await town.clerk("sayaka", at: .hospital, profession: "nurse")
        await nurse.open(town.path(.hospital, "/inbox"))
        let asked = try #require(nurse.link(town.path(.hospital, "/sheets/")))
        await nurse.open(asked)
        await nurse.post(asked + "/reply", [("type", "dischargeInfo")])
        #expect(nurse.has("退院・退所情報記録書の記入") && nurse.has("記入の手順"), "\(nurse.html)")
        let draft = nurse.path
        var body = try #require(
            try SheetExamples.example("discharge-info-1.json").json["body"]?.object
        )
        body["diseaseDisclosed"] = "no"
        let fields =
            Self.typed(.object(body), "/body")
            + [("consent", "notice"), ("notice", "令和8年4月版")]
        let steps = ["ground"] + (1...9).map { "s\($0)" }
        for step in steps {
            await nurse.open(draft + "?step=\(step)")
            await nurse.post(draft, fields + [("next", step == "s9" ? "check" : "save")])
        }
        #expect(nurse.title.hasPrefix("送信前の確認"), "\(nurse.html)")
        #expect(nurse.has("「本人未告知」の書類は、FAXでは送れません"), "\(nurse.html)")
        await nurse.post(draft + "/send")
        #expect(nurse.title.hasPrefix("送信を受け付けました"), "\(nurse.html)")
        let sent = nurse.path
        await nurse.open(sent + "/sheet")
        #expect(nurse.has("title thick\">本人未告知</div>"), "the own copy")
        try await town.town.settle()

        let care = try await town.clerk("haruka")
        await care.open(town.path(.careOffice, "/inbox"))
        #expect(!care.has("本人未告知"), "no list tells it")
        let sheet = try #require(care.link(town.path(.careOffice, "/sheets/")))
        await care.open(sheet)
        let points = try #require(care.between("id=\"points\">要点", "</section>"))
        #expect(points.contains("本人未告知") && points.contains("(Ⅱ)ロ 750単位"), "\(points)")
        #expect(care.has("title thick\">本人未告知</div>") && care.has("令和8年3月6日"))
        await care.post(sheet + "/print")
        guard case .bytes(let bytes, type: "application/pdf")? = care.last?.body else {
            Issue.record("a file comes")
            return
        }
        let document = try #require(try PaperJob(reading: bytes).documents.first)
        #expect(document.heading.hasPrefix("【本人未告知】退院・退所情報記録書"))
        #expect(document.form.rows.first?.cells.map(\.text) == ["本人未告知"])
        let open = try await town.town.office(.careOffice).expectations(limit: 9)
        #expect(open.isEmpty, "what the admission waited for has come")
    }
}

extension PagesTown {
    /// Adds the record that a sheet's statement names.
    func record(consentOf sheet: JSON, at place: World.Place) async throws {
        let consent = try #require(sheet["consent"])
        let office = town.office(place)
        let template = try await office.keepTemplate(
            [
                "name": "契約時の包括同意", "purposes": consent["scopePurposes"],
                "scopeOrgTypes": consent["scopeOrgTypes"], "information": "心身の状態",
                "withdrawal": "いつでも撤回できます。", "since": consent["obtainedOn"],
            ],
            by: Town.careManager
        )
        _ = try await office.recordConsent(
            [
                "consentRecordId": consent["consentRecordId"],
                "patientRef": PatientReference(ofPatient: sheet["patient"])?.json,
                "status": consent["status"],
                "purposes": consent["scopePurposes"],
                "scopeOrgTypes": consent["scopeOrgTypes"],
                "familyMembersConsented": [["name": "家族", "relationship": "son"]],
                "validFrom": consent["obtainedOn"],
                "method": consent["method"],
                "givenBy": consent["givenBy"],
                "explainedText": template.reference,
            ],
            by: Town.careManager
        )
    }
}
