package import Primitives

/// Days in Japan of which a log is shown, both included.
package struct AuditPeriod: Hashable, Sendable {
    package let from: Day
    package let to: Day

    /// - Returns: nil where it ends before it begins.
    package init?(from: Day, to: Day) {
        guard from <= to else { return nil }
        self.from = from
        self.to = to
    }

    package var start: Timestamp { Timestamp(startOfDayInJapan: from) }
    /// The first moment after it.
    package var end: Timestamp { Timestamp(startOfDayInJapan: to).adding(.days(1)) }

    package func contains(_ time: Timestamp) -> Bool { start <= time && time < end }
}

/// Neighbouring leaves of a tree, and the hashes that prove that they and none but they stand
/// there.
package struct LogRange: Sendable {
    /// More would make a file that no reader takes.
    package static let most = 100_000
    /// Each leaf commits to a few values.
    package static let mostOpenings = 10 * most
    /// Two on each level of a tree, at the very most.
    package static let maximumFlanks = 128

    package let checkpoint: Checkpoint
    package let first: UInt64
    package let leaves: [[UInt8]]
    package let flanks: [Digest]

    package init(
        below checkpoint: Checkpoint,
        from first: UInt64,
        leaves: [[UInt8]],
        flanks: [Digest]
    ) {
        self.checkpoint = checkpoint
        self.first = first
        self.leaves = leaves
        self.flanks = flanks
    }

    /// No signature is checked here.
    package var isIncluded: Bool {
        Merkle.verifyRange(
            of: leaves.map(Merkle.leafHash),
            from: first,
            in: checkpoint.head,
            flanks: flanks
        )
    }

    /// The leaves, one a line; canonical JSON holds no line end.
    package var leafLines: [UInt8] { Array(leaves.map { $0 + [newline] }.joined()) }

    /// The hashes in base64, one a line.
    package var flankLines: [UInt8] {
        flanks.map { Base64.encode($0.bytes, .standard) + "\n" }.joined().bytes
    }

    /// - Returns: nil where the last line does not end, or there are more than `most`.
    package static func lines(_ bytes: [UInt8], atMost most: Int) -> [[UInt8]]? {
        guard let last = bytes.last else { return [] }
        guard last == newline, bytes.count(where: { $0 == newline }) <= most else { return nil }
        return bytes.dropLast().split(separator: newline, omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// Reads what `flankLines` writes; nil for anything else.
    package static func flanks(_ bytes: [UInt8]) -> [Digest]? {
        guard let lines = lines(bytes, atMost: maximumFlanks) else { return nil }
        return TlogProof.hashes(lines.map { String(decoding: $0, as: UTF8.self) })
    }
}
