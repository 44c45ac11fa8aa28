import Foundation
import Primitives
import Testing

@testable import renkei

@Suite struct TalkTests {
    private struct Numbered: Explained {
        let summary: String
        var code: String { "leafChanged" }
        var advice: String { "Tell." }
        var isTemporary: Bool { false }
    }

    @Test func `every error code of the modules has Japanese words`() throws {
        let known = Set(JapaneseErrors.codes)
        let missing = try codesInSources().subtracting(known)
        #expect(missing.isEmpty, "add to Sources/renkei/Talk: \(missing.sorted())")
    }

    @Test func `no Japanese text is empty and each is whole sentences`() throws {
        for code in JapaneseErrors.codes {
            let entry = try #require(JapaneseErrors.entry(code))
            #expect(entry.summary.hasSuffix("。"), "\(code)")
            #expect(entry.advice.hasSuffix("。"), "\(code)")
        }
        #expect(JapaneseErrors.entry("neverHeardOf") == nil)
    }

    @Test(arguments: [
        ("Leaf 3 was changed.", "Leaf 3 was changed."), ("It was changed.", nil),
        ("The library failed (eof).", "The library failed (eof)."),
    ])
    func `what the fixed sentence cannot hold is added`(_ summary: String, _ detail: String?) {
        #expect(Saying(Numbered(summary: summary), .japanese).detail == detail)
        #expect(Saying(Numbered(summary: summary), .english).detail == nil)
    }

    /// The literals in the bodies of `var code: String`, the program's own errors excepted: those
    /// speak both languages.
    private func codesInSources() throws -> Set<String> {
        let sources = Session.root.appendingPathComponent("Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        let body = try Regex(#"package var code: String \{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"#)
        let literal = try Regex(#""([a-z][A-Za-z0-9]+)""#)
        var codes: Set<String> = []
        for name in names where name.hasSuffix(".swift") && !name.hasPrefix("renkei/") {
            let file = sources.appendingPathComponent(name)
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: body) {
                for code in String(match.output[1].substring ?? "").matches(of: literal) {
                    codes.insert(String(code.output[1].substring ?? ""))
                }
            }
        }
        // Configuration speaks Japanese in ConfigurationTalk.
        return codes.subtracting(["configuration"])
    }
}
