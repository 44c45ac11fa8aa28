import Primitives
import TestKit
import Testing

@testable import Sheets

/// C-14: an extract is what it says, at whoever validates it, and none of what it leaves out.
struct ExtractTests {
    private static let suspicion = "あざが見られる"
    private static let number = "d0a1f36e-7c2b-4f0e-9b38-2f6c1a7e5d40"
    private static let kept = ["currentDiseases", "allergies", "oralMedication", "oralHygiene"]

    /// 入院時情報提供書 with what is special, its catalogue, and on which day it is valid.
    private static func whole() throws -> (SheetCatalogue, JSON, SheetContext) {
        let example = try SheetExamples.example("admission-info-1.json")
        let json = example.json.editing(
            ["body", "abuseSuspicion"],
            ["has": "yes", "detail": .string(suspicion)]
        )
        return (try SheetExamples.catalogue.get(), json, try example.context())
    }

    private static func extract(_ names: [String]?) throws -> JSON? {
        let (catalogue, whole, _) = try whole()
        return catalogue.extract(
            of: whole,
            for: try #require(whole["recipients"]?.array?.first),
            keeping: names,
            as: (try #require(SheetID(number)), nil)
        )
    }

    @Test func `what is left out is in no byte of an extract, which is a valid sheet`() throws {
        let (catalogue, whole, context) = try Self.whole()
        let report = catalogue.report(DraftSheet(bytes: whole.canonicalBytes), context)
        #expect(report.problems.map(\.rule) == ["E-RULE:A14"], "the whole is not for everybody")
        let extract = try #require(try Self.extract(Self.kept))
        let sheet = try catalogue.validate(DraftSheet(bytes: extract.canonicalBytes), context)
        #expect(sheet.extract?.whole.text == whole["sheetId"]?.string)
        #expect(sheet.sheetID.text == Self.number && sheet.attachments.isEmpty)
        let text = extract.canonicalText
        let body = try #require(whole["body"]?.object)
        for (name, value) in body.members {
            let isKept = Self.kept.contains(name)
            #expect((extract["body"]?[name] == nil) != isKept, "\(name)")
            guard !isKept, let words = value.string ?? value["detail"]?.string else { continue }
            // Codes, days and the recipient's name stand elsewhere too.
            let isTelling = words.unicodeScalars.count > 6 && words.utf8.contains { $0 > 0x7F }
            let isThere = text.contains(words)
            #expect(!isTelling || !isThere, "\(name)")
        }
        #expect(!text.contains(Self.suspicion))
        for attachment in whole["attachments"]?.array ?? [] {
            #expect(!text.contains(attachment["sha256"]?.string ?? "?"))
        }
        #expect(catalogue.kept(in: sheet).sorted() == Self.kept.sorted())
        #expect(Admission(sheet) == nil, "an extract earns no add-on")
    }

    @Test func `its first lines say that it is one, what it leaves out, and who has the whole`()
        throws
    {
        let (catalogue, _, context) = try Self.whole()
        let extract = try #require(try Self.extract(Self.kept + ["eating"]))
        let sheet = try catalogue.validate(DraftSheet(bytes: extract.canonicalBytes), context)
        let form = try #require(catalogue.filledForm(of: sheet))
        let first = form.rows.prefix(2).flatMap(\.cells).map(\.text).joined()
        #expect(first.contains("【抜粋】") && first.contains("全文の送り先：架空記念病院"))
        #expect(first.contains("「カンファレンス等への希望」のすべて"), "a section by its heading")
        #expect(first.contains("「お薬」のうち 居宅療養管理指導"), "or its fields")
        #expect(form.rows.flatMap(\.cells).contains { $0.text == "（省略）" && !$0.isFilled })
        #expect(!form.others.joined().contains("/body/"), "no place of a program's")
        #expect(form.references.contains { $0.contains("もとの文書ID") })
        let whole = try SheetExamples.sheet("admission-info-1.json")
        let changes = catalogue.differences(from: whole, to: sheet)
        #expect(changes.isEmpty, "what is left out is no change: \(changes.map(\.label))")
    }

    @Test func `of nothing, of what no form has, or of what is withheld there is none`() throws {
        #expect(try Self.extract([]) == nil)
        #expect(try Self.extract(["allergies", "nothing"]) == nil)
        #expect(try Self.extract(["abuseSuspicion"]) == nil)
        let (catalogue, _, context) = try Self.whole()
        let most = try #require(try Self.extract(nil))
        let sheet = try catalogue.validate(DraftSheet(bytes: most.canonicalBytes), context)
        let first = try #require(catalogue.filledForm(of: sheet)).rows[1].cells.map(\.text)
        #expect(first.joined().contains("虐待の疑い"), "in every extract it is named")
        let removed = most["extract"]?["removed"]?.array?.compactMap(\.string)
        #expect(removed == ["/attachments", "/body/abuseSuspicion"])
        #expect(!most.canonicalText.contains(Self.suspicion))
    }

    struct Lie: CustomTestStringConvertible, Sendable {
        let place: String
        let value: JSON?
        let found: Set<String>
        var testDescription: String { place }

        init(_ place: String, _ value: JSON?, _ found: Set<String>) {
            self.place = place
            self.value = value
            self.found = found
        }
    }

    static let lies = [
        Lie("/body/abuseSuspicion", ["has": "no"], ["/body/abuseSuspicion E-RULE:EX1"]),
        Lie("/extract/removed/1", nil, ["/extract/removed E-RULE:EX2"]),
        Lie("/extract/removed/-", "/body/nothing", ["/extract/removed/2 E-CODE"]),
        Lie(
            "/extract/removed/-",
            "/patient/address",
            ["/extract/removed/2 E-FORMAT", "/patient/address E-RULE:EX1"]
        ),
        Lie("/extract/of", .string(number), ["/extract/of E-RULE:EX4"]),
        Lie("/extract/heldBy", nil, ["/extract/heldBy E-REQUIRED"]),
        Lie("/body/currentDiseases", nil, ["/body/currentDiseases E-REQUIRED"]),
        Lie("/extract", nil, ["/body/enclosedPlans E-RULE:A13"]),
    ]

    @Test(arguments: lies)
    func `an extract that is not what it says is no sheet`(lie: Lie) throws {
        let (catalogue, _, context) = try Self.whole()
        let extract = try #require(try Self.extract(nil))
        let pointer = try #require(JSONPointer(lie.place))
        let json = extract.editing(pointer.tokens[...], lie.value)
        let report = catalogue.report(DraftSheet(bytes: json.canonicalBytes), context)
        #expect(Set(report.problems.map { "\($0.pointer) \($0.rule)" }) == lie.found)
        #expect(report.problems.allSatisfy { !$0.message.isEmpty && !$0.message.contains("{") })
    }

    @Test func `what staff are warned of stands in every extract`() throws {
        let example = try SheetExamples.example("discharge-info-2.json")
        let (catalogue, context) = (try SheetExamples.catalogue.get(), try example.context())
        let extract = catalogue.extract(
            of: example.json,
            for: try #require(example.json["recipients"]?.array?.first),
            keeping: ["bathing"],
            as: (try #require(SheetID(Self.number)), nil)
        )
        let json = try #require(extract)
        let sheet = try catalogue.validate(DraftSheet(bytes: json.canonicalBytes), context)
        #expect(catalogue.staffOnlyBanners(of: sheet) == ["本人未告知"])
        let bare = json.editing(["body", "diseaseDisclosed"], nil)
            .editing(["extract", "removed", "-"], "/body/diseaseDisclosed")
        let report = catalogue.report(DraftSheet(bytes: bare.canonicalBytes), context)
        #expect(report.problems.map(\.rule) == ["E-RULE:EX5"])
    }

    @Test func `an extract is for one recipient alone`() throws {
        let (catalogue, _, context) = try Self.whole()
        let extract = try #require(try Self.extract(nil))
        let two = extract.editing(["recipients", "-"], extract["recipients"]?.array?.first)
        let report = catalogue.report(DraftSheet(bytes: two.canonicalBytes), context)
        #expect(report.problems.map(\.rule) == ["E-RULE:EX3"])
    }
}
