package import Primitives

/// A value to be written as DER. Lengths are known when it is built, so writing is one pass.
package struct DERValue: Sendable {
    private enum Contents {
        case octets([UInt8])
        case values([DERValue])
    }

    /// nil for a value that is already encoded.
    private let tag: DERTag?
    private let contents: Contents
    private let contentCount: Int

    package init(_ tag: DERTag, _ octets: [UInt8]) {
        self.tag = tag
        contents = .octets(octets)
        contentCount = octets.count
    }

    package init(_ tag: DERTag, _ values: [DERValue]) {
        self.tag = tag
        contents = .values(values)
        contentCount = values.reduce(0) { $0 + $1.encodedCount }
    }

    /// Bytes that are DER already.
    package init(encoded: [UInt8]) {
        tag = nil
        contents = .octets(encoded)
        contentCount = encoded.count
    }

    package var encoded: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(encodedCount)
        append(to: &output)
        return output
    }

    private var encodedCount: Int {
        guard tag != nil else { return contentCount }
        return 1 + (contentCount < 0x80 ? 1 : 1 + lengthBytes) + contentCount
    }

    /// How many octets the length has where one is not enough for it.
    private var lengthBytes: Int { (Int.bitWidth - contentCount.leadingZeroBitCount + 7) / 8 }

    private func appendLength(to output: inout [UInt8]) {
        guard contentCount >= 0x80 else { return output.append(UInt8(contentCount)) }
        output.append(0x80 | UInt8(lengthBytes))
        for place in (0..<lengthBytes).reversed() {
            output.append(UInt8(truncatingIfNeeded: contentCount >> (8 * place)))
        }
    }

    private func append(to output: inout [UInt8]) {
        if let tag {
            output.append(tag.octet)
            appendLength(to: &output)
        }
        switch contents {
        case .octets(let octets): output.append(contentsOf: octets)
        case .values(let values): for value in values { value.append(to: &output) }
        }
    }

    /// The fewest octets of a number above zero.
    private static func bigEndian(_ number: Int) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = number
        while rest > 0 {
            octets.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
        return octets.reversed()
    }
}

extension DERValue {
    package static func sequence(_ values: [DERValue]) -> DERValue { DERValue(.sequence, values) }

    /// SET OF: elements in the order of their encodings (X.690 §11.6).
    package static func setOf(_ values: [DERValue], tag: DERTag = .set) -> DERValue {
        let sorted = values.map(\.encoded).sorted { $0.lexicographicallyPrecedes($1) }
        return DERValue(tag, sorted.map(DERValue.init(encoded:)))
    }

    package static func octetString(_ octets: [UInt8]) -> DERValue {
        DERValue(.octetString, octets)
    }

    package static func bitString(_ octets: [UInt8]) -> DERValue {
        DERValue(.bitString, [0] + octets)
    }

    /// Named bits, without trailing zero bits (X.690 §11.2.2).
    package static func namedBits(_ bits: [Int]) -> DERValue {
        guard let highest = bits.max() else { return DERValue(.bitString, [0]) }
        var octets = [UInt8](repeating: 0, count: highest / 8 + 1)
        for bit in bits { octets[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        return DERValue(.bitString, [UInt8(7 - highest % 8)] + octets)
    }

    package static let yes = DERValue(.boolean, [0xFF])

    /// A number from zero on.
    package static func integer(_ number: Int, tag: DERTag = .integer) -> DERValue {
        precondition(number >= 0)
        return integer(magnitude: number == 0 ? [0] : bigEndian(number), tag: tag)
    }

    package static func integer(magnitude: [UInt8], tag: DERTag = .integer) -> DERValue {
        DERValue(tag, magnitude[0] >= 0x80 ? [0] + magnitude : magnitude)
    }

    package static func objectIdentifier(_ identifier: OID) -> DERValue {
        DERValue(.objectIdentifier, identifier.contents)
    }

    package static func text(_ text: String) -> DERValue { DERValue(.utf8String, text.bytes) }

    package static func time(_ time: Timestamp) -> DERValue {
        DERTime.isShort(time)
            ? DERValue(.utcTime, DERTime.text(time, isShort: true))
            : generalizedTime(time)
    }

    package static func generalizedTime(_ time: Timestamp) -> DERValue {
        DERValue(.generalizedTime, DERTime.text(time, isShort: false))
    }

    /// AlgorithmIdentifier with its parameters absent, or those given.
    package static func algorithm(_ identifier: OID, _ parameters: DERValue...) -> DERValue {
        sequence([.objectIdentifier(identifier)] + parameters)
    }
}
