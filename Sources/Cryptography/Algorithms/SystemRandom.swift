import CCrypto
import Primitives

/// The live random source: libcrypto's generator, seeded by the system.
package struct SystemRandom: RandomSource {
    package init() {}

    package func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let outcome = unsafe RAND_bytes(&bytes, Int32(count))
        // There is no safe way on without random bytes.
        precondition(outcome == 1, "no random bytes can be had")
        return bytes
    }
}
