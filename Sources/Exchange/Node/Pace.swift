import Directory
import ExchangeAPI
import Primitives

/// How fast each member may call and send (`Schemas/exchange-api.md`, limits). Kept in memory: a
/// restart begins with full buckets.
struct Pace: Sendable {
    private struct Buckets: Sendable {
        var requests: TokenBucket
        var messages: TokenBucket
        var bytes: TokenBucket
        var directoryChanges = TokenBucket(
            burst: Limits.directoryChangesBurst,
            perSecond: Double(Limits.directoryChangesPerDay) / Pace.secondsPerDay
        )
    }

    private static let secondsPerDay = 86_400.0

    /// More addresses than this are forgotten together: what a code bears is counted with the code.
    private static let knownAddresses = 10_000

    private let fresh: Buckets
    private let freshEnrolments = TokenBucket(
        burst: Limits.enrolmentsPerAddressAndHour,
        perSecond: Double(Limits.enrolmentsPerAddressAndHour) / 3600
    )
    private var members: [MemberID: Buckets] = [:]
    private var enrolments: [String: TokenBucket] = [:]

    init(_ limits: PolicyLimits) {
        fresh = Buckets(
            requests: TokenBucket(
                burst: limits[.requestsBurst],
                perSecond: Double(limits[.requestsPerSecond])
            ),
            messages: TokenBucket(
                burst: limits[.messagesBurst],
                perSecond: Double(limits[.messagesPerSecond])
            ),
            bytes: TokenBucket(
                burst: limits[.bytesPerDay],
                perSecond: Double(limits[.bytesPerDay]) / Self.secondsPerDay
            )
        )
    }

    /// Takes its place for one call of a member, or says when to come again.
    mutating func admitCall(of member: MemberID, at now: Duration) throws(Refusal) {
        var buckets = members[member] ?? fresh
        defer { members[member] = buckets }
        try Self.check(buckets.requests.take(1, at: now))
    }

    /// The same for a message that the exchange has not seen.
    mutating func admitMessage(
        of member: MemberID,
        bytes: Int,
        at now: Duration
    ) throws(Refusal) {
        var buckets = members[member] ?? fresh
        defer { members[member] = buckets }
        try Self.check(buckets.messages.take(1, at: now))
        try Self.check(buckets.bytes.take(bytes, at: now))
    }

    /// The same for bytes that belong to no message.
    mutating func admitBytes(_ bytes: Int, of member: MemberID, at now: Duration) throws(Refusal) {
        var buckets = members[member] ?? fresh
        defer { members[member] = buckets }
        try Self.check(buckets.bytes.take(bytes, at: now))
    }

    /// The same for what stands in the directory for ever.
    mutating func admitDirectoryChange(of member: MemberID, at now: Duration) throws(Refusal) {
        var buckets = members[member] ?? fresh
        defer { members[member] = buckets }
        try Self.check(buckets.directoryChanges.take(1, at: now))
    }

    /// The same for a stranger at an address who wants to join.
    mutating func admitEnrolment(from address: String, at now: Duration) throws(Refusal) {
        var bucket = enrolments[address] ?? freshEnrolments
        if enrolments.count >= Self.knownAddresses, enrolments[address] == nil { enrolments = [:] }
        defer { enrolments[address] = bucket }
        try Self.check(bucket.take(1, at: now))
    }

    private static func check(_ wait: Int?) throws(Refusal) {
        if let wait { throw Refusal(.rateLimited, retryAfterSeconds: wait) }
    }
}

/// Tokens that come back evenly, up to a burst.
struct TokenBucket: Sendable {
    private let burst: Double
    private let perSecond: Double
    private var tokens: Double
    private var filledAt: Duration?

    init(burst: Int, perSecond: Double) {
        self.burst = Double(burst)
        self.perSecond = perSecond
        tokens = self.burst
    }

    /// - Returns: nil when the tokens were there and are taken; else after how many whole seconds
    ///   they will be.
    mutating func take(_ amount: Int, at now: Duration) -> Int? {
        let passed = Double((now - (filledAt ?? now)).inMilliseconds) / 1000
        tokens = min(burst, tokens + passed * perSecond)
        filledAt = now
        guard tokens < Double(amount) else {
            tokens -= Double(amount)
            return nil
        }
        return max(1, Int(((Double(amount) - tokens) / perSecond).rounded(.up)))
    }
}
