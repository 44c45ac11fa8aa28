import Foundation
import Primitives
import TestKit
import Testing

/// `renkei validate --json` over every example.
@Suite struct ValidateTests {
    private static let folder = Session.root.appendingPathComponent("Tests/Fixtures/sheets")

    private static func read(_ name: String) throws -> JSON {
        let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
        return try JSON(reading: Array(bytes), .general)
    }

    @Test func `there are examples of every type, valid and not`() throws {
        let names = try SheetExamples.names()
        #expect(names.count { $0.hasPrefix("invalid-") } == 15)
        #expect(names.count == 34)
    }

    @Test(arguments: try SheetExamples.names())
    func `the outcome is exactly what the example expects`(_ name: String) async throws {
        let path = Self.folder.appendingPathComponent(name).path
        let outcome = try await Terminal.renkei("validate", path, "--json")
        let told = try JSON(reading: outcome.output.bytes)
        let isValid = !name.hasPrefix("invalid-")
        let expected = try Self.read(
            isValid ? name : name.replacing(".json", with: ".expected.json")
        )
        let problems = (told["problems"]?.array ?? []).map { problem -> JSON in
            ["pointer": problem["pointer"], "rule": problem["rule"]]
        }
        #expect(JSON.array(problems).canonicalText == (expected["problems"] ?? []).canonicalText)
        let warnings = expected[isValid ? "expectedWarnings" : "warnings"]
        #expect(Set(texts(told["warnings"])) == Set(texts(warnings)))
        #expect(told["valid"]?.bool == isValid)
        #expect(outcome.exitCode == (isValid ? 0 : 1))
    }

    @Test func `every problem has a sentence for the person who writes`() async throws {
        for name in try SheetExamples.names() where name.hasPrefix("invalid-") {
            let path = Self.folder.appendingPathComponent(name).path
            let outcome = try await Terminal.renkei("validate", path, "--json")
            for problem in try JSON(reading: outcome.output.bytes)["problems"]?.array ?? [] {
                #expect(problem["message"]?.string?.hasSuffix("。") == true)
            }
        }
    }

    private func texts(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap(\.string) }
}
