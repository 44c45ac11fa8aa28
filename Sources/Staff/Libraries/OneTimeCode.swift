import COATH
import Primitives

/// Codes of an authenticator app: RFC 6238 with SHA-1, 6 digits, steps of 30 s from 1970.
enum OneTimeCode {
    static let stepSeconds: Int64 = 30
    /// Steps before and after now whose code is taken: a clock may be off by half a minute.
    static let window = 1

    /// - Returns: the step whose code this is, nil for a wrong one and for anything but 6 digits.
    static func step(of code: String, key: [UInt8], at now: Timestamp) -> Int64? {
        let digits = code.narrowed.utf8.filter { $0 != UInt8(ascii: " ") }
        guard digits.count == 6,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            isReady
        else { return nil }
        var place: Int32 = 0
        var counter: UInt64 = 0
        let outcome = unsafe key.withUnsafeBytes { key in
            unsafe oath_totp_validate3(
                key.baseAddress?.assumingMemoryBound(to: CChar.self),
                key.count,
                time_t(now.seconds),
                UInt32(stepSeconds),
                0,
                window,
                &place,
                &counter,
                digits.map { CChar($0) } + [0]
            )
        }
        return outcome >= 0 ? Int64(counter) : nil
    }

    private static let isReady = oath_init() == 0
}
