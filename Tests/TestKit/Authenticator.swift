package import Primitives

/// The app on a person's telephone: codes of RFC 6238 from the key that a page shows. Its own
/// SHA-1 (FIPS 180-4), since the product has none.
package struct Authenticator: Sendable {
    private let key: [UInt8]

    /// `shown` is the key in Base32, in groups.
    package init?(shown: String) {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bits, count) = (0, 0)
        var key: [UInt8] = []
        for letter in shown where letter != " " {
            guard let digit = letters.firstIndex(of: letter) else { return nil }
            bits = bits << 5 | digit
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            key.append(UInt8(bits >> count & 255))
            bits &= 1 << count - 1
        }
        self.key = key
    }

    package func code(at time: Timestamp) -> String {
        let step = UInt64(time.seconds / 30)
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let mac = Self.hmac(counter, key)
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Decimal.text(Int(number & 0x7FFF_FFFF) % 1_000_000, width: 6)
    }

    private static func hmac(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let block = key + [UInt8](repeating: 0, count: 64 - key.count)
        return sha1(block.map { $0 ^ 0x5C } + sha1(block.map { $0 ^ 0x36 } + message))
    }

    private static func sha1(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
        padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        for start in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { index in
                padded[start + 4 * index..<start + 4 * index + 4].reduce(UInt32(0)) {
                    $0 << 8 | UInt32($1)
                }
            }
            for index in 16..<80 {
                let mixed =
                    words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
                words.append(turned(mixed, 1))
            }
            var now = state
            for (index, word) in words.enumerated() {
                let (mix, constant) = round(index, now)
                let next = turned(now[0], 5) &+ mix &+ now[4] &+ constant &+ word
                now = [next, now[0], turned(now[1], 30), now[2], now[3]]
            }
            state = zip(state, now).map { $0 &+ $1 }
        }
        return state.flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * $0) & 255) } }
    }

    private static func round(_ index: Int, _ now: [UInt32]) -> (UInt32, UInt32) {
        switch index {
        case ..<20: (now[1] & now[2] | ~now[1] & now[3], 0x5A82_7999)
        case ..<40: (now[1] ^ now[2] ^ now[3], 0x6ED9_EBA1)
        case ..<60: (now[1] & now[2] | now[1] & now[3] | now[2] & now[3], 0x8F1B_BCDC)
        default: (now[1] ^ now[2] ^ now[3], 0xCA62_C1D6)
        }
    }

    private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 {
        word << bits | word >> (32 - bits)
    }
}
