import Primitives
import TestKit
import Testing

@testable import Sheets

/// The sections in which a form is filled in are those of its paper.
struct FormSectionTests {
    private static let today = Day(year: 2026, month: 11, day: 22)

    @Test func `every field of every form stands in one section, in the order of the form`() throws
    {
        let catalogue = try SheetExamples.catalogue.get()
        let day = try #require(Self.today)
        for type in catalogue.types {
            let form = try #require(catalogue.form(of: type, on: day))
            let body = try #require(form.members.first { $0.name == "body" })
            let sections = catalogue.sections(of: type, on: day)
            let names = sections.flatMap { $0.fields.map(\.name) }
            #expect(names.sorted() == body.members.map(\.name).sorted(), "\(type)")
        }
    }

    @Test func `a field goes with the heading under which it is printed first`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let day = try #require(Self.today)
        let type = try #require(SheetType("admissionInfo"))
        let sections = catalogue.sections(of: type, on: day)
        func title(of name: String) -> String? {
            sections.first { $0.fields.contains { $0.name == name } }?.title
        }
        #expect(sections.first?.title == nil && title(of: "hospitalName") == nil)
        #expect(title(of: "family") == "基本情報" && title(of: "medicationNote") == "お薬")
    }

    @Test func `a form does not ask for what its rules let nobody fill in`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let day = try #require(Self.today)
        func names(_ type: String, _ path: [String]) throws -> [String] {
            let type = try #require(SheetType(type))
            let form = try #require(catalogue.form(of: type, on: day))
            return try path.reduce(form) { field, name in
                try #require(field.members.first { $0.name == name })
            }.members.map(\.name)
        }
        // Its 有効期間 has a place of its own on this form; on others it stands with the level.
        #expect(try names("admissionInfo", ["body", "careLevel"]) == ["status", "code"])
        #expect(
            try names("careLiaison", ["body", "careLevel"]) == ["status", "code", "from", "to"]
        )
        #expect(try names("admissionInfo", ["body"]).contains("certificationPeriod"))
        #expect(try !names("wrongRecipientNotice", []).contains("patient"))
    }

    @Test func `a schema says which days are today's and what is written anew`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let day = try #require(Self.today)
        let type = try #require(SheetType("admissionInfo"))
        let form = try #require(catalogue.form(of: type, on: day))
        let body = try #require(form.members.first { $0.name == "body" })
        func fill(_ name: String) -> FormField.Fill? {
            body.members.first { $0.name == name }?.fill
        }
        #expect(fill("writtenOn") == .today && fill("admissionReason") == .anew)
        #expect(fill("household") == nil)
    }
}
