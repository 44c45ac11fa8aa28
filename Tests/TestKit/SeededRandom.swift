import Primitives

/// Random bytes that a seed repeats (SplitMix64): a failing test names its seed and can be run
/// again.
package final class SeededRandom: RandomSource {
    private let state: Lock<UInt64>

    package init(seed: UInt64) { state = Lock(seed) }

    package func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 7)
            while bytes.count < count {
                state &+= 0x9E37_79B9_7F4A_7C15
                var word = state
                word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
                word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
                word ^= word >> 31
                // Not a loop: tests are not optimised, and draw nine mebibytes.
                bytes += [
                    UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8),
                    UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 24),
                    UInt8(truncatingIfNeeded: word >> 32), UInt8(truncatingIfNeeded: word >> 40),
                    UInt8(truncatingIfNeeded: word >> 48), UInt8(truncatingIfNeeded: word >> 56),
                ]
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        }
    }
}
