import Foundation
import Primitives
import Sheets
import Testing

/// The official test suite of draft 2020-12: every case outside `optional/`.
struct SchemaSuiteTests {
    @Test func `all required cases of the official suite hold`() throws {
        let suite = try SchemaSuite()
        var (groupCount, caseCount) = (0, 0)
        for file in suite.files {
            for group in try suite.groups(of: file) {
                groupCount += 1
                caseCount += group.cases.count
                try check(group, suite, file)
            }
        }
        print("JSON Schema suite: \(suite.files.count) files,", terminator: " ")
        print("\(groupCount) groups, \(caseCount) cases")
        #expect(suite.files.count >= 48)
        #expect(groupCount >= 350)
        #expect(caseCount >= 1176)
    }

    private func check(_ group: SchemaSuite.Group, _ suite: SchemaSuite, _ file: String) throws {
        let id = "https://suite.test/\(file)"
        let schemas = try SchemaSet(
            [SchemaDocument(uri: id, content: group.schema)],
            options: .standard,
            resolve: suite.remote
        )
        for example in group.cases {
            let outcome = schemas.validate(example.data, against: id)
            let name = "\(file): \(group.name): \(example.name)"
            #expect(outcome.isValid == example.isValid, "\(name)")
            #expect(outcome.problems.isEmpty == outcome.isValid, "\(name)")
        }
    }
}

/// The suite as Debian packages it, or a check-out of it in `RENKEI_SCHEMA_SUITE`.
struct SchemaSuite {
    struct Group {
        let name: String
        let schema: JSON
        let cases: [(name: String, data: JSON, isValid: Bool)]
    }

    let files: [String]
    private let folder: URL

    init() throws {
        let debian = "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance"
        let path = ProcessInfo.processInfo.environment["RENKEI_SCHEMA_SUITE"] ?? debian
        folder = URL(filePath: path)
        files = try FileManager.default
            .contentsOfDirectory(atPath: folder.path + "/tests/draft2020-12")
            .filter { $0.hasSuffix(".json") }.sorted()
    }

    func groups(of file: String) throws -> [Group] {
        let json = try SchemaSuite.read(folder.appending(path: "tests/draft2020-12/\(file)"))
        return try #require(json.array).map { group in
            Group(
                name: try #require(group["description"]?.string),
                schema: try #require(group["schema"]),
                cases: try #require(group["tests"]?.array).map { example in
                    (
                        try #require(example["description"]?.string),
                        try #require(example["data"]),
                        try #require(example["valid"]?.bool as Bool?)
                    )
                }
            )
        }
    }

    /// The document that the suite, or the standard, has under `uri`.
    func remote(_ uri: String) -> JSON? {
        let remotes = "http://localhost:1234/"
        let file =
            uri.hasPrefix(remotes)
            ? folder.appending(path: "remotes/" + uri.dropFirst(remotes.count))
            : MetaSchemas.file(of: uri)
        return file.flatMap { try? SchemaSuite.read($0) }
    }

    static func read(_ file: URL) throws -> JSON {
        try JSON(reading: Array(Data(contentsOf: file)), .general)
    }
}

/// The meta-schemas that the project carries.
enum MetaSchemas {
    static let uri = "https://json-schema.org/draft/2020-12/schema"

    static func file(of uri: String) -> URL? {
        guard uri.hasPrefix("https://json-schema.org/draft/2020-12/") else { return nil }
        let name = uri.split(separator: "/").last.map(String.init) ?? ""
        return URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Schemas/json-schema/\(name).json")
    }
}
