import Audit
package import Primitives

// What everybody does to their own account.
extension StaffDesk {
    package func setPreferences(
        _ preferences: Account.Preferences,
        of session: StaffSession
    ) async throws(StaffRefusal) {
        guard preferences != session.preferences else { return }
        _ = try await change(session.account) { account throws(StaffRefusal) in
            account.preferences = preferences
            return [
                facts(.accountChanged, by: session.agent, on: account.id, because: "preferences")
            ]
        }
    }

    /// Where notices of new sheets go: to whoever asked for them and may read sheets.
    package var noticeAddresses: [MailAddress] {
        let accounts = state.withLock { $0.shelf.accounts }
        return accounts.filter { $0.state == .active && $0.rights.contains(.readSheets) }
            .compactMap(\.preferences.mail)
    }

    /// Changes the own password; all other sessions end.
    ///
    /// - Throws: `notAuthenticated` for a wrong old one, `waiting`; as `setPassword`.
    package func changePassword(
        of session: StaffSession,
        from old: Password,
        to new: Password,
        at address: String
    ) async throws(StaffRefusal) {
        guard !session.isLocked else { throw .sessionLocked }
        let before = try await proved(session, by: old, from: address)
        let hash = try await newHash(new, for: before)
        let account = try await change(before.id) { account throws(StaffRefusal) in
            account.passwordHash = hash
            return [
                facts(.credentialReset, by: session.agent, on: account.id, because: "password")
            ]
        }
        try await end(
            of: account.id,
            because: "credentials",
            by: session.agent
        ) { $0.id != session.id }
    }

    /// Another authenticator app in place of the one before: what it is set up with.
    ///
    /// - Throws: `notAuthenticated` for a wrong password, `waiting`.
    package func factorOffer(
        for session: StaffSession,
        password: Password,
        at address: String
    ) async throws(StaffRefusal) -> FactorOffer {
        guard !session.isLocked else { throw .sessionLocked }
        let account = try await proved(session, by: password, from: address)
        let key = random.bytes(OneTimeSecret.bytes)
        let now = time.uptime
        state.withLock { $0.newFactors.add(key, for: session.holder, at: now) }
        return offer(key, account)
    }

    /// Takes the first code of the app that was offered; from then on the old one is worth nothing.
    ///
    /// - Throws: `codeWrong`: the offer is over, ask for another one.
    package func renewFactor(
        _ code: String,
        of session: StaffSession
    ) async throws(StaffRefusal) {
        guard !session.isLocked else { throw .sessionLocked }
        let (now, uptime) = (time.now, time.uptime)
        let key = state.withLock { $0.newFactors.take(for: session.holder, at: uptime) }
        guard let key else { throw .codeWrong }
        var secret = OneTimeSecret(key: key, lastStep: 0)
        guard secret.take(code, at: now) else { throw .codeWrong }
        _ = try await change(session.account) { account throws(StaffRefusal) in
            account.oneTimeSecret = secret
            return [
                facts(.credentialReset, by: session.agent, on: account.id, because: "oneTimeCode")
            ]
        }
    }

    /// New spare codes in place of the old ones, to print once.
    ///
    /// - Throws: `notAuthenticated` for a wrong password, `waiting`.
    package func renewSpareCodes(
        of session: StaffSession,
        password: Password,
        at address: String
    ) async throws(StaffRefusal) -> [String] {
        guard !session.isLocked else { throw .sessionLocked }
        _ = try await proved(session, by: password, from: address)
        let codes = newSpareCodes()
        _ = try await change(session.account) { account throws(StaffRefusal) in
            account.spareCodes = codes.map { SpokenCode.digest($0, of: account.id) }
            return [
                facts(.credentialReset, by: session.agent, on: account.id, because: "spareCodes")
            ]
        }
        return codes
    }

    /// The account of a session whose owner has typed the password again.
    func proved(
        _ session: StaffSession,
        by password: Password,
        from address: String
    ) async throws(StaffRefusal) -> Account {
        let account = try self.account(session.account)
        let attempt = try await admit(session.id.text, account, from: address)
        let isRight = try await judged(attempt) { () async throws(StaffRefusal) in
            try await hasher.isRight(password, account.passwordHash ?? nobody)
        }
        guard isRight, account.passwordHash != nil, account.state == .active else {
            try await fail(.sessionLogin, account, from: address)
            throw .notAuthenticated
        }
        succeed(attempt)
        return account
    }
}
