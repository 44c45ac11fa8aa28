import Audit
package import Primitives

/// People who are signed in. In memory: a restart ends them all.
struct Sessions: Sendable {
    struct Session: Sendable {
        let id: SessionID
        let account: AccountID
        let form: FormToken
        let assurance: Assurance
        let address: String
        let signedInAt: Timestamp
        let startedAt: Duration
        var seenAt: Timestamp
        var seen: Duration
        var isLocked = false
    }

    enum Event: Sendable { case locked, lapsed, replaced }

    private var all: [Digest: Session] = [:]
    private var ofAccount: [AccountID: Set<Digest>] = [:]
    private let idle: Duration
    private let life: Duration

    init(idle: Duration, life: Duration) {
        self.idle = idle
        self.life = life
    }

    var count: Int { all.count }

    /// - Returns: those that had to end for it: nobody sits at twenty screens.
    mutating func add(_ session: Session, as token: SessionToken) -> [Session] {
        var ended: [Session] = []
        if of(session.account).count >= Limits.sessionsPerAccount {
            ended += endOldest(of: ofAccount[session.account] ?? [])
        }
        if all.count >= Limits.sessions { ended += endOldest(of: all.keys) }
        put(session, token.digest)
        return ended
    }

    /// What a request with this token meets, as the clock has it.
    func find(_ token: SessionToken, at now: Duration) -> Session? {
        guard var session = all[token.digest], now - session.startedAt < life else { return nil }
        if now - session.seen >= idle { session.isLocked = true }
        return session
    }

    /// A request came: the idle time begins anew, unless it was over.
    mutating func touch(_ token: SessionToken, at now: Timestamp, _ uptime: Duration) {
        guard let session = find(token, at: uptime), !session.isLocked else { return }
        all[token.digest]?.seen = uptime
        all[token.digest]?.seenAt = now
    }

    /// What the clock has done since the last time, for the log. Lapsed sessions are gone after.
    mutating func sweep(at now: Duration) -> [(Session, Event)] {
        var events: [(Session, Event)] = []
        for (digest, session) in all {
            if now - session.startedAt >= life {
                _ = drop(digest)
                events.append((session, .lapsed))
            } else if !session.isLocked, now - session.seen >= idle {
                all[digest]?.isLocked = true
                events.append((session, .locked))
            }
        }
        return events
    }

    /// - Returns: nil where it was locked already, or is not there.
    mutating func lock(_ token: SessionToken) -> Session? {
        guard let session = all[token.digest], !session.isLocked else { return nil }
        all[token.digest]?.isLocked = true
        return session
    }

    /// Goes on under a new token. Forms that were open stay good: what is typed in them is wanted.
    mutating func unlock(
        _ token: SessionToken,
        as new: SessionToken,
        at now: Timestamp,
        _ uptime: Duration
    ) -> Bool {
        guard find(token, at: uptime) != nil, let old = drop(token.digest) else { return false }
        let session = Session(
            id: old.id,
            account: old.account,
            form: old.form,
            assurance: old.assurance,
            address: old.address,
            signedInAt: old.signedInAt,
            startedAt: old.startedAt,
            seenAt: now,
            seen: uptime
        )
        put(session, new.digest)
        return true
    }

    mutating func end(_ token: SessionToken) -> Session? { drop(token.digest) }

    /// Ends those of an account that `isMeant` picks.
    mutating func end(
        of account: AccountID,
        where isMeant: (Session) -> Bool = { _ in true }
    ) -> [Session] {
        (ofAccount[account] ?? []).filter { all[$0].map(isMeant) ?? false }
            .compactMap { drop($0) }
    }

    func of(_ account: AccountID) -> [Session] {
        (ofAccount[account] ?? []).compactMap { all[$0] }
            .sorted { $0.startedAt < $1.startedAt }
    }

    private mutating func endOldest(of digests: some Collection<Digest>) -> [Session] {
        let oldest = digests.min { all[$0]?.seen ?? .zero < all[$1]?.seen ?? .zero }
        return oldest.flatMap { drop($0) }.map { [$0] } ?? []
    }

    private mutating func put(_ session: Session, _ digest: Digest) {
        all[digest] = session
        ofAccount[session.account, default: []].insert(digest)
    }

    private mutating func drop(_ digest: Digest) -> Session? {
        guard let session = all.removeValue(forKey: digest) else { return nil }
        ofAccount[session.account]?.remove(digest)
        if ofAccount[session.account]?.isEmpty == true { ofAccount[session.account] = nil }
        return session
    }
}

/// The name of a session for its owner and administrators; it opens nothing.
package typealias SessionID = Identifier<Universal>
