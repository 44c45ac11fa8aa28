import Cryptography
import Primitives

/// What came of one seed.
struct SeedReport: Sendable {
    let seed: UInt64
    /// Copies by what became of them; a message to three is three.
    var counts = Counts()
    var findings: [Finding] = []
    var transcript: [String] = []

    init(seed: UInt64) { self.seed = seed }

    var isGood: Bool { findings.isEmpty }

    /// One line for a whole run: the same seed has the same one.
    var fingerprint: Digest { SHA256.hash(Array(transcript.joined(separator: "\n").utf8)) }

    struct Counts: Sendable {
        var messages = 0
        var accepted = 0
        var delivered = 0
        var refused = 0
        var withdrawn = 0
        var expired = 0
        /// Of members that could not speak any more, and so did not all hear of it.
        var excused = 0

        mutating func add(_ other: Counts) {
            messages += other.messages
            accepted += other.accepted
            delivered += other.delivered
            refused += other.refused
            withdrawn += other.withdrawn
            expired += other.expired
            excused += other.excused
        }
    }
}
