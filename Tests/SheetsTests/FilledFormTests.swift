import Primitives
import Sheets
import TestKit
import Testing

/// A sheet on its form.
struct FilledFormTests {
    private static func form(_ name: String) throws -> FilledForm {
        let sheet = try SheetExamples.sheet(name)
        let catalogue = try SheetExamples.catalogue.get()
        return try #require(catalogue.filledForm(of: sheet))
    }

    private static func form(
        _ name: String,
        _ path: ArraySlice<String>,
        _ value: JSON?
    ) throws -> FilledForm {
        let example = try SheetExamples.example(name)
        let json = example.json.editing(path, value)
        let catalogue = try SheetExamples.catalogue.get()
        let sheet = try #require(catalogue.stored(json.canonicalBytes))
        return try #require(catalogue.filledForm(of: sheet))
    }

    /// The words beside a head.
    private static func words(beside head: String, in form: FilledForm) -> String? {
        for row in form.rows {
            let index = row.cells.firstIndex { $0.isHead && $0.text.hasSameBytes(as: head) }
            if let index, index + 1 < row.cells.count { return row.cells[index + 1].text }
        }
        return nil
    }

    @Test(arguments: SheetTests.valid)
    func `every row of a form fits between the margins`(_ name: String) throws {
        let form = try FilledFormTests.form(name)
        #expect(form.margin == 15 && form.lineWidth == 180)
        for row in form.rows {
            #expect(!row.cells.isEmpty)
            #expect(row.cells.reduce(0) { $0 + $1.width } <= form.lineWidth)
        }
        let cells = form.rows.flatMap(\.cells)
        #expect(cells.contains { $0.style.size == .title })
    }

    @Test(arguments: SheetTests.valid)
    func `what was asked by the form has its place on it`(_ name: String) throws {
        let form = try FilledFormTests.form(name)
        let sheet = try SheetExamples.sheet(name)
        let body = sheet.json["body"] ?? .null
        let labels = form.others.filter { !$0.utf8.starts(with: "　".utf8) }
        #expect(labels.allSatisfy { !$0.utf8.starts(with: "body".utf8) })
        let text = form.rows.flatMap(\.cells).map(\.text).joined(separator: "\n")
        for (_, value) in body.object?.members.map({ ($0.name, $0.value) }) ?? [] {
            if let words = value.string, words.unicodeScalars.contains(where: { $0.value > 0x3000 })
            {
                #expect(text.contains(words))
            }
        }
    }

    @Test func `days are in the era's years and choices stand in full`() throws {
        let form = try FilledFormTests.form("admission-info-1.json")
        #expect(
            FilledFormTests.words(beside: "生年月日", in: form)
                == "昭和12年5月3日（88歳）"
        )
        #expect(
            FilledFormTests.words(beside: "性別", in: form) == "■男性 □女性 □不明・その他"
        )
        #expect(
            FilledFormTests.words(beside: "排尿", in: form)
                == "□1自立 ■2見守り等 □3一部介助 □4全介助"
        )
        #expect(
            FilledFormTests.words(beside: "飲酒（合/日）", in: form)?.contains("■あり □なし（日本酒1合/日）") == true
        )
    }

    @Test func `members of a family have a row each below the heads of their columns`() throws {
        let form = try FilledFormTests.form("admission-info-1.json")
        let start = try #require(form.rows.firstIndex { $0.cells.first?.text == "家族氏名" })
        #expect(form.rows[start].cells.allSatisfy { $0.isHead })
        #expect(
            form.rows[start + 1].cells.map(\.text) == [
                "髙﨑 健吾（61歳）", "息子（長男・次男…）（長男）", "□あり ■なし □不明",
                "000-0000-8811", "■◎キーパーソン □★主介護者\n県外在住、電話は夜間が可",
            ]
        )
        // What stands there already is not said again.
        #expect(form.rows[start + 2].cells[1].text == "姪")
        let none = try FilledFormTests.form("admission-info-1.json", ["body", "family"], nil)
        #expect(!none.rows.contains { $0.cells.first?.text == "家族氏名" })
    }

    @Test func `each choice of a list may have a line of its own`() throws {
        let form = try FilledFormTests.form("care-liaison-1.json")
        let lines = form.rows.flatMap(\.cells).map(\.text)
        #expect(lines.contains("□1.担当になった事のお知らせです。"))
        #expect(lines.contains("■2.ご相談したいことがあります。"))
        #expect(lines.contains("　　■ケアプラン作成時の意見について"))
        #expect(!form.others.contains { $0.contains("返信の要否") })
        // A choice that the form has no box for is told below it.
        let none = try FilledFormTests.form(
            "care-liaison-1.json",
            ["replyExpectation"],
            "none"
        )
        #expect(none.others.contains { $0.contains("なし") })
    }

    @Test func `empty places stay on the form and optional rows leave it`() throws {
        let form = try FilledFormTests.form("admission-info-1.json", ["body", "eating"], nil)
        #expect(
            FilledFormTests.words(beside: "食事", in: form)
                == "□1自立 □2見守り等 □3一部介助 □4全介助"
        )
        #expect(form.rows.contains { $0.bar == "お薬" })
        var none = try SheetExamples.example("admission-info-1.json").json
        for name in [
            "oralMedication", "medicationGuidance", "medicationManagedBy", "adherence",
            "medicationNote", "medicationManager",
        ] {
            none = none.editing(["body", name], nil)
        }
        let catalogue = try SheetExamples.catalogue.get()
        let sheet = try #require(catalogue.stored(none.canonicalBytes))
        let without = try #require(catalogue.filledForm(of: sheet))
        #expect(!without.rows.contains { $0.bar == "お薬" })
    }

    @Test func `text that looks like a template or markup stays text`() throws {
        let hostile = "<b>{/patient/fullName}</b>&amp;[…]\u{2028}次"
        let form = try FilledFormTests.form(
            "care-liaison-1.json",
            ["body", "message"],
            .string(hostile)
        )
        let runs = form.rows.flatMap(\.cells).flatMap(\.runs)
        #expect(
            runs.contains {
                if case .entered(let text) = $0 { text.hasSameBytes(as: hostile) } else { false }
            }
        )
    }

    @Test func `numbers for programs are apart from what people wrote`() throws {
        let form = try FilledFormTests.form("admission-info-1.json")
        let sheet = try SheetExamples.sheet("admission-info-1.json")
        #expect(form.references.contains { $0.contains(sheet.sheetID.text) })
        #expect(!form.others.contains { $0.contains(sheet.sheetID.text) })
        #expect("\(form)" == "FilledForm")
    }
}
