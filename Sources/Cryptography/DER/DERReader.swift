import Primitives

/// Reads DER (X.690) from one byte buffer, value by value, and takes no BER.
///
/// ```swift
/// var reader = DERReader(bytes)
/// var sequence = try reader.constructed(.sequence)
/// let version = try sequence.smallInteger()
/// try sequence.finish()
/// try reader.finish()
/// ```
/// Nesting is bounded by `Limits.derDepth`; lengths have at most four octets, in the fewest octets.
package struct DERReader {
    private let buffer: [UInt8]
    private var position: Int
    private let end: Int
    private let depth: Int

    package init(_ bytes: [UInt8]) {
        buffer = bytes
        position = 0
        end = bytes.count
        depth = 0
    }

    private init(_ buffer: [UInt8], _ range: Range<Int>, depth: Int) {
        self.buffer = buffer
        position = range.lowerBound
        end = range.upperBound
        self.depth = depth
    }

    package var isAtEnd: Bool { position == end }

    /// The tag of the next value, or nil at the end.
    package var nextTag: DERTag? { isAtEnd ? nil : DERTag(octet: buffer[position]) }

    /// - Throws: `trailingBytes` unless everything was read.
    package func finish() throws(DERRefusal) {
        guard isAtEnd else { throw .trailingBytes }
    }

    /// Enters a constructed value.
    package mutating func constructed(_ tag: DERTag) throws(DERRefusal) -> DERReader {
        guard depth < Limits.derDepth else { throw .tooDeep }
        return DERReader(buffer, try contents(tag), depth: depth + 1)
    }

    /// The contents of a primitive value.
    package mutating func primitive(_ tag: DERTag) throws(DERRefusal) -> [UInt8] {
        Array(try slice(tag))
    }

    /// The contents of a primitive value, where they lie.
    mutating func slice(_ tag: DERTag) throws(DERRefusal) -> ArraySlice<UInt8> {
        buffer[try contents(tag)]
    }

    /// The next value whole, with its tag and length.
    package mutating func value(_ tag: DERTag) throws(DERRefusal) -> [UInt8] {
        let start = position
        _ = try contents(tag)
        return Array(buffer[start..<position])
    }

    /// Reads exactly these encoded bytes, or refuses naming `field`.
    package mutating func expect(
        _ encoded: [UInt8],
        _ field: DERRefusal.StaticName
    ) throws(DERRefusal) {
        guard end - position >= encoded.count else { throw .notInProfile(field) }
        for place in encoded.indices where buffer[position + place] != encoded[place] {
            throw .notInProfile(field)
        }
        position += encoded.count
    }

    /// The elements of a SET OF, whole, in DER order and all different; each of the tag `element`,
    /// or of any when that is nil.
    package mutating func setOf(
        _ tag: DERTag = .set,
        element: DERTag? = nil
    ) throws(DERRefusal) -> [[UInt8]] {
        var set = try constructed(tag)
        var elements: [[UInt8]] = []
        while let next = set.nextTag {
            let next = try set.value(element ?? next)
            if let last = elements.last, !last.lexicographicallyPrecedes(next) { throw .badOrder }
            elements.append(next)
        }
        return elements
    }

    /// Checks tag and length and moves past the value.
    private mutating func contents(_ tag: DERTag) throws(DERRefusal) -> Range<Int> {
        guard position < end else { throw .truncated }
        guard buffer[position] == tag.octet else { throw .unexpectedTag }
        position += 1
        let count = try length()
        guard count <= end - position else { throw .truncated }
        defer { position += count }
        return position..<position + count
    }

    private mutating func length() throws(DERRefusal) -> Int {
        guard position < end else { throw .truncated }
        let first = buffer[position]
        position += 1
        guard first >= 0x80 else { return Int(first) }
        let octets = Int(first & 0x7F)
        guard (1...4).contains(octets) else { throw .badLength }
        guard octets <= end - position else { throw .truncated }
        var count = 0
        for place in position..<position + octets { count = count << 8 | Int(buffer[place]) }
        guard count >= 0x80, buffer[position] != 0 else { throw .badLength }
        position += octets
        return count
    }
}
