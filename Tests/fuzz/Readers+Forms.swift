import Cryptography
import Foundation
import Primitives
import Sheets

extension Reader {
    /// What is canonical is what is written as it was read, and what is read can be written.
    static let json = Reader(name: "json") { (bytes) throws(Finding) in
        var account: [UInt8]?
        for rules in [JSONRules.strict, .general] {
            let known = attempt { () throws(DecodingRefusal) in try JSON(canonical: bytes, rules) }
            let read = attempt { () throws(DecodingRefusal) in try JSON(reading: bytes, rules) }
            try hold(known == nil || read != nil, "canonical, and yet not to be read")
            guard let written = read?.canonicalBytes else { continue }
            try hold((known != nil) == (written == bytes), "canonical is not what is written")
            let again = attempt { () throws(DecodingRefusal) in
                try JSON(canonical: written, rules)
            }
            try hold(again?.canonicalBytes == written, "what was read is written as no JSON")
            account = (account ?? []) + written
        }
        return account
    }

    /// A schema on the first line, below it what is judged by it.
    static let schema = Reader(name: "schema") { (bytes) throws(Finding) in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        guard lines.count == 2,
            let schema = attempt({ () throws(DecodingRefusal) in
                try JSON(reading: Array(lines[0]), .general)
            }),
            let instance = attempt({ () throws(DecodingRefusal) in
                try JSON(reading: Array(lines[1]), .general)
            })
        else { return nil }
        let uri = "https://fuzz.example/schema"
        // Patterns of our schemas are written by us; those of strangers are not run.
        let options = SchemaOptions.product(annotations: [])
        let set = attempt { () throws(SchemaRefusal) in
            try SchemaSet(
                [SchemaDocument(uri: uri, content: schema)],
                options: options,
                resolve: { _ in nil }
            )
        }
        guard let set else { return nil }
        let outcome = set.validate(instance, against: uri)
        try hold(outcome.isValid == outcome.problems.isEmpty, "invalid without a problem")
        return outcome.problems.flatMap { "\($0) \($0.instance)\n".bytes }
    }

    private static let catalogue = Result { try SheetCatalogue(files: catalogueFiles()) }

    private static func catalogueFiles() throws -> [(path: String, bytes: [UInt8])] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Schemas")
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return try (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { name in
            (name, Array(try Data(contentsOf: root.appending(path: name))))
        }
    }

    /// A draft against all that is shipped. What is valid is kept as its canonical bytes.
    static let sheet = Reader(name: "sheet") { (bytes) throws(Finding) in
        guard case .success(let catalogue) = catalogue else {
            throw Finding(text: "the catalogue does not load")
        }
        guard let today = Day(year: 2026, month: 11, day: 21) else { return nil }
        let sheet = attempt { () throws(InvalidSheet) in
            try catalogue.validate(DraftSheet(bytes: bytes), SheetContext(today: today))
        }
        guard let sheet else { return nil }
        let again = attempt { () throws(InvalidSheet) in
            try catalogue.validate(DraftSheet(bytes: sheet.bytes), SheetContext(today: today))
        }
        try hold(again?.bytes == sheet.bytes, "a valid sheet is not valid as it is kept")
        return sheet.bytes
    }

    /// Every value that is taken is written again as it stood.
    static let der = Reader(name: "der") { (bytes) throws(Finding) in
        var reader = DERReader(bytes)
        let written = attempt { () throws(DERRefusal) in try values(&reader, depth: 0) }
        guard let written, reader.isAtEnd else { return nil }
        try hold(written.flatMap(\.encoded) == bytes, "DER is not written as it was read")
        return bytes
    }

    private static func values(
        _ reader: inout DERReader,
        depth: Int
    ) throws(DERRefusal) -> [DERValue] {
        var values: [DERValue] = []
        while let tag = reader.nextTag {
            if tag.isConstructed {
                var inner = try reader.constructed(tag)
                values.append(DERValue(tag, try self.values(&inner, depth: depth + 1)))
                continue
            }
            switch tag {
            case .integer: values.append(.integer(magnitude: try reader.positiveInteger()))
            case .objectIdentifier: values.append(.objectIdentifier(try reader.objectIdentifier()))
            case .utf8String: values.append(.text(try reader.text()))
            case .bitString:
                let bits = try reader.primitive(tag)
                let areWhole = bits.first == 0
                values.append(areWhole ? .bitString(Array(bits.dropFirst())) : DERValue(tag, bits))
            case .utcTime: values.append(.time(try reader.time()))
            case .generalizedTime: values.append(.generalizedTime(try reader.generalizedTime()))
            case .enumerated: values.append(.integer(try reader.smallInteger(tag), tag: tag))
            case .boolean:
                values.append(try reader.boolean() ? .yes : DERValue(.boolean, [0]))
            default: values.append(DERValue(tag, try reader.primitive(tag)))
            }
        }
        return values
    }
}
