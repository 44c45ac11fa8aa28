import Primitives
import Sheets
import TestKit
import Testing

/// 要点: which fields count is data of the type.
struct KeyPointsTests {
    private func told(_ name: String, _ catalogue: SheetCatalogue) throws -> [String: [String]] {
        let points = catalogue.keyPoints(of: try SheetExamples.sheet(name)).points
        return Dictionary(points.map { ($0.label, $0.lines) }) { _, last in last }
    }

    @Test func `an admission is told in its key points, and only what the sheet has`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let known = try told("admission-info-1.json", catalogue)
        #expect(known["入院日"] == ["令和8年2月16日 11:20"])
        #expect(known["要介護度"] == ["要介護１（認定済）"])
        #expect(known["アレルギー"] == ["なし"])
        #expect(known["キーパーソン"]?.first?.hasPrefix("髙﨑 健吾（") == true)
        #expect(known["キーパーソン"]?.count == 1, "the niece is none")
        #expect(known["お願い"] == ["退院が決まり次第の連絡", "退院時の情報提供"])
        let bare = try told("admission-info-2.json", catalogue)
        #expect(bare["アレルギー"] == nil && bare["キーパーソン"] == nil)
    }

    @Test func `of choices those are told that were made`() throws {
        let known = try told("care-liaison-1.json", SheetExamples.catalogue.get())
        #expect(known["用件"] == ["2.ご相談したいことがあります。"])
        #expect(known["会議の候補日"]?.first?.contains("13:30") == true)
    }

    @Test(arguments: [("no", []), ("yes", ["虐待の疑いあり"])])
    func `a flag stands where its condition holds`(has: String, flags: [String]) throws {
        let catalogue = try SheetExamples.catalogue.get()
        let sheet = try SheetExamples.sheet("admission-info-1.json")
        let text = sheet.json.canonicalText.replacing(
            #""abuseSuspicion":{"has":"no"}"#,
            with: #""abuseSuspicion":{"has":"\#(has)"}"#
        )
        let changed = try #require(catalogue.stored(text.bytes))
        #expect(catalogue.keyPoints(of: changed).flags == flags)
    }

    @Test func `another point of a type is a line of its layout, no Swift`() throws {
        var files = try SheetExamples.catalogueFiles()
        let index = try #require(files.firstIndex { $0.path == "sheets/careLiaison/layout.json" })
        let content = String(decoding: files[index].bytes, as: UTF8.self)
        let added = #""points": [{ "label": "宛名", "text": "{/body/addresseeTitle}" },"#
        files[index].bytes = content.replacing(#""points": ["#, with: added).bytes
        let known = try told("care-liaison-1.json", SheetCatalogue(files: files))
        #expect(known["宛名"]?.count == 1)
    }
}
