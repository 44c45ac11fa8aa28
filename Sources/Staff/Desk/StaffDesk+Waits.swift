import Audit
import Primitives

// Failures: what they cost, and how they go on record.
extension StaffDesk {
    /// - Parameters:
    ///   - name: who waits after failures: a 職員ID, or a session, which nobody at another door can
    ///     make wait.
    ///   - account: for the record.
    ///   - address: of the terminal.
    /// - Returns: counts as failed until it is told otherwise.
    /// - Throws: `waiting`; once for each wait that is on record too.
    func admit(
        _ name: String,
        _ account: Account?,
        from address: String
    ) async throws(StaffRefusal) -> SignInThrottle.Attempt {
        let now = time.uptime
        switch state.withLock({ $0.throttle.admit(name, from: address, at: now) }) {
        case .go(let attempt): return attempt
        case .wait(let wait, let isNew):
            if isNew {
                var act = failure(.sessionLogin, account, from: address)
                act.outcome = .seriousFailure
                act.reason = AuditReason("waiting")
                try await record([act])
            }
            throw .waiting(wait)
        }
    }

    /// Runs the judgement of an attempt; what fails for another reason is no failure of the person.
    func judged(
        _ attempt: SignInThrottle.Attempt,
        _ judge: () async throws(StaffRefusal) -> Bool
    ) async throws(StaffRefusal) -> Bool {
        do throws(StaffRefusal) { return try await judge() } catch {
            forgive(attempt)
            throw error
        }
    }

    func fail(
        _ event: AuditEvent,
        _ account: Account?,
        from address: String
    ) async throws(StaffRefusal) {
        var act = failure(event, account, from: address)
        act.outcome = .minorFailure
        act.reason = AuditReason("wrong")
        try await record([act])
    }

    func forgive(_ attempt: SignInThrottle.Attempt) {
        state.withLock { $0.throttle.forgive(attempt) }
    }

    func succeed(_ attempt: SignInThrottle.Attempt) {
        state.withLock { $0.throttle.succeed(attempt) }
    }

    /// Nobody is known to have come: the leaf names the account that was meant, or none.
    private func failure(
        _ event: AuditEvent,
        _ account: Account?,
        from address: String
    ) -> AuditFacts {
        let agent = account?.agent(.none) ?? .nobody
        var act = facts(event, by: agent, on: account?.id ?? .nobody)
        act.network = address
        return act
    }
}

extension Agent {
    /// Whoever gives a name that is no account's.
    static let nobody = Agent(
        .person,
        name: nil,
        role: Agent.stranger.role,
        assurance: .none
    )
}

extension Identifier where Form == Universal {
    /// The UUID of nothing (RFC 9562 §5.9).
    fileprivate static let nobody: AccountID = {
        guard let none = AccountID("00000000-0000-0000-0000-000000000000") else {
            preconditionFailure("it is a UUID")
        }
        return none
    }()
}
