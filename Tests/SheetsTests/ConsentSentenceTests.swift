import Primitives
import Sheets
import TestKit
import Testing

/// 同意の文言 (C-7): the words of the form, in every example and on every form.
struct ConsentSentenceTests {
    private static let catalogue = SheetExamples.catalogue

    @Test func `every form that prints a sentence prints what the sheet says`() throws {
        let catalogue = try Self.catalogue.get()
        var printed = 0
        for name in try SheetExamples.names() {
            let example = try SheetExamples.example(name)
            guard example.problems.isEmpty else { continue }
            let sheet = try #require(catalogue.stored(example.json.canonicalBytes))
            let words = sheet.consent.statement
            #expect(catalogue.text(of: sheet).contains { $0.contains(words) }, "\(name)")
            guard let sentence = catalogue.delivery(of: sheet.type)?.consentSentence else {
                continue
            }
            printed += 1
            #expect(sentence.isTrue(of: sheet.consent), "\(name)")
        }
        #expect(printed > 10)
    }

    @Test func `a sentence without the family belongs to one with it`() throws {
        let type = try #require(SheetType("admissionInfo"))
        let rules = try Self.catalogue.get().delivery(of: type)
        let sentence = try #require(rules?.consentSentence)
        #expect(sentence.words(withFamily: true).contains("家族"))
        #expect(!sentence.words(withFamily: false).contains("家族"))
    }
}
