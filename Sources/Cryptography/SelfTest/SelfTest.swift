/// The checks without which the program refuses to run: behaviour, not version strings.
///
/// A patched library and a broken one may bear the same number, and the other way round; what
/// counts is that known answers come out and that one wrong bit is refused.
package enum SelfTest {
    /// - Throws: `selfTest` with the name of the first check that failed.
    package static func run() throws(CryptographyError) {
        for check in checks {
            do throws(CryptographyError) {
                guard try check.holds() else { throw CryptographyError.selfTest(check.name) }
            } catch { throw .selfTest(check.name) }
        }
    }

    struct Check {
        let name: String
        let holds: @Sendable () throws(CryptographyError) -> Bool
    }

    static let checks = [
        Check(name: "short tags are refused", holds: refusesShortTags),
        Check(name: "a wrong tag gives no plaintext", holds: refusesWrongTag),
        Check(name: "ECDSA", holds: knowsECDSA),
        Check(name: "ECDH", holds: knowsECDH),
        Check(name: "AES key wrap", holds: knowsKeyWrap),
        Check(name: "HKDF", holds: knowsHKDF),
        Check(name: "Ed25519", holds: knowsEd25519),
        Check(name: "an unknown critical extension is refused", holds: refusesUnknownExtension),
        Check(name: "an expired revocation list is refused", holds: refusesExpiredList),
    ]

    static func refuses(_ body: () throws(CryptographyError) -> Void) -> Bool {
        do throws(CryptographyError) {
            try body()
            return false
        } catch { return true }
    }

    static func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[bytes.count - 1] ^= 1
        return bytes
    }
}
