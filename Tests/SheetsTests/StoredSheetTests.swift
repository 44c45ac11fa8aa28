import Primitives
import Sheets
import TestKit
import Testing

/// A sheet outlives the rules by which it was valid.
struct StoredSheetTests {
    @Test func `a stored sheet is read whatever the rules of today are`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        var json = try required(SheetExamples.example("care-liaison-1.json").json.object)
        json["issuedOn"] = "2099-01-01"
        let bytes = JSON.object(json).canonicalBytes
        let context = SheetContext(today: try required(Day("2026-11-21")), answered: nil)
        #expect(throws: InvalidSheet.self) {
            _ = try catalogue.validate(DraftSheet(bytes: bytes), context)
        }
        let sheet = try required(catalogue.stored(bytes))
        #expect(sheet.bytes == bytes)
        #expect(!catalogue.text(of: sheet).isEmpty)
        for other in ["{}", "[]", "not JSON"] { #expect(catalogue.stored(other.bytes) == nil) }
    }
}
