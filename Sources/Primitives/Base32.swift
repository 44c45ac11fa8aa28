/// Base32 (RFC 4648 §6) in lower case without padding: member ids and joining codes.
package enum Base32 {
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(letters[Int(buffer >> bits & 31)])
                buffer &= (1 << bits) - 1
            }
        }
        if bits > 0 { text.append(letters[Int(buffer << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether every character is of the alphabet `a-z2-7`.
    package static func isAlphabet(_ text: some Sequence<UInt8>) -> Bool {
        text.allSatisfy { letter in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
                || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(letter)
        }
    }

    private static let letters = "abcdefghijklmnopqrstuvwxyz234567".bytes
}
