import Audit
import Cryptography
package import Primitives

// Signed-in people: each request, the lock, the end.
extension StaffDesk {
    /// Who comes with a token. The idle time begins anew, unless the screen is locked.
    ///
    /// - Throws: `sessionEnded`, also of an account that was suspended meanwhile.
    package func session(for token: SessionToken) throws(StaffRefusal) -> StaffSession {
        let (now, uptime) = (time.now, time.uptime)
        let found = state.withLock { state in
            state.sessions.touch(token, at: now, uptime)
            return state.sessions.find(token, at: uptime)
        }
        return try session(found)
    }

    /// Who a token is of, where nobody need be there: the idle time runs on.
    ///
    /// - Throws: as `session`.
    package func glance(at token: SessionToken) throws(StaffRefusal) -> StaffSession {
        let uptime = time.uptime
        return try session(state.withLock { $0.sessions.find(token, at: uptime) })
    }

    private func session(_ found: Sessions.Session?) throws(StaffRefusal) -> StaffSession {
        guard let found else { throw .sessionEnded }
        let account = try self.account(found.account)
        guard account.state == .active else { throw .sessionEnded }
        return StaffSession(found, account)
    }

    /// Goes on only with the right to an act; a refusal is on record.
    ///
    /// - Throws: `sessionLocked`, `rightMissing`.
    package func demand(
        _ right: StaffRight,
        of session: StaffSession
    ) async throws(StaffRefusal) {
        guard !session.isLocked else { throw .sessionLocked }
        try await demandBehindLock(right, of: session)
    }

    /// The same behind a locked screen, for an act that shows nothing: keeping what was typed.
    ///
    /// - Throws: `rightMissing`.
    package func demandBehindLock(
        _ right: StaffRight,
        of session: StaffSession
    ) async throws(StaffRefusal) {
        guard !session.rights.contains(right) else { return }
        var act = facts(.rightRefused, by: session.agent, on: session.account)
        act.outcome = .minorFailure
        act.reason = right.reason
        try await record([act])
        throw .rightMissing(right)
    }

    /// Whether a form was made for a session.
    ///
    /// - Throws: `formForeign`.
    package func check(
        _ form: String?,
        of session: StaffSession
    ) throws(StaffRefusal) {
        guard let form, let token = FormToken(form),
            isEqualInConstantTime(token.text.bytes, session.formToken.text.bytes)
        else { throw .formForeign }
    }

    /// Locks the screen (画面ロック): the work is kept.
    package func lock(_ token: SessionToken) async throws(StaffRefusal) {
        guard let session = state.withLock({ $0.sessions.lock(token) }) else { return }
        try await record([facts(.sessionLocked, by: agent(of: session), on: session.account)])
    }

    /// Ends the lock with the password; the session goes on under a new token.
    ///
    /// - Throws: `notAuthenticated`, `waiting`, `signInBusy`, `sessionEnded`.
    package func unlock(
        _ token: SessionToken,
        password: Password,
        from address: String
    ) async throws(StaffRefusal) -> SessionToken {
        let session = try self.session(for: token)
        let account = try self.account(session.account)
        let attempt = try await admit(session.id.text, account, from: address)
        let isRight = try await judged(attempt) { () async throws(StaffRefusal) in
            try await hasher.isRight(password, account.passwordHash ?? nobody)
        }
        guard isRight, account.passwordHash != nil else {
            try await fail(.sessionLogin, account, from: address)
            throw .notAuthenticated
        }
        succeed(attempt)
        var act = facts(.sessionLogin, by: session.agent, on: account.id, because: "unlocked")
        act.network = address
        try await record([act])
        return try unlocked(token)
    }

    /// The session goes on under a new token; that it does is on record.
    func unlocked(_ token: SessionToken) throws(StaffRefusal) -> SessionToken {
        let new = SessionToken(random)
        let (now, uptime) = (time.now, time.uptime)
        guard
            state.withLock({
                $0.sessions.unlock(token, as: new, at: now, uptime)
            })
        else { throw .sessionEnded }
        return new
    }

    /// Ends a session (終了). Ending what is not there is done.
    package func signOut(_ token: SessionToken) async throws(StaffRefusal) {
        guard let session = state.withLock({ $0.sessions.end(token) }) else { return }
        try await record([ended(session, "signedOut", by: agent(of: session))])
    }

    /// The sessions of an account, oldest first.
    package func sessions(of account: AccountID) -> [SessionLine] {
        let uptime = time.uptime
        return state.withLock { state in
            state.sessions.of(account)
                .filter { uptime - $0.startedAt < settings.life }.map(SessionLine.init)
        }
    }

    /// Ends all sessions of one's account but this one, or one of them.
    ///
    /// - Returns: how many ended.
    @discardableResult
    package func endOthers(
        than session: StaffSession,
        only id: SessionID? = nil
    ) async throws(StaffRefusal) -> Int {
        let gone = state.withLock { state in
            state.sessions.end(of: session.account) { other in
                other.id != session.id && (id ?? other.id) == other.id
            }
        }
        try await record(gone.map { ended($0, "byOwner", by: session.agent) })
        return gone.count
    }

    /// What the clock brings: locks, ends, forgotten sign-ins. Call it once a minute.
    package func keepHouse() async throws(StaffRefusal) {
        let uptime = time.uptime
        let events = state.withLock { state in
            state.pending.drop(before: uptime)
            return state.sessions.sweep(at: uptime)
        }
        try await record(
            events.map { session, event in
                let agent = agent(of: session)
                return event == .locked
                    ? facts(.sessionLocked, by: agent, on: session.account)
                    : ended(session, "lapsed", by: agent)
            }
        )
    }

    /// The last step of every sign-in: all of it is on record already.
    func begin(
        _ account: Account,
        _ assurance: Assurance,
        from address: String,
        spareCodes: [String]
    ) async throws(StaffRefusal) -> SignedIn {
        let token = SessionToken(random)
        let session = Sessions.Session(
            id: .make(random),
            account: account.id,
            form: FormToken(random),
            assurance: assurance,
            address: address,
            signedInAt: time.now,
            startedAt: time.uptime,
            seenAt: time.now,
            seen: time.uptime
        )
        // A suspension that came since its last change has ended all sessions but this one.
        let replaced = state.withLock { state -> [Sessions.Session]? in
            guard state.shelf.find(account.id)?.account.state == .active else { return nil }
            return state.sessions.add(session, as: token)
        }
        guard let replaced else { throw .notAuthenticated }
        try await record(replaced.map { ended($0, "replaced", by: agent(of: $0)) })
        return SignedIn(token: token, account: account.id, spareCodes: spareCodes)
    }

    /// Ends the sessions of an account that are meant, and all its started sign-ins.
    func end(
        of account: AccountID,
        because reason: String,
        by agent: Agent,
        where isMeant: (Sessions.Session) -> Bool = { _ in true }
    ) async throws(StaffRefusal) {
        let gone = state.withLock { state in
            state.pending.dropAll(of: account)
            return state.sessions.end(of: account, where: isMeant)
        }
        try await record(gone.map { ended($0, reason, by: agent) })
    }

    private func agent(of session: Sessions.Session) -> Agent {
        state.withLock { $0.shelf.find(session.account) }?.account.agent(session.assurance)
            ?? .nobody
    }

    private func ended(
        _ session: Sessions.Session,
        _ reason: String,
        by agent: Agent
    ) -> AuditFacts {
        facts(.sessionEnded, by: agent, on: session.account, because: reason)
    }
}
