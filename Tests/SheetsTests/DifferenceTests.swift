import Primitives
import Sheets
import TestKit
import Testing

/// 前回との違い: what a newer sheet says otherwise.
struct DifferenceTests {
    private static let name = "admission-info-1.json"

    private static func differences(
        _ path: ArraySlice<String>,
        _ value: JSON?
    ) throws -> [SheetDifference] {
        let catalogue = try SheetExamples.catalogue.get()
        let json = try SheetExamples.example(name).json
        let old = try #require(catalogue.stored(json.canonicalBytes))
        let new = try #require(catalogue.stored(json.editing(path, value).canonicalBytes))
        return catalogue.differences(from: old, to: new)
    }

    @Test func `a sheet differs in nothing from itself, whatever its number and day`() throws {
        #expect(try Self.differences(["issuedAt"], "2027-01-01T00:00:00+09:00").isEmpty)
    }

    @Test func `a field is named as on the form, its values are in words`() throws {
        let found = try Self.differences(["patient", "birthDate"], "1930-01-02")
        #expect(found.count == 1)
        #expect(found.first?.label.contains("生年月日") == true)
        #expect(found.first?.after == "昭和5年1月2日")
    }

    @Test func `what was left out and what came in are told`() throws {
        let found = try Self.differences(["patient", "fullNameKana"], nil)
        #expect(found.map(\.after) == [nil])
        #expect(found.first?.before != nil)
    }

    @Test func `of rows the one that has gone is told, wherever it stood`() throws {
        let json = try SheetExamples.example(Self.name).json
        let family = try #require(json["body"]?["family"]?.array)
        let found = try Self.differences(["body", "family"], .array(Array(family.dropFirst())))
        #expect(found.count == 1)
        #expect(found.first?.before != nil && found.first?.after == nil)
        let turned = try Self.differences(["body", "family"], .array(family.reversed()))
        #expect(turned.isEmpty)
    }

    @Test func `the same choices in another order are the same`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let json = try SheetExamples.example(Self.name).json
        let path: ArraySlice<String> = ["body", "household"]
        func sheet(_ codes: [JSON]) throws -> Sheet {
            try #require(catalogue.stored(json.editing(path, .array(codes)).canonicalBytes))
        }
        let codes: [JSON] = ["alone", "two", "elderlyOnly"]
        let old = try sheet(codes)
        #expect(catalogue.differences(from: old, to: try sheet(codes.reversed())).isEmpty)
        let other = catalogue.differences(from: old, to: try sheet(Array(codes.dropLast())))
        #expect(other.count == 1)
    }

    @Test func `of two types nothing is compared`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let sheets = try SheetTests.valid.map { try SheetExamples.sheet($0) }
        let other = try #require(sheets.first { $0.type != sheets[0].type })
        #expect(catalogue.differences(from: sheets[0], to: other).isEmpty)
    }
}
