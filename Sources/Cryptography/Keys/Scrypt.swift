import CCrypto

/// How much work and memory one guess at an unlock secret costs (RFC 7914).
package struct ScryptCost: Sendable, Equatable {
    /// N = 2^logN.
    package let logN: Int
    package let r: Int
    package let p: Int

    package init(logN: Int, r: Int, p: Int) {
        self.logN = logN
        self.r = r
        self.p = p
    }

    /// N 2^17, r 8, p 1: 128 MiB and some tenths of a second.
    package static let standard = ScryptCost(logN: 17, r: 8, p: 1)

    /// N 2^10, r 8, p 1: 1 MiB and a millisecond or so.
    static let slight = ScryptCost(logN: 10, r: 8, p: 1)

    /// What a new store under this secret costs to open.
    static func fitting(_ secret: SecretBytes) -> ScryptCost {
        secret.withBytes { MadeSecret.isOne($0) } ? .slight : .standard
    }

    /// A file may ask for up to 1 GiB; more would let a changed file exhaust the machine.
    var isBearable: Bool {
        (1...20).contains(logN) && (1...8).contains(r) && (1...4).contains(p)
    }

    /// - Returns: a key of 32 bytes.
    func derive(_ secret: SecretBytes, salt: [UInt8]) throws(CryptographyError) -> SecretBytes {
        let memory = UInt64(128 * r) << UInt64(logN) + UInt64(1 << 20)
        return try unsafe SecretBytes(count: 32) { (key) throws(CryptographyError) in
            Library.clearErrors()
            let outcome = unsafe secret.withPointer { secret in
                unsafe EVP_PBE_scrypt(
                    secret.baseAddress?.assumingMemoryBound(to: CChar.self),
                    secret.count,
                    salt,
                    salt.count,
                    UInt64(1) << UInt64(logN),
                    UInt64(r),
                    UInt64(p),
                    memory,
                    key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    key.count
                )
            }
            try Library.check(outcome)
        }
    }
}
