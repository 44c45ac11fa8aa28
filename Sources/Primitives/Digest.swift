/// A SHA-256 value. Computed in Cryptography; here it is only carried, compared and written.
package struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 32 bytes as four big-endian numbers: millions of them are held, and none needs an
    /// allocation of its own.
    private let words: Words

    private struct Words: Hashable, Sendable {
        let first: UInt64
        let second: UInt64
        let third: UInt64
        let fourth: UInt64
    }

    /// - Returns: nil unless there are 32 bytes.
    package init?(_ bytes: [UInt8]) { self.init(bytes.span) }

    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        words = Words(
            first: Self.word(bytes, at: 0),
            second: Self.word(bytes, at: 8),
            third: Self.word(bytes, at: 16),
            fourth: Self.word(bytes, at: 24)
        )
    }

    /// - Returns: nil unless `hex` is 64 lower-case hexadecimal digits.
    package init?(hex: String) {
        guard hex.utf8.count == 2 * Digest.byteCount, let bytes = Hex.decode(hex) else {
            return nil
        }
        self.init(bytes)
    }

    package static let byteCount = 32

    /// Exactly 32.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Digest.byteCount)
        for word in [words.first, words.second, words.third, words.fourth] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    package var hex: String { Hex.encode(bytes) }
    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        let (left, right) = (left.words, right.words)
        return (left.first, left.second, left.third, left.fourth)
            < (right.first, right.second, right.third, right.fourth)
    }

    private static func word(_ bytes: Span<UInt8>, at start: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in start..<start + 8 { word = word << 8 | UInt64(bytes[place]) }
        return word
    }
}
