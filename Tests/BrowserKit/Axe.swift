import Foundation
package import Primitives

/// A rule of accessibility that a page breaks, and where.
package struct Violation: Sendable, CustomStringConvertible {
    /// The name that axe-core gives the rule, such as `image-alt`.
    package let rule: String
    package let help: String
    /// CSS selectors of the elements.
    package let places: [String]

    package var description: String { "\(rule) (\(help)) at \(places.joined(separator: " | "))" }

    /// For the report of a walk.
    package var json: JSON {
        [
            "rule": .string(rule), "help": .string(help),
            "places": .array(places.map { .string($0) }),
        ]
    }
}

/// axe-core, which `Deploy/install test` fetches and compares with its hash.
enum Axe {
    static let tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

    private static let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".build/axe/axe.min.js")

    /// - Throws: when it is not there: what needs it did not run, and counts as failed.
    static func source() throws -> String {
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw BrowserError(
                "not run: the accessibility tests need \(file.path), which `Deploy/install test` "
                    + "fetches"
            )
        }
        return String(decoding: data, as: UTF8.self)
    }

    static let check = """
        const [only, done] = arguments
        axe.run(document, { runOnly: only, resultTypes: ['violations'] }).then(
          r => done({ violations: r.violations.map(v => ({
            id: v.id, help: v.help, places: v.nodes.map(n => n.target.flat().join(' ')) })) }),
          e => done({ failure: String(e) }))
        """
}

extension Browser {
    /// The rules of WCAG 2.2 AA and of good practice that the page breaks, or of some of them.
    ///
    /// A page whose scripts are off is looked at as it stands; axe alone runs.
    package func axe(rules: [String] = []) async throws -> [Violation] {
        let areOff = isScripted.withLock { !$0 }
        if areOff { try await devTools("Emulation.setScriptExecutionDisabled", ["value": false]) }
        if try await run("return typeof axe === 'undefined'").bool == true {
            try await run(try Axe.source())
        }
        let only: JSON = [
            "type": rules.isEmpty ? "tag" : "rule",
            "values": .array((rules.isEmpty ? Axe.tags : rules).map { .string($0) }),
        ]
        let result = try await runToEnd(Axe.check, [only])
        if areOff { try await devTools("Emulation.setScriptExecutionDisabled", ["value": true]) }
        guard let violations = result["violations"]?.array else {
            throw BrowserError("axe failed: \(result["failure"]?.string ?? "without a word")")
        }
        return violations.map { violation in
            Violation(
                rule: violation["id"]?.string ?? "",
                help: violation["help"]?.string ?? "",
                places: violation["places"]?.array?.compactMap(\.string) ?? []
            )
        }
    }
}
