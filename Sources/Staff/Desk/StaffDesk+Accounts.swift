package import Audit
package import Primitives

// What administrators do (職員の管理). Each wants the right `manageStaff`.
extension StaffDesk {
    /// All accounts by sign-in name, also of those who have left.
    package func list(by actor: StaffActor) async throws(StaffRefusal) -> [AccountLine] {
        try await demand(actor)
        return state.withLock { $0.shelf.accounts }.map(line)
    }

    /// - Throws: `accountUnknown`.
    package func find(
        _ name: SignInName,
        by actor: StaffActor
    ) async throws(StaffRefusal) -> AccountLine {
        try await demand(actor)
        guard let account = state.withLock({ $0.shelf.find(name)?.account }) else {
            throw .accountUnknown
        }
        return line(account)
    }

    /// Whether nobody has an account yet.
    package var isEmpty: Bool { state.withLock { $0.shelf.count == 0 } }

    /// Adds a person, with the code of the first sign-in to hand over.
    ///
    /// - Throws: `signInNameTaken`, also by somebody who has left: one person, one name.
    package func add(
        _ new: NewAccount,
        by actor: StaffActor
    ) async throws(StaffRefusal) -> HandedCode {
        try await demand(actor)
        let name = new.signInName
        let fault = state.withLock { state -> StaffRefusal? in
            guard !AccountShelf.isFull(state.shelf.count) else { return .accountsFull }
            return state.shelf.reserve(name) ? nil : .signInNameTaken
        }
        if let fault { throw fault }
        defer { state.withLock { $0.shelf.release(name) } }
        var account = Account(new, id: .make(random), at: time.now)
        let code = handOver(.start, to: &account)
        let acts = [
            facts(.accountCreated, by: actor.agent, on: account.id),
            facts(.credentialAdded, by: actor.agent, on: account.id, because: "givenCode"),
        ]
        guard try await save(account, over: nil, acts) else { throw .accountChanged }
        return code
    }

    /// Name and profession.
    package func rename(
        _ id: AccountID,
        to displayName: String,
        profession: RoleCode,
        by actor: StaffActor
    ) async throws(StaffRefusal) {
        guard displayName.isPersonName else { throw .badName }
        try await change(id, by: actor) { account throws(StaffRefusal) in
            account.displayName = displayName
            account.profession = profession
            return [facts(.accountChanged, by: actor.agent, on: id)]
        }
    }

    /// `known`: the roles that the decision was made from, where somebody has seen them.
    ///
    /// - Throws: `lastAdministrator`; `accountChanged` where the roles are others by now.
    package func setRoles(
        _ roles: Set<StaffRole>,
        of id: AccountID,
        knowing known: Set<StaffRole>? = nil,
        by actor: StaffActor
    ) async throws(StaffRefusal) {
        try await change(id, by: actor) { account throws(StaffRefusal) in
            guard known == nil || known == account.roles else { throw .accountChanged }
            var act = facts(.accountRoleChanged, by: actor.agent, on: id)
            act.details = RoleChange(from: account.roles, to: roles).text
            account.roles = roles
            return [act]
        }
    }

    package func setDesks(
        _ desks: [DeskID],
        of id: AccountID,
        by actor: StaffActor
    ) async throws(StaffRefusal) {
        try await change(id, by: actor) { account throws(StaffRefusal) in
            account.desks = desks.withoutRepetition
            return [facts(.accountChanged, by: actor.agent, on: id)]
        }
    }

    /// Nobody signs in with it until `resume`; all its sessions end.
    ///
    /// - Throws: `lastAdministrator`.
    package func suspend(_ id: AccountID, by actor: StaffActor) async throws(StaffRefusal) {
        try await disable(id, as: .suspended, by: actor)
    }

    /// The person has left (退職): all their sessions end and nothing to sign in with stays. The
    /// account stays for the log.
    ///
    /// - Throws: `lastAdministrator`.
    package func leave(_ id: AccountID, by actor: StaffActor) async throws(StaffRefusal) {
        try await disable(id, as: .left, by: actor)
    }

    package func resume(_ id: AccountID, by actor: StaffActor) async throws(StaffRefusal) {
        try await change(id, by: actor) { account throws(StaffRefusal) in
            account.state = .active
            return [facts(.accountChanged, by: actor.agent, on: id, because: "resumed")]
        }
    }

    /// Says that name, roles and desks were looked at and are right (半年ごとの見直し).
    package func review(_ id: AccountID, by actor: StaffActor) async throws(StaffRefusal) {
        try await change(id, by: actor) { account throws(StaffRefusal) in
            account.reviewedAt = time.now
            return [facts(.accountReviewed, by: actor.agent, on: id)]
        }
    }

    /// A code to hand over, for 24 hours and one use. Whoever asked for it must have shown who they
    /// are. It takes the place of one given before.
    package func issueCode(
        _ use: GivenCodeUse,
        for id: AccountID,
        by actor: StaffActor
    ) async throws(StaffRefusal) -> HandedCode {
        var code: HandedCode?
        try await change(id, by: actor) { account throws(StaffRefusal) in
            code = handOver(use, to: &account)
            return [facts(.credentialReset, by: actor.agent, on: id, because: "givenCode")]
        }
        guard let code else { throw .accountUnknown }
        return code
    }

    /// Ends all sessions of an account, or one of them.
    package func endSessions(
        of id: AccountID,
        only session: SessionID? = nil,
        by actor: StaffActor
    ) async throws(StaffRefusal) {
        try await demand(actor)
        _ = try kept(id)
        try await end(of: id, because: "disabled", by: actor.agent) {
            (session ?? $0.id) == $0.id
        }
    }
}

extension StaffDesk {
    private func line(_ account: Account) -> AccountLine {
        AccountLine(account, sessions: sessions(of: account.id).count, at: time.now)
    }

    private func demand(_ actor: StaffActor) async throws(StaffRefusal) {
        if let session = actor.session { try await demand(.manageStaff, of: session) }
    }

    private func disable(
        _ id: AccountID,
        as state: Account.State,
        by actor: StaffActor
    ) async throws(StaffRefusal) {
        try await change(id, by: actor) { account throws(StaffRefusal) in
            account.state = state
            if state == .left { account.dropCredentials() }
            return [
                facts(.accountDisabled, by: actor.agent, on: id, because: state.rawValue)
            ]
        }
        try await end(of: id, because: "disabled", by: actor.agent)
    }

    /// - Throws: `lastAdministrator` for a change that would leave nobody to manage accounts.
    private func change(
        _ id: AccountID,
        by actor: StaffActor,
        _ decide: (inout Account) throws(StaffRefusal) -> [AuditFacts]
    ) async throws(StaffRefusal) {
        try await demand(actor)
        // One after the other: of two administrators neither may take the other's place away.
        _ = try await administration.alone { () async throws(StaffRefusal) in
            try await change(id) { account throws(StaffRefusal) in
                guard account.state != .left else { throw .accountLeft }
                let was = account.isAdministrator
                let acts = try decide(&account)
                if was, !account.isAdministrator, !hasAdministrator(beside: id) {
                    throw .lastAdministrator
                }
                return acts
            }
        }
    }

    private func hasAdministrator(beside id: AccountID) -> Bool {
        state.withLock { $0.shelf.accounts.contains { $0.id != id && $0.isAdministrator } }
    }

    private func handOver(_ use: GivenCodeUse, to account: inout Account) -> HandedCode {
        let text = SpokenCode.make(random)
        let until = time.now.adding(Limits.givenCodeLife)
        account.givenCode = GivenCode(
            digest: SpokenCode.digest(text, of: account.id),
            use: use,
            until: until
        )
        return HandedCode(account: account.id, text: text, use: use, until: until)
    }
}
