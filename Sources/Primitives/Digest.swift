/// A SHA-256 value. Computed in Cryptography; here it is only carried, compared and written.
package struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Exactly 32.
    package let bytes: [UInt8]

    /// - Returns: nil unless there are 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Digest.byteCount else { return nil }
        self.bytes = bytes
    }

    /// - Returns: nil unless `hex` is 64 lower-case hexadecimal digits.
    package init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    package static let byteCount = 32

    package var hex: String { Hex.encode(bytes) }
    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
