import Primitives

/// Sign-ins between their steps. In memory, bounded, short-lived; each step has a new token.
struct PendingSignIns: Sendable {
    struct Pending: Sendable {
        let account: AccountID
        var stage: Stage
        let address: String
        let startedAt: Duration
        /// Wrong codes so far.
        var tries = 0
    }

    enum Stage: Sendable {
        case code
        /// - Parameter code: the handed-over code that stood in for the password.
        case newPassword(code: GivenCode)
        /// - Parameters:
        ///   - key: of the app that is being set up.
        ///   - code: the handed-over code that replaces the factor there is.
        case enrolment(key: [UInt8], code: GivenCode?)
    }

    private var all: [Digest: Pending] = [:]

    var count: Int { all.count }

    mutating func add(_ pending: Pending, as token: PendingToken) {
        if all.count >= Limits.signInsUnderway { drop(before: pending.startedAt) }
        if all.count >= Limits.signInsUnderway,
            let oldest = all.min(by: { $0.value.startedAt < $1.value.startedAt })?.key
        {
            all[oldest] = nil
        }
        all[token.digest] = pending
    }

    func find(_ token: PendingToken, at now: Duration) -> Pending? {
        guard let pending = all[token.digest], !Self.isOver(pending, now) else { return nil }
        return pending
    }

    /// Takes it out: of two who come with one token, one goes on.
    mutating func take(_ token: PendingToken, at now: Duration) -> Pending? {
        guard let pending = all.removeValue(forKey: token.digest), !Self.isOver(pending, now)
        else { return nil }
        return pending
    }

    /// After too many wrong codes it is over.
    mutating func noteWrongCode(_ token: PendingToken) {
        all[token.digest]?.tries += 1
        if all[token.digest]?.tries ?? 0 >= Limits.codeTries { all[token.digest] = nil }
    }

    mutating func dropAll(of account: AccountID) {
        all = all.filter { $0.value.account != account }
    }

    mutating func drop(before now: Duration) {
        all = all.filter { !Self.isOver($0.value, now) }
    }

    private static func isOver(_ pending: Pending, _ now: Duration) -> Bool {
        now - pending.startedAt >= Limits.signInLife
    }
}
