/// Base64 (RFC 4648 §4, with padding) and base64url (§5, without). Both read strictly: one text
/// for one byte string, so unused bits must be zero.
package enum Base64 {
    package enum Alphabet: Sendable { case standard, url }

    package static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .url) -> String {
        let letters = alphabet == .url ? urlLetters : standardLetters
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0)
            }
            for position in 0...count {
                text.append(letters[Int(group >> UInt32(18 - 6 * position) & 63)])
            }
            if alphabet == .standard {
                text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - count))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for anything `encode` would not have written.
    package static func decode(_ text: String, _ alphabet: Alphabet = .url) -> [UInt8]? {
        var source = text.bytes[...]
        if alphabet == .standard {
            guard source.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where source.last == UInt8(ascii: "=") { source.removeLast() }
        }
        guard source.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        let values = alphabet == .url ? urlValues : standardValues
        for letter in source {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= (1 << UInt32(bits)) - 1
            }
        }
        guard buffer == 0 else { return nil }
        if alphabet == .standard, !encode(bytes, .standard).hasSameBytes(as: text) { return nil }
        return bytes
    }

    private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let standardLetters = (common + "+/").bytes
    private static let urlLetters = (common + "-_").bytes

    private static let standardValues = values(standardLetters)
    private static let urlValues = values(urlLetters)

    /// What each byte stands for; 64 for those that are no letters.
    private static func values(_ letters: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }
}
