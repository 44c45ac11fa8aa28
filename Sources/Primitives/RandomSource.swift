/// The seam for randomness. The live one is in Cryptography (libcrypto), the seeded one in
/// `TestKit`.
package protocol RandomSource: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
    /// A number below `bound`, without bias for bounds far below 2^64.
    package func number(below bound: UInt64) -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) } % max(1, bound)
    }
}
