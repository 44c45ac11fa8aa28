import Cryptography
import Primitives

/// What a code that an administrator hands over opens, once.
package enum GivenCodeUse: String, CaseIterable, Sendable {
    /// First sign-in, or everything anew: a new password and a new second factor.
    case start
    /// The password was forgotten: a new one; the second factor is asked for as always.
    case password
    /// The device of the second factor is lost for good: after the password, a new one.
    case factor
    /// The device was left at home: one sign-in after the password.
    case once

    /// Whether it stands in for the password, or else for the second factor.
    var isForPassword: Bool { self == .start || self == .password }
}

/// A code that was handed over, as the account keeps it.
struct GivenCode: Hashable, Sendable {
    let digest: Digest
    let use: GivenCodeUse
    let until: Timestamp

    func opens(with text: String, of account: AccountID, at now: Timestamp) -> Bool {
        let given = SpokenCode.digest(text, of: account)
        return isEqualInConstantTime(given.bytes, digest.bytes) && now <= until
    }

    init(digest: Digest, use: GivenCodeUse, until: Timestamp) {
        self.digest = digest
        self.use = use
        self.until = until
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        digest = try reader.value("sha256") { Digest(hex: $0) }
        use = try reader.value("use", GivenCodeUse.init(rawValue:))
        until = try reader.value("until") { Timestamp($0) }
        try reader.finish()
    }

    var json: JSON {
        [
            "sha256": .string(digest.hex),
            "until": .string(until.description),
            "use": .string(use.rawValue),
        ]
    }
}

/// Codes that people read from paper and type: groups of four of the base32 alphabet, which has no
/// 0, 1, 8 and 9 to mistake.
enum SpokenCode {
    /// 80 random bits: nobody finds such a code from its hash.
    static let bytes = 10

    static func make(_ random: any RandomSource) -> String {
        let letters = Array(Base32.encode(random.bytes(bytes)))
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }
            .joined(separator: "-")
    }

    /// The hash of a code as typed: case, width, spaces and dashes do not matter.
    static func digest(_ text: String, of account: AccountID) -> Digest {
        let letters = text.narrowed.lowercasedASCII.utf8.filter {
            $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ")
        }
        return SHA256.hash("renkei-code-v1\0".bytes, account.text.bytes, [0], Array(letters))
    }
}
