import Audit
import Primitives
import Storage

/// The part of the own log that a question is about, by places of leaves. Nothing in it was opened.
struct LogSurvey: Sendable {
    let gateway: OrganisationGateway
    let checkpoint: Checkpoint
    let range: Range<UInt64>

    /// The leaves of some events, in order.
    func places(of events: Set<AuditEvent>) async throws(GatewayError) -> [UInt64] {
        let (tree, range) = (checkpoint.origin, range)
        return try await gateway.read { stored throws(StoreError) in
            var places: [UInt64] = []
            for event in events { places += try stored.leaves(of: event, in: tree, range) }
            return places.sorted()
        }
    }

    /// Those of them that carry one of the tags.
    func places(
        of events: Set<AuditEvent>,
        tagged tags: [IndexTag]
    ) async throws(GatewayError) -> [UInt64] {
        let (tree, range) = (checkpoint.origin, range)
        let tagged = try await gateway.read { stored throws(StoreError) in
            var places: [UInt64] = []
            for tag in tags {
                places += try stored.leaves(tagged: tag, in: tree, range, limit: .max)
            }
            return places.sorted()
        }
        guard !tagged.isEmpty else { return [] }
        return tagged.common(with: try await places(of: events))
    }

    /// For each moment, in order, the place of the first leaf that is not before it.
    func places(notBefore times: [Timestamp]) async throws(GatewayError) -> [UInt64] {
        let (tree, size) = (checkpoint.origin, checkpoint.head.size)
        return try await gateway.read { stored throws(StoreError) in
            try stored.firstLeaves(notBefore: times, in: tree, 0..<size)
        }
    }
}

extension OrganisationGateway {
    func survey(
        of period: AuditPeriod,
        below checkpoint: Checkpoint
    ) async throws(GatewayError) -> LogSurvey {
        let all = LogSurvey(
            gateway: self,
            checkpoint: checkpoint,
            range: 0..<checkpoint.head.size
        )
        let ends = try await all.places(notBefore: [period.start, period.end])
        return LogSurvey(gateway: self, checkpoint: checkpoint, range: ends[0]..<ends[1])
    }
}

extension Range<UInt64> {
    /// Every leaf that a tree can have.
    static var all: Range<UInt64> { 0..<1 << 40 }
}

/// Some leaves of a log, to be asked for one by one: of a year there may be a million.
struct LeafSet: Sendable {
    private let first: UInt64
    private var words: [UInt64]

    /// Of places in order.
    init(_ places: [UInt64]) {
        first = places.first ?? 0
        let span = places.isEmpty ? 0 : places[places.count - 1] - first + 1
        words = Array(repeating: 0, count: Int(span + 63) / 64)
        for place in places { words[Int(place - first) / 64] |= 1 << ((place - first) % 64) }
    }

    func contains(_ place: UInt64) -> Bool {
        guard place >= first, place - first < words.count * 64 else { return false }
        return words[Int(place - first) / 64] & 1 << ((place - first) % 64) != 0
    }
}

extension [UInt64] {
    /// Of two lists in order, what stands in both.
    func common(with other: [UInt64]) -> [UInt64] {
        var found: [UInt64] = []
        var place = 0
        for number in self {
            while place < other.count, other[place] < number { place += 1 }
            guard place < other.count else { break }
            if other[place] == number { found.append(number) }
        }
        return found
    }
}
