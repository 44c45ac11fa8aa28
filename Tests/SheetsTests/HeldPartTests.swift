import Primitives
import Sheets
import TestKit
import Testing

/// What of a sheet is held back from the person whom it is about (C-13, C-15, C-18).
struct HeldPartTests {
    private static let suspicion = "あざが見られる"
    /// Of the son and of what the family wishes.
    private static let ofOthers = ["髙﨑 健吾", "000-0000-8811", "一人にしておくのが心配", "ヘルパーの声かけ"]

    /// 入院時情報提供書 with a suspicion of abuse.
    private static func sheet(_ consent: JSON? = nil) throws -> (SheetCatalogue, Sheet) {
        let catalogue = try SheetExamples.catalogue.get()
        let json = try SheetExamples.example("admission-info-1.json").json
        var sheet = try #require(json.object)
        var body = try #require(sheet["body"]?.object)
        body["abuseSuspicion"] = ["has": "yes", "detail": .string(suspicion)]
        sheet["body"] = .object(body)
        if let consent { sheet["consent"] = consent }
        let bytes = JSON.object(sheet).canonicalBytes
        return (catalogue, try #require(catalogue.stored(bytes)))
    }

    private static func text(_ form: FilledForm?) throws -> String {
        let form = try #require(form)
        return (form.rows.flatMap(\.cells).map(\.text) + form.others).joined(separator: "\n")
    }

    @Test func `what tells of others and of abuse is left out, and nothing else`() throws {
        let (catalogue, sheet) = try Self.sheet()
        let held = catalogue.heldParts(of: sheet)
        let places = held.map { "\($0.place) \($0.ground.rawValue)" }
        #expect(
            places == [
                "/body/abuseSuspicion special", "/body/family thirdParty",
                "/body/wishOfFamily thirdParty", "/body/medicationManager thirdParty",
            ]
        )
        #expect(held.allSatisfy { !catalogue.label(of: $0, in: sheet.type).isEmpty })
        let whole = try Self.text(catalogue.filledForm(of: sheet))
        let copy = try Self.text(catalogue.filledForm(of: sheet, without: held))
        for words in Self.ofOthers + [Self.suspicion] {
            #expect(whole.contains(words) && !copy.contains(words), "\(words)")
        }
        #expect(copy.contains("髙﨑 𠮷之助") && copy.contains("配食の方が発見"))
        // Nobody sees that there was a question: it is as if nothing had been entered.
        #expect(whole.contains("虐待") && !copy.contains("虐待"))
        let rest = held.filter { $0.place != JSONPointer("/body/family") }
        let given = try Self.text(catalogue.filledForm(of: sheet, without: rest))
        #expect(given.contains("髙﨑 健吾") && !given.contains("一人にしておくのが心配"))
    }

    @Test func `who consented in place of the person is held back`() throws {
        let consent: JSON = [
            "status": "obtainedFromProxy", "statement": "提供します。", "obtainedOn": "2025-04-10",
            "method": "paper", "givenBy": "family", "giverName": "髙﨑 健吾",
            "giverRelationship": "son", "scopePurposes": ["admission"],
        ]
        let (catalogue, sheet) = try Self.sheet(consent)
        let places = catalogue.heldParts(of: sheet).map { "\($0.place)" }
        #expect(places.suffix(2) == ["/consent/giverName", "/consent/giverRelationship"])
    }

    @Test func `of a sheet on a legal exception nothing is given`() throws {
        let consent: JSON = [
            "status": "legalException", "statement": "提供します。", "legalBasis": "高齢者虐待防止法7条",
            "scopePurposes": ["admission"],
        ]
        let (catalogue, sheet) = try Self.sheet(consent)
        let held = catalogue.heldParts(of: sheet)
        #expect(held.first == .legalException && held.first?.isWhole == true)
        #expect(catalogue.filledForm(of: sheet, without: held) == nil)
        // Once the law is no reason any more, the parts are still held back.
        let rest = Array(held.dropFirst())
        let copy = try Self.text(catalogue.filledForm(of: sheet, without: rest))
        #expect(rest.count == 4 && !copy.contains(Self.suspicion))
    }
}
