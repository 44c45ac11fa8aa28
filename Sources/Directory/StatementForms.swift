package import Primitives

/// An object inside a statement, with a fixed set of members: what is read is written again to the
/// same bytes.
package protocol Record: Sendable {
    /// Asks `reader` for every member it knows; the caller refuses the others.
    init(reading reader: inout ObjectReader) throws(DecodingRefusal)
    var json: JSON { get }
}

/// The forms that statements are written in (`envelope.md` 1).
extension JSON {
    package static func hash(_ digest: Digest) -> JSON { .string(digest.hex) }
    package static func time(_ time: Timestamp) -> JSON { .string(time.description) }
    package static func day(_ day: Day) -> JSON { .string(day.description) }
    package static func name<Form>(_ name: Identifier<Form>) -> JSON { .string(name.text) }
    package static func bytes(_ bytes: [UInt8]) -> JSON { .string(Base64.encode(bytes)) }
    package static func count(_ count: Int) -> JSON { .integer(Int64(count)) }

    package static func code(_ code: some RawRepresentable<String>) -> JSON {
        .string(code.rawValue)
    }

    package static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

    package static func records(_ records: [some Record]) -> JSON { .array(records.map(\.json)) }
}

extension ObjectReader {
    package mutating func digest(_ name: String) throws(DecodingRefusal) -> Digest {
        try value(name) { Digest(hex: $0) }
    }

    package mutating func optionalDigest(_ name: String) throws(DecodingRefusal) -> Digest? {
        try optionalValue(name) { Digest(hex: $0) }
    }

    package mutating func time(_ name: String) throws(DecodingRefusal) -> Timestamp {
        try value(name) { Timestamp($0) }
    }

    package mutating func optionalTime(_ name: String) throws(DecodingRefusal) -> Timestamp? {
        try optionalValue(name) { Timestamp($0) }
    }

    package mutating func day(_ name: String) throws(DecodingRefusal) -> Day {
        try value(name) { Day($0) }
    }

    package mutating func identifier<Form>(
        _ name: String,
        as form: Form.Type = Form.self
    ) throws(DecodingRefusal) -> Identifier<Form> {
        try value(name) { Identifier<Form>($0) }
    }

    package mutating func optionalIdentifier<Form>(
        _ name: String,
        as form: Form.Type = Form.self
    ) throws(DecodingRefusal) -> Identifier<Form>? {
        try optionalValue(name) { Identifier<Form>($0) }
    }

    /// A code of a closed list.
    package mutating func code<Code: RawRepresentable<String>>(
        _ name: String,
        of list: Code.Type = Code.self
    ) throws(DecodingRefusal) -> Code {
        try value(name) { Code(rawValue: $0) }
    }

    /// A number that counts or measures: not below zero.
    package mutating func count(_ name: String) throws(DecodingRefusal) -> Int {
        let number = try integer(name)
        guard number >= 0 else { throw refusal(.badForm, name) }
        return number
    }

    package mutating func optionalCount(_ name: String) throws(DecodingRefusal) -> Int? {
        guard let number = try optionalInteger(name) else { return nil }
        guard number >= 0 else { throw refusal(.badForm, name) }
        return number
    }

    /// A line that people are shown, and that says something: not empty.
    package mutating func filled(_ name: String) throws(DecodingRefusal) -> String {
        try value(name) { $0.isEmpty || !$0.isOneLine ? nil : $0 }
    }

    /// A line that people are shown.
    package mutating func line(_ name: String) throws(DecodingRefusal) -> String {
        try value(name) { $0.isOneLine ? $0 : nil }
    }

    package mutating func optionalLine(_ name: String) throws(DecodingRefusal) -> String? {
        try optionalValue(name) { $0.isOneLine ? $0 : nil }
    }

    /// The elements of an array of texts, each given to `make`.
    package mutating func values<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(DecodingRefusal) -> [Value] {
        var values: [Value] = []
        for element in try array(name) {
            guard let text = element.string else { throw refusal(.wrongType, name) }
            guard let value = make(text) else { throw refusal(.badForm, name) }
            values.append(value)
        }
        return values
    }

    /// The same for an optional array: an empty one would be a second way to write none.
    package mutating func optionalValues<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(DecodingRefusal) -> [Value] {
        guard optional(name) != nil else { return [] }
        let values = try values(name, make)
        guard !values.isEmpty else { throw refusal(.badForm, name) }
        return values
    }

    /// The elements of an array of objects, each read to its end.
    package mutating func records<Value: Record>(
        _ name: String,
        of type: Value.Type = Value.self
    ) throws(DecodingRefusal) -> [Value] {
        _ = try array(name)
        var records: [Value] = []
        for var reader in try objects(name) {
            records.append(try Value(reading: &reader))
            try reader.finish()
        }
        return records
    }

    /// A member that is an object, read to its end.
    package mutating func record<Value: Record>(
        _ name: String,
        of type: Value.Type = Value.self
    ) throws(DecodingRefusal) -> Value {
        var reader = try object(name)
        let record = try Value(reading: &reader)
        try reader.finish()
        return record
    }

    package mutating func optionalRecord<Value: Record>(
        _ name: String,
        of type: Value.Type = Value.self
    ) throws(DecodingRefusal) -> Value? {
        guard optional(name) != nil else { return nil }
        return try record(name)
    }
}
