/// What a mutation run does to a DER message that is known to be good.
enum Mutations {
    struct Count: CustomStringConvertible {
        var tried = 0
        var accepted: [String] = []

        var description: String { "\(tried) mutations, \(accepted.count) accepted" }
    }

    /// A bit of every byte flipped, another one from byte to byte, every truncation, a byte more,
    /// and every length field raised, lowered and zeroed. A `step` leaves offsets between out.
    static func run(
        over bytes: [UInt8],
        every step: Int = 1,
        _ isAccepted: ([UInt8]) async -> Bool
    ) async -> Count {
        var count = Count()
        func attempt(_ name: String, _ mutated: [UInt8]) async {
            count.tried += 1
            if await isAccepted(mutated) { count.accepted.append(name) }
        }
        var flipped = bytes
        for index in stride(from: 0, to: bytes.count, by: step) {
            flipped[index] ^= 1 << UInt8(index % 8)
            await attempt("byte \(index)", flipped)
            flipped[index] = bytes[index]
            await attempt("cut to \(index)", Array(bytes[..<index]))
        }
        await attempt("a byte more", bytes + [0])
        for field in bytes.isEmpty ? [] : lengthFields(bytes, bytes.indices) {
            for (name, length) in [
                ("raised", field.count + 1), ("lowered", max(0, field.count - 1)), ("zeroed", 0),
            ] where length != field.count {
                let octets = DERTree.shortest(length)
                let head = bytes[..<field.octets.lowerBound]
                let mutated = head + octets + bytes[field.octets.upperBound...]
                await attempt("length at \(field.octets.lowerBound) \(name)", Array(mutated))
            }
        }
        return count
    }

    private static func lengthFields(
        _ bytes: [UInt8],
        _ range: Range<Int>
    ) -> [(octets: Range<Int>, count: Int)] {
        var fields: [(octets: Range<Int>, count: Int)] = []
        var position = range.lowerBound
        while position < range.upperBound, bytes[position] & 0x1F != 0x1F {
            let first = Int(bytes[position + 1])
            let octets = position + 1..<position + 2 + (first < 0x80 ? 0 : first & 0x7F)
            let count = bytes[octets.dropFirst()].reduce(0) { $0 << 8 | Int($1) }
            fields.append((octets, first < 0x80 ? first : count))
            let contents = octets.upperBound..<octets.upperBound + (fields.last?.count ?? 0)
            if bytes[position] & 0x20 != 0 { fields += lengthFields(bytes, contents) }
            position = contents.upperBound
        }
        return fields
    }
}
