import Cryptography

/// One change of a good message.
struct Mutation {
    let name: String
    let bytes: [UInt8]

    /// Every bit of every byte flipped, every truncation, trailing bytes, and every length field
    /// raised, lowered, zeroed and written in a longer form.
    static func all(of der: [UInt8]) -> [Mutation] {
        var mutations: [Mutation] = []
        for index in der.indices {
            for bit in 0..<8 {
                var bytes = der
                bytes[index] ^= 1 << UInt8(bit)
                mutations.append(Mutation(name: "bit \(bit) of byte \(index)", bytes: bytes))
            }
            let cut = Array(der.prefix(index))
            mutations.append(Mutation(name: "cut to \(index)", bytes: cut))
        }
        mutations.append(Mutation(name: "trailing zero", bytes: der + [0]))
        mutations.append(Mutation(name: "doubled end", bytes: der + [der[der.count - 1]]))
        return mutations + lengths(of: der)
    }

    private static func lengths(of der: [UInt8]) -> [Mutation] {
        var mutations: [Mutation] = []
        for field in lengthFields(der, 0..<der.count) {
            for (name, octets) in [
                ("raised", encoded(field.count + 1)), ("lowered", encoded(max(0, field.count - 1))),
                ("zeroed", [0]), ("long", [0x84, 0, 0] + encoded16(field.count)),
                ("indefinite", [0x80]), ("endless", [0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
                ("huge", [0x88] + [UInt8](repeating: 0xFF, count: 8)),
            ] where octets != Array(der[field.octets]) {
                let bytes =
                    der[..<field.octets.lowerBound] + octets + der[field.octets.upperBound...]
                mutations.append(
                    Mutation(name: "\(name) at \(field.octets.lowerBound)", bytes: Array(bytes))
                )
            }
        }
        return mutations
    }

    private struct LengthField {
        let octets: Range<Int>
        let count: Int
    }

    /// Walks a message that is known to be good.
    private static func lengthFields(_ der: [UInt8], _ range: Range<Int>) -> [LengthField] {
        var fields: [LengthField] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let first = Int(der[position + 1])
            let octets = first < 0x80 ? 1 : 1 + first & 0x7F
            let field = position + 1..<position + 1 + octets
            let count =
                first < 0x80 ? first : der[field.dropFirst()].reduce(0) { $0 << 8 | Int($1) }
            fields.append(LengthField(octets: field, count: count))
            let contents = field.upperBound..<field.upperBound + count
            if der[position] & 0x20 != 0 { fields += lengthFields(der, contents) }
            position = contents.upperBound
        }
        return fields
    }

    private static func encoded(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        return count < 0x100 ? [0x81, UInt8(count)] : [0x82] + encoded16(count)
    }

    private static func encoded16(_ count: Int) -> [UInt8] {
        [UInt8(count >> 8), UInt8(count & 0xFF)]
    }
}

extension [UInt8] {
    /// Where `part` first stands.
    func firstIndex(of part: [UInt8]) -> Int? {
        indices.first { self[$0...].starts(with: part) }
    }
}
