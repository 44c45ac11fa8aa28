import Primitives
import Sheets
import TestKit
import Testing

/// Loading a catalogue, and what a new type of sheet needs: files, no Swift.
struct CatalogueTests {
    typealias Files = [(path: String, bytes: [UInt8])]

    @Test func `the shipped catalogue has its types, with name and directions`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        #expect(
            catalogue.types.map(\.text) == [
                "admissionAck", "admissionInfo", "careLiaison", "careLiaisonReply",
                "consentWithdrawn", "dischargeInfo", "outcomeRequest", "patientOutcomeReply",
                "referredPatientStatus", "wrongRecipientNotice",
            ]
        )
        for type in catalogue.types {
            #expect(catalogue.label(of: type)?.isEmpty == false)
            #expect(catalogue.delivery(of: type)?.directions.isEmpty == false)
        }
        let unknown = try #require(SheetType("acpRecord"))
        #expect(catalogue.label(of: unknown) == nil)
        #expect(catalogue.delivery(of: unknown) == nil)
    }

    @Test func `every type has an example that is valid`() throws {
        let types = try Set(
            SheetExamples.names().filter { !$0.hasPrefix("invalid-") }
                .map { try SheetExamples.sheet($0).type }
        )
        #expect(types == Set(try SheetExamples.catalogue.get().types))
    }

    @Test func `files that are no part of the catalogue are left alone`() throws {
        let files =
            try SheetExamples.catalogueFiles() + [
                ("notes.json", "{".bytes), ("sheets/careLiaison/examples/a.json", "{".bytes),
                ("json-schema/x.json", "{".bytes),
            ]
        #expect(try SheetCatalogue(files: files).types.count == 10)
    }

    /// A file, what is replaced in it (nil: the file itself is taken away), and the refusal.
    static let broken: [(String, String?, String, CatalogueRefusal.Reason?)] = [
        ("common.json", nil, "", .missingFile), ("types.json", nil, "", .missingFile),
        ("messages.json", nil, "", .missingFile),
        ("calendar/holidays.json", nil, "", .missingFile),
        ("calendar/holidays.json", "2018-01-08", "2018-01-32", nil),
        ("rules/admissionLiaison.json", nil, "", .missingFile),
        ("rules/admissionLiaison.json", "admittedAfterHours", "admittedAtNoon", nil),
        ("rules/admissionLiaison.json", "[\"admittedOnClosedDay\"]", "[]", nil),
        ("rules/admissionLiaison.json", "\"lastDay\": 7", "\"lastDay\": 0", nil),
        ("sheets/admissionInfo/schema.json", "\"fill\": \"today\"", "\"fill\": \"yesterday\"", nil),
        ("sheets/careLiaison/layout.json", nil, "", .missingFile),
        ("sheets/careLiaison/delivery.json", nil, "", .missingFile),
        ("sheets/careLiaison/schema.json", nil, "", .missingFile),
        ("codes/Scene.json", nil, "", .unknownCodeList),
        ("codes/Profession.json", nil, "", .unknownCodeList),
        ("codes/Scene.json", "\"codes\"", "\"values\"", nil),
        ("messages.json", "E-RULE", "E-OTHER", nil),
        ("types.json", "\"form\"", "\"shape\"", nil),
        ("types.json", "reportWhen", "reportIf", nil),
        ("types.json", "holdsMyNumber", "holdsHisNumber", nil),
        ("common.json", "\"after\": \"@today\"", "\"after\": \"@yesterday\"", nil),
        ("common.json", "types.json#/$defs/uuid", "types.json#/$defs/guid", nil),
        ("sheets/careLiaison/layout.json", "{/issuedOn}", "{/issuedAt}", .unknownReference),
        ("sheets/careLiaison/layout.json", "{/issuedOn}", "{/issuedOn", nil),
        ("sheets/careLiaison/layout.json", "\"A4\"", "\"B5\"", nil),
        ("sheets/careLiaison/layout.json", "\"margin\": 15", "\"margin\": 16", nil),
        ("sheets/careLiaison/layout.json", "\"thick\"", "\"double\"", nil),
        ("sheets/careLiaison/layout.json", "\"labelWidth\": 42", "\"labelWidth\": 142", nil),
        ("sheets/careLiaison/layout.json", "=consult}", "=advise}", .unknownReference),
        ("sheets/careLiaison/layout.json", "sex?}", "sex?男・女}", .unknownReference),
        ("sheets/careLiaison/layout.json", "?意見のみ（開催なし）}", "?}", .unknownReference),
        ("sheets/careLiaison/layout.json", "\"each\": \"/", "\"each\": \"", nil),
        ("sheets/careLiaison/layout.json", "{/body/purposes}", "{/body/aims}", .unknownReference),
        ("sheets/careLiaison/layout.json", "{/body/purposes}", "かならず", nil),
        ("sheets/admissionInfo/layout.json", "\"isKeyPerson\", \"is\"", "\"a\", \"was\"", nil),
        ("sheets/admissionInfo/layout.json", "\"flags\": [", "\"flags\": [{\"text\": \"a\"},", nil),
        ("sheets/careLiaison/delivery.json", "\"to\"", "\"towards\"", nil),
        ("sheets/admissionInfo/delivery.json", "/body/abuse", "/body/misuse", .unknownReference),
        ("sheets/admissionInfo/delivery.json", "/body/family", "/body/kin", .unknownReference),
        ("sheets/admissionInfo/delivery.json", "\"/body/wishOfFamily\"", "7", nil),
        ("sheets/dischargeInfo/delivery.json", "\"banner\"", "\"words\"", nil),
        ("sheets/dischargeInfo/schema.json", "\"days\": 7", "\"days\": \"7\"", nil),
    ]

    @Test(arguments: broken)
    func `a catalogue with a broken file is refused`(
        _ path: String,
        _ text: String?,
        _ replacement: String,
        _ reason: CatalogueRefusal.Reason?
    ) throws {
        var files = try SheetExamples.catalogueFiles()
        let index = try #require(files.firstIndex { $0.path == path })
        if let text {
            let content = String(decoding: files[index].bytes, as: UTF8.self)
            #expect(content.contains(text))
            files[index].bytes = content.replacing(text, with: replacement).bytes
        } else {
            files.remove(at: index)
        }
        let refusal = #expect(throws: CatalogueRefusal.self) { try SheetCatalogue(files: files) }
        #expect(refusal?.advice.isEmpty == false)
        if let reason { #expect(refusal?.reason == reason) }
    }

    @Test func `a file given twice is refused`() throws {
        var files = try SheetExamples.catalogueFiles()
        files.append(try #require(files.first { $0.path == "common.json" }))
        #expect(throws: CatalogueRefusal(.duplicateFile, at: "common.json")) {
            try SheetCatalogue(files: files)
        }
    }

    @Test func `codes are judged by the day of issue`() throws {
        var files = try SheetExamples.catalogueFiles()
        let index = try #require(files.firstIndex { $0.path == "codes/Scene.json" })
        let row = #""code": "dailyCare","#
        let content = String(decoding: files[index].bytes, as: UTF8.self)
        #expect(content.contains(row))
        for (dates, isValid) in [
            (#""validTo": "2026-01-19","#, true), (#""validTo": "2026-01-18","#, false),
            (#""validFrom": "2026-01-19","#, true), (#""validFrom": "2026-01-20","#, false),
        ] {
            files[index].bytes = content.replacing(row, with: row + dates).bytes
            let example = try SheetExamples.example("care-liaison-1.json")
            let report = try SheetCatalogue(files: files).report(example.draft, example.context())
            #expect(report.problems.map(\.rule) == (isValid ? [] : ["E-CODE"]))
        }
    }
}

/// A type of sheet that exists only here.
struct NewSheetTypeTests {
    private static let schema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "https://renkei.invalid/schemas/sheets/lunchOrder/schema.json",
          "title": "昼食の注文",
          "$ref": "../../common.json",
          "properties": {
            "sheetType": { "const": "lunchOrder" },
            "schemaVersion": { "const": "1.0.0" },
            "body": { "$ref": "#/$defs/body" }
          },
          "$defs": {
            "body": {
              "type": "object", "additionalProperties": false, "required": ["dish", "guests"],
              "properties": {
                "dish": { "$ref": "../../types.json#/$defs/code", "codeList": "Dish",
                  "label": "料理" },
                "size": { "$ref": "../../types.json#/$defs/text", "maxLength": 3, "label": "量" },
                "guests": { "type": "array", "minItems": 1, "maxItems": 2, "label": "お客様",
                  "items": { "$ref": "#/$defs/Guest" } }
              },
              "rules": [
                { "id": "Z1", "kind": "requiredExactlyWhen", "fields": ["size"],
                  "when": { "at": "dish", "is": ["ramen"] }, "message": "量はラーメンだけです。" }
              ]
            },
            "Guest": {
              "type": "object", "additionalProperties": false, "required": ["name"],
              "properties": {
                "name": { "$ref": "../../types.json#/$defs/text", "maxLength": 10, "label": "名前" }
              },
              "rules": [
                { "id": "Z2", "kind": "reportWhen", "at": "name", "result": "W-GUEST",
                  "when": { "at": "name", "startsWith": ["医師"] }, "message": "「{label}」は敬称です。" }
              ]
            }
          }
        }
        """#

    private static let files: CatalogueTests.Files = [
        ("sheets/lunchOrder/schema.json", schema.bytes),
        (
            "sheets/lunchOrder/layout.json",
            #"""
            {"page":{"size":"A4","margin":20},
             "rows":[{"cells":[{"text":"料理は{/body/dish?}","width":170}]}]}
            """#.bytes
        ),
        (
            "sheets/lunchOrder/delivery.json",
            #"""
            {"directions":[{"from":["hospital"],"to":["clinic"],"purposes":["careCoordination"]}],
             "isReply":false,"replies":[{"type":"careLiaisonReply"}]}
            """#.bytes
        ),
        (
            "codes/Dish.json",
            #"""
            {"id":"Dish","label":"料理","codes":
             [{"code":"soba","label":"そば"},{"code":"ramen","label":"ラーメン"}]}
            """#.bytes
        ),
    ]

    private func report(_ body: JSON) throws -> (SheetReport, Sheet?, SheetCatalogue) {
        let catalogue = try SheetCatalogue(
            files: SheetExamples.catalogueFiles() + NewSheetTypeTests.files
        )
        let example = try SheetExamples.example("care-liaison-1.json")
        let json = example.json.editing(["sheetType"], "lunchOrder").editing(["body"], body)
            .editing(["sender", "organization", "type"], "hospital")
        let draft = DraftSheet(bytes: json.canonicalBytes)
        let context = try example.context(isTestExchange: true)
        let report = catalogue.report(draft, context)
        let sheet = report.problems.isEmpty ? try catalogue.validate(draft, context) : nil
        return (report, sheet, catalogue)
    }

    @Test func `a new type of sheet is validated, printed and addressed by its files alone`() throws
    {
        let (report, sheet, catalogue) = try report([
            "dish": "ramen", "size": "大盛", "guests": [["name": "医師 一郎"]],
        ])
        #expect(report.problems.isEmpty)
        #expect(report.warnings.map(\.rule) == ["W-GUEST"])
        #expect(report.warnings.map(\.message) == ["「お客様 1 名前」は敬称です。"])
        let order = try #require(sheet)
        #expect(catalogue.label(of: order.type) == "昼食の注文")
        #expect(
            catalogue.delivery(of: order.type)?.purposes(of: order) == [
                ConsentPurpose("careCoordination")
            ]
        )
        let text = catalogue.text(of: order)
        #expect(text.first == "料理は□そば ■ラーメン")
        #expect(text.contains("量：大盛"))
        #expect(text.contains { $0.contains("名前：医師 一郎") })
    }

    @Test func `its own rules, lists and limits find what breaks them`() throws {
        let (report, _, _) = try report([
            "dish": "soba", "size": "大盛", "guests": [[:], ["name": 1], ["name": "三"]], "sake": 1,
        ])
        #expect(
            Set(report.problems.map { "\($0.pointer) \($0.rule)" }) == [
                "/body/size E-RULE:Z1", "/body/guests E-LENGTH", "/body/guests/0/name E-REQUIRED",
                "/body/guests/1/name E-TYPE", "/body/sake E-UNKNOWN",
            ]
        )
        let (unknown, _, _) = try self.report(["dish": "udon", "guests": [["name": "一"]]])
        #expect(unknown.problems.map { "\($0.pointer) \($0.rule)" } == ["/body/dish E-CODE"])
    }
}
