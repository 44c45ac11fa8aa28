import Primitives

/// A JSON value that compares as JSON Schema wants: numbers by value, text by bytes, members in any
/// order.
struct SchemaValue: Hashable, Sendable {
    let json: JSON

    static func == (left: SchemaValue, right: SchemaValue) -> Bool {
        switch (left.json, right.json) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.integer(let one), .integer(let other)): one == other
        case (.integer, .number), (.number, .integer), (.number, .number):
            ExactNumber(left.json) == ExactNumber(right.json)
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.array(let one), .array(let other)):
            one.elementsEqual(other) { SchemaValue(json: $0) == SchemaValue(json: $1) }
        case (.object(let one), .object(let other)):
            one.count == other.count
                && one.members.allSatisfy { member in
                    other[member.name].map {
                        SchemaValue(json: $0) == SchemaValue(json: member.value)
                    } ?? false
                }
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch json {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer, .number: hasher.combine(ExactNumber(json))
        case .string(let text): hasher.combine(ByteText(text))
        case .array(let elements):
            for element in elements { hasher.combine(SchemaValue(json: element)) }
        case .object(let object):
            var sum = 0
            for (name, value) in object.members {
                var member = Hasher()
                member.combine(ByteText(name))
                member.combine(SchemaValue(json: value))
                sum ^= member.finalize()
            }
            hasher.combine(sum)
        }
    }
}
