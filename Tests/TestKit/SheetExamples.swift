package import Foundation
package import Japanese
package import Primitives
package import Sheets

/// The example sheets of `Tests/Fixtures/sheets` and the catalogue of `Schemas/`.
package enum SheetExamples {
    /// The catalogue that is shipped, loaded once.
    package static let catalogue = Result { try SheetCatalogue(files: catalogueFiles()) }

    /// The public holidays that are shipped.
    package static func holidays() throws -> Holidays { try catalogue.get().holidays }

    /// Every JSON file under `Schemas/`, with its path relative to it.
    package static func catalogueFiles() throws -> [(path: String, bytes: [UInt8])] {
        let folder = root.appending(path: "Schemas")
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        return try (paths ?? []).filter { $0.hasSuffix(".json") }.sorted().map { path in
            (path, Array(try Data(contentsOf: folder.appending(path: path))))
        }
    }

    /// Names of all example files, without those of expected results.
    package static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".expected.json") }.sorted()
    }

    package static func example(_ name: String) throws -> SheetExample {
        let json = try read(name)
        let expected = name.replacing(".json", with: ".expected.json")
        let isValid = !FileManager.default.fileExists(atPath: folder.appending(path: expected).path)
        guard let example = SheetExample(json, expected: try isValid ? nil : read(expected)) else {
            throw DecodingRefusal(.badForm, at: name)
        }
        return example
    }

    /// The valid sheet of an example, for example `care-liaison-1.json`.
    package static func sheet(_ name: String) throws -> Sheet {
        let example = try example(name)
        return try catalogue.get().validate(example.draft, example.context())
    }

    package static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let folder = root.appending(path: "Tests/Fixtures/sheets")

    private static func read(_ name: String) throws -> JSON {
        try JSON(reading: Array(Data(contentsOf: folder.appending(path: name))), .general)
    }
}

/// One example file: a sheet, the day it is judged on, and what must come out.
package struct SheetExample: Sendable {
    package let json: JSON
    package let today: Day
    /// File name of the sheet it answers.
    package let answers: String?
    /// `pointer rule`, empty for a valid sheet.
    package let problems: Set<String>
    package let warnings: Set<String>

    init?(_ file: JSON, expected: JSON?) {
        guard let json = file["sheet"], let today = file["evaluatedOn"]?.string.flatMap(Day.init)
        else { return nil }
        self.json = json
        self.today = today
        answers = file["answers"]?.string
        problems = Set(
            (expected?["problems"]?.array ?? []).map {
                "\($0["pointer"]?.string ?? "") \($0["rule"]?.string ?? "")"
            }
        )
        let warnings = expected?["warnings"] ?? file["expectedWarnings"]
        self.warnings = Set((warnings?.array ?? []).compactMap(\.string))
    }

    package var draft: DraftSheet { DraftSheet(bytes: json.canonicalBytes) }

    package func context(isTestExchange: Bool = false) throws -> SheetContext {
        SheetContext(
            today: today,
            answered: try answers.map(SheetExamples.sheet),
            isTestExchange: isTestExchange
        )
    }
}
