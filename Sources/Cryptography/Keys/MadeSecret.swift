import Primitives

/// An unlock secret that nobody thought of: `renkei-unlock-v1:` and 32 random bytes in Base64 (RFC
/// 4648, section 5). It cannot be guessed, however cheap a guess is: a store under it opens without
/// the time and the memory that shield a passphrase.
package enum MadeSecret {
    private static let mark = "renkei-unlock-v1:".bytes
    private static let randomBytes = 32

    package static func make() -> [UInt8] {
        mark + Base64.encode(SystemRandom().bytes(randomBytes)).bytes
    }

    /// Whether a secret has this form; a line may end after it.
    static func isOne(_ secret: [UInt8]) -> Bool {
        guard secret.starts(with: mark) else { return false }
        let rest = secret.dropFirst(mark.count)
        let random = rest.last == 0x0A ? rest.dropLast() : rest
        return Base64.decode(String(decoding: random, as: UTF8.self))?.count == randomBytes
    }
}
