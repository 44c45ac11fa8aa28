extension String {
    /// Equality of the stored bytes. `==` on `String` is canonical equivalence and would take
    /// 神 (U+FA19) for 神 (U+795E).
    package func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        for place in left.indices where left[place] != right[place] { return false }
        return true
    }

    /// The UTF-8 bytes.
    package var bytes: [UInt8] { Array(utf8) }

    /// The text of `bytes`, or nil where they are not UTF-8.
    package init?(utf8Bytes bytes: [UInt8]) { self.init(utf8Bytes: bytes.span) }

    package init?(utf8Bytes bytes: Span<UInt8>) {
        do { self = String(copying: try UTF8Span(validating: bytes)) } catch { return nil }
    }
}

/// A text that compares, hashes and orders by its bytes: the key type for names.
package struct ByteText: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) { self.text = text }
    package init(stringLiteral value: String) { text = value }

    package static func == (left: ByteText, right: ByteText) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    package static func < (left: ByteText, right: ByteText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        // Eight bytes at a time: names are hashed more often than anything else.
        var word: UInt64 = 0
        var count = 0
        let bytes = text.utf8Span.span
        for place in bytes.indices {
            word = word << 8 | UInt64(bytes[place])
            count += 1
            if count.isMultiple(of: 8) { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
    }
}
