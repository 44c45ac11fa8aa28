import Primitives

/// The second factor as the account keeps it: the key of an authenticator app (RFC 6238).
struct OneTimeSecret: Hashable, Sendable {
    /// As long as the hash of the code, SHA-1: RFC 4226 §4.
    static let bytes = 20

    let key: [UInt8]
    /// The step of 30 s whose code was taken last: neither it nor an earlier one is taken again.
    var lastStep: Int64

    init(key: [UInt8], lastStep: Int64) {
        self.key = key
        self.lastStep = lastStep
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        key = try reader.bytes("key")
        lastStep = Int64(try reader.integer("lastStep"))
        guard key.count == OneTimeSecret.bytes else { throw reader.refusal(.badForm, "key") }
        guard lastStep >= 0 else { throw reader.refusal(.badForm, "lastStep") }
        try reader.finish()
    }

    var json: JSON { ["key": .string(Base64.encode(key)), "lastStep": .integer(lastStep)] }

    /// Takes a code that is right now and was not taken before.
    mutating func take(_ code: String, at now: Timestamp) -> Bool {
        guard let step = OneTimeCode.step(of: code, key: key, at: now), step > lastStep else {
            return false
        }
        lastStep = step
        return true
    }
}

/// What an authenticator app is set up with. Secret; never printed.
package struct FactorOffer: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// For the QR code: `otpauth://totp/…`.
    package let uri: String
    /// The key to type where there is no camera, in groups of four.
    package let key: String

    init(key: [UInt8], name: SignInName, issuer: String) {
        let letters = Base32.encode(key).uppercased()
        let grouped = Array(letters)
        self.key = stride(from: 0, to: grouped.count, by: 4)
            .map { String(grouped[$0..<min($0 + 4, grouped.count)]) }
            .joined(separator: " ")
        let maker = FactorOffer.escaped(issuer)
        uri =
            "otpauth://totp/\(maker):\(name)?secret=\(letters)&issuer=\(maker)"
            + "&algorithm=SHA1&digits=6&period=30"
    }

    package var description: String { "FactorOffer" }
    package var debugDescription: String { description }

    /// RFC 3986 §2.1: everything but unreserved characters.
    private static func escaped(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.append(byte)
            default: out += "%".bytes + Hex.encode([byte]).uppercased().bytes
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
