import Primitives
import Sheets
import TestKit
import Testing

/// Every example gives exactly its expected outcome.
struct ExampleTests {
    static let names = (try? SheetExamples.names()) ?? []

    @Test func `all examples are there`() {
        #expect(ExampleTests.names.count >= 31)
        #expect(ExampleTests.names.filter { $0.hasPrefix("invalid-") }.count == 15)
    }

    @Test(arguments: names)
    func `an example gives exactly its expected problems and warnings`(_ name: String) throws {
        let example = try SheetExamples.example(name)
        let report = try SheetExamples.catalogue.get().report(example.draft, example.context())
        #expect(Set(report.problems.map { "\($0.pointer) \($0.rule)" }) == example.problems)
        #expect(Set(report.warnings.map(\.rule)) == example.warnings)
        #expect(report.problems.isEmpty == !name.hasPrefix("invalid-"))
    }
}
