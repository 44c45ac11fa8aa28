import Primitives
import Sheets
import TestKit
import Testing

/// C-15 and C-20 on the form itself, whatever wrote the sheet.
struct FaxCopyTests {
    private static let number = "06-9999-0001"
    private static let suspicion = "あざが見られる"

    /// 入院時情報提供書 with what is special, and with a number that somebody has typed.
    private static func sheet() throws -> (SheetCatalogue, Sheet) {
        let catalogue = try SheetExamples.catalogue.get()
        let json = try SheetExamples.example("admission-info-1.json").json
        var sheet = try #require(json.object)
        var body = try #require(sheet["body"]?.object)
        body["abuseSuspicion"] = ["has": "yes", "detail": .string(suspicion)]
        sheet["body"] = .object(body)
        var recipient = try #require(sheet["recipients"]?.array?.first?.object)
        var organisation = try #require(recipient["organization"]?.object)
        organisation["fax"] = .string(number)
        recipient["organization"] = .object(organisation)
        sheet["recipients"] = [.object(recipient)]
        let bytes = JSON.object(sheet).canonicalBytes
        return (catalogue, try #require(catalogue.stored(bytes)))
    }

    private static func text(_ form: FilledForm?) throws -> String {
        let form = try #require(form)
        let cells = form.rows.flatMap(\.cells).filter(\.isFilled).map(\.text)
        return (cells + form.others).joined(separator: "\n")
    }

    @Test func `a suspicion of abuse is on no fax, and in the sheet it is`() throws {
        let (catalogue, sheet) = try Self.sheet()
        #expect(try Self.text(catalogue.filledForm(of: sheet)).contains(Self.suspicion))
        let fax = try Self.text(catalogue.faxForm(of: sheet))
        #expect(!fax.contains(Self.suspicion))
        let filled = try #require(catalogue.faxForm(of: sheet)).rows.flatMap(\.cells)
        #expect(!filled.contains { $0.text.contains("虐待") && $0.isFilled })
    }

    @Test func `nothing on a fax says who the person is`() throws {
        let (catalogue, sheet) = try Self.sheet()
        let patient = try #require(sheet.json["patient"]?.object)
        let whole = try Self.text(catalogue.filledForm(of: sheet))
        let fax = try Self.text(catalogue.faxForm(of: sheet))
        let telling = ["fullName", "fullNameKana", "address", "phone", "insuredNumber"]
        let words = telling.compactMap { patient[$0]?.string }
        #expect(words.count >= 4)
        for word in words {
            #expect(whole.contains(word) && !fax.contains(word), "\(word)")
        }
        #expect(whole.contains(Self.number) && !fax.contains(Self.number))
        #expect(fax.contains("●"))
    }
}
