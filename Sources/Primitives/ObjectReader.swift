/// Reads the members of one JSON object strictly: each is asked for by name, and `finish` refuses
/// those nobody asked for.
///
/// ```swift
/// var reader = try ObjectReader(json)
/// let count = try reader.integer("count")
/// try reader.finish()
/// ```
package struct ObjectReader {
    private let object: JSONObject
    private let place: JSONPointer
    /// Whether the member of the same place was asked for.
    private var asked: [Bool]

    /// - Throws: `wrongType` unless `json` is an object.
    package init(_ json: JSON, at place: JSONPointer = JSONPointer()) throws(DecodingRefusal) {
        guard case .object(let object) = json else {
            throw DecodingRefusal(.wrongType, at: place.description)
        }
        self.object = object
        self.place = place
        asked = Array(repeating: false, count: object.count)
    }

    /// - Throws: `unknownMember` when a member was not asked for.
    package func finish() throws(DecodingRefusal) {
        guard asked.allSatisfy(\.self) else {
            throw DecodingRefusal(.unknownMember, at: place.description)
        }
    }

    package func refusal(_ reason: DecodingRefusal.Reason, _ name: String) -> DecodingRefusal {
        DecodingRefusal(reason, at: place.appending(name).description)
    }

    package mutating func optional(_ name: String) -> JSON? {
        guard let position = object.position(of: name) else { return nil }
        asked[position] = true
        return object.members[position].value
    }

    package mutating func required(_ name: String) throws(DecodingRefusal) -> JSON {
        guard let value = optional(name) else { throw refusal(.missingMember, name) }
        return value
    }

    package mutating func text(_ name: String) throws(DecodingRefusal) -> String {
        guard let value = try required(name).string else { throw refusal(.wrongType, name) }
        return value
    }

    package mutating func optionalText(_ name: String) throws(DecodingRefusal) -> String? {
        guard let value = optional(name) else { return nil }
        guard let text = value.string else { throw refusal(.wrongType, name) }
        return text
    }

    package mutating func integer(_ name: String) throws(DecodingRefusal) -> Int {
        guard let value = try required(name).integer else { throw refusal(.wrongType, name) }
        return Int(value)
    }

    package mutating func optionalInteger(_ name: String) throws(DecodingRefusal) -> Int? {
        guard let value = optional(name) else { return nil }
        guard let number = value.integer else { throw refusal(.wrongType, name) }
        return Int(number)
    }

    package mutating func bool(_ name: String) throws(DecodingRefusal) -> Bool {
        guard let value = try required(name).bool else { throw refusal(.wrongType, name) }
        return value
    }

    package mutating func optionalBool(_ name: String) throws(DecodingRefusal) -> Bool? {
        guard let value = optional(name) else { return nil }
        guard let bool = value.bool else { throw refusal(.wrongType, name) }
        return bool
    }

    package mutating func array(_ name: String) throws(DecodingRefusal) -> [JSON] {
        guard let value = try required(name).array else { throw refusal(.wrongType, name) }
        return value
    }

    package mutating func optionalArray(_ name: String) throws(DecodingRefusal) -> [JSON] {
        guard let value = optional(name) else { return [] }
        guard let array = value.array else { throw refusal(.wrongType, name) }
        return array
    }

    /// Reads a text and gives it to `make`, for example `Timestamp.init(_:)`.
    @inlinable
    package mutating func value<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(DecodingRefusal) -> Value {
        guard let value = make(try text(name)) else { throw refusal(.badForm, name) }
        return value
    }

    @inlinable
    package mutating func optionalValue<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(DecodingRefusal) -> Value? {
        guard let text = try optionalText(name) else { return nil }
        guard let value = make(text) else { throw refusal(.badForm, name) }
        return value
    }

    /// The reader of a member that is itself an object.
    package mutating func object(_ name: String) throws(DecodingRefusal) -> ObjectReader {
        try ObjectReader(try required(name), at: place.appending(name))
    }

    /// One reader for each element of a member that is an array of objects.
    package mutating func objects(_ name: String) throws(DecodingRefusal) -> [ObjectReader] {
        var readers: [ObjectReader] = []
        for (index, element) in try optionalArray(name).enumerated() {
            readers.append(try ObjectReader(element, at: place.appending(name).appending(index)))
        }
        return readers
    }

    package mutating func bytes(_ name: String) throws(DecodingRefusal) -> [UInt8] {
        try value(name) { Base64.decode($0, .url) }
    }

    /// Demands the constant `version` of all formats.
    package mutating func version(_ expected: Int = 1) throws(DecodingRefusal) {
        guard try integer("version") == expected else { throw refusal(.badVersion, "version") }
    }
}
