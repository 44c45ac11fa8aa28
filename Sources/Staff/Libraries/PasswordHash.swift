import CSodium
import Cryptography
import Primitives

/// What a password is stored as: Argon2id with salt and cost, as libsodium writes it
/// (`$argon2id$v=19$m=65536,t=3,p=1$…`).
package struct PasswordHash: Hashable, Sendable, CustomStringConvertible {
    let text: String

    /// - Returns: nil for what is not of that form.
    init?(_ text: String) {
        guard text.hasPrefix("$argon2id$"), text.utf8.count < Int(crypto_pwhash_STRBYTES),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { "PasswordHash" }
}

/// What one guess at a password costs whoever guesses.
package struct PasswordCost: Hashable, Sendable {
    let passes: Int
    let memoryBytes: Int

    package init(passes: Int, memoryBytes: Int) {
        self.passes = passes
        self.memoryBytes = memoryBytes
    }

    /// About 80 ms and 64 MiB.
    package static let usual = PasswordCost(passes: 3, memoryBytes: 64 * 1024 * 1024)
    /// The least that the library takes: for tests.
    package static let least = PasswordCost(passes: 1, memoryBytes: 8192)
}

/// The two calls into libsodium. Each blocks for as long as the cost says.
enum Argon2 {
    /// - Returns: nil without memory for it.
    static func hash(_ password: SecretBytes, _ cost: PasswordCost) -> PasswordHash? {
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let outcome = unsafe lend(password) { letters, count in
            unsafe crypto_pwhash_str(
                &text,
                letters,
                count,
                UInt64(cost.passes),
                cost.memoryBytes
            )
        }
        guard outcome == 0 else { return nil }
        let letters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return PasswordHash(String(decoding: letters, as: UTF8.self))
    }

    static func isRight(_ password: SecretBytes, _ hash: PasswordHash) -> Bool {
        let text = hash.text.utf8.map { CChar(bitPattern: $0) } + [0]
        return unsafe lend(password) { letters, count in
            unsafe crypto_pwhash_str_verify(text, letters, count)
        } == 0
    }

    private static func lend(
        _ password: SecretBytes,
        _ body: (UnsafePointer<CChar>, UInt64) -> Int32
    ) -> Int32 {
        precondition(isReady, "libsodium can always be made ready")
        return password.withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                let letters = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                guard let letters = unsafe letters else { return -1 }
                return unsafe body(letters, UInt64(bytes.count))
            }
        }
    }

    private static let isReady = sodium_init() >= 0
}
