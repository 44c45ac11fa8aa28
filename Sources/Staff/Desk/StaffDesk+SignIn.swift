import Audit
import Cryptography
import Primitives

// The steps of a sign-in. Each answers with the next one under a new token; whoever fails hears
// `notAuthenticated` and no more, after the same work.
extension StaffDesk {
    /// The first step: 職員ID and password, or a code that was handed over in its place.
    ///
    /// - Parameters:
    ///   - name: as typed.
    ///   - password: as typed.
    ///   - address: of the terminal: failures count for it too.
    /// - Returns: what is asked for next.
    /// - Throws: `notAuthenticated`, `waiting`, `signInBusy`.
    package func signIn(
        _ name: String,
        password: Password,
        from address: String
    ) async throws(StaffRefusal) -> SignInStep {
        let known = SignInName(typed: name)
        let account = known.flatMap { known in
            state.withLock { $0.shelf.find(known)?.account }
        }
        // What is no name at all may be long; it waits under its hash.
        let key = known?.text ?? SHA256.hash(name.bytes).hex
        let attempt = try await admit(key, account, from: address)
        let isRight = try await judged(attempt) { () async throws(StaffRefusal) in
            try await hasher.isRight(password, account?.passwordHash ?? nobody)
        }
        let code = account.flatMap { handedOver(password, of: $0) }
        guard let account, account.state == .active,
            code != nil || isRight && account.passwordHash != nil
        else {
            try await fail(.sessionLogin, account, from: address)
            throw .notAuthenticated
        }
        forgive(attempt)
        if let code {
            return next(.newPassword(code: code), account, from: address)
        }
        return afterPassword(account, from: address)
    }

    /// The second step: six digits of the app, a spare code, or a code that was handed over.
    ///
    /// - Throws: `notAuthenticated`, `waiting`; `signInLapsed` after too many tries.
    package func giveCode(
        _ code: String,
        for token: PendingToken,
        from address: String
    ) async throws(StaffRefusal) -> SignInStep {
        let now = time.now
        return try await secondFactor(for: token, from: address) { $0.take(code, at: now) }
    }

    /// A new password in place of a given or an old one. All sessions of the account end.
    ///
    /// - Throws: `passwordTooShort`, `passwordCommon`, `passwordUnchanged`; `signInLapsed`.
    package func setPassword(
        _ password: Password,
        for token: PendingToken
    ) async throws(StaffRefusal) -> SignInStep {
        guard let pending = find(token), case .newPassword(let code) = pending.stage else {
            throw .signInLapsed
        }
        let before = try self.account(pending.account)
        let hash = try await newHash(password, for: before)
        guard takeOut(token) != nil else { throw .signInLapsed }
        let now = time.now
        let account = try await change(before.id) { account throws(StaffRefusal) in
            guard account.state == .active else { throw .notAuthenticated }
            // Of two who came with one code the second finds it used.
            guard account.givenCode == code, now <= code.until else { throw .signInLapsed }
            if code.use == .start { account.dropSecondFactor() }
            account.givenCode = nil
            account.passwordHash = hash
            let agent = account.agent(.password)
            return [facts(.credentialReset, by: agent, on: account.id, because: "password")]
        }
        try await end(of: account.id, because: "credentials", by: account.agent(.password))
        return afterPassword(account, from: pending.address)
    }

    /// Sets up the authenticator app with its first code, and makes the spare codes.
    ///
    /// - Throws: `codeWrong`; `signInLapsed`.
    package func enrol(
        _ code: String,
        for token: PendingToken
    ) async throws(StaffRefusal) -> SignInStep {
        guard let pending = find(token), case .enrolment(let key, let given) = pending.stage else {
            throw .signInLapsed
        }
        let now = time.now
        var secret = OneTimeSecret(key: key, lastStep: 0)
        guard secret.take(code, at: now) else {
            state.withLock { $0.pending.noteWrongCode(token) }
            throw .codeWrong
        }
        guard takeOut(token) != nil else { throw .signInLapsed }
        let spareCodes = newSpareCodes()
        let account = try await change(pending.account) { account throws(StaffRefusal) in
            guard account.state == .active, Self.mayEnrol(given, account, at: now) else {
                throw .signInLapsed
            }
            if given != nil { account.givenCode = nil }
            account.dropSecondFactor()
            account.oneTimeSecret = secret
            account.spareCodes = spareCodes.map { SpokenCode.digest($0, of: account.id) }
            account.lastSignInAt = now
            let agent = account.agent(.twoFactor)
            var login = facts(.sessionLogin, by: agent, on: account.id)
            login.network = pending.address
            return [
                facts(.credentialAdded, by: agent, on: account.id, because: "oneTimeCode"),
                facts(.credentialAdded, by: agent, on: account.id, because: "spareCodes"),
                login,
            ]
        }
        let address = pending.address
        return .done(
            try await begin(account, .twoFactor, from: address, spareCodes: spareCodes)
        )
    }

    /// What a sign-in waits for, for a page that is shown again.
    package func step(of token: PendingToken) throws(StaffRefusal) -> SignInStep {
        guard let pending = find(token) else { throw .signInLapsed }
        switch pending.stage {
        case .code: return .needsCode(token)
        case .newPassword: return .needsNewPassword(token)
        case .enrolment(let key, _):
            return .needsEnrolment(token, offer(key, try self.account(pending.account)))
        }
    }
}

extension StaffDesk {
    /// Goes on with whatever `take` accepts of the account as it is.
    func secondFactor(
        for token: PendingToken,
        from address: String,
        _ take: (inout Account) -> Account.UsedFactor?
    ) async throws(StaffRefusal) -> SignInStep {
        guard let pending = find(token), case .code = pending.stage else { throw .signInLapsed }
        let before = try self.account(pending.account)
        let attempt = try await admit(before.signInName.text, before, from: address)
        let now = time.now
        var used: Account.UsedFactor?
        let account: Account
        do throws(StaffRefusal) {
            account = try await change(before.id) { account throws(StaffRefusal) in
                guard account.state == .active, let factor = take(&account) else {
                    throw .notAuthenticated
                }
                used = factor
                let agent = account.agent(factor.assurance)
                var second = facts(.sessionSecondFactor, by: agent, on: account.id)
                second.reason = AuditReason(factor.rawValue)
                second.network = address
                guard !factor.needsEnrolment else { return [second] }
                account.lastSignInAt = now
                var login = facts(.sessionLogin, by: agent, on: account.id)
                login.network = address
                return [second, login]
            }
        } catch {
            guard error == .notAuthenticated else {
                forgive(attempt)
                throw error
            }
            state.withLock { $0.pending.noteWrongCode(token) }
            try await fail(.sessionSecondFactor, before, from: address)
            throw error
        }
        succeed(attempt)
        guard let used, takeOut(token) != nil else { throw .signInLapsed }
        guard !used.needsEnrolment else {
            return enrolment(account, from: address, by: account.givenCode)
        }
        return .done(try await begin(account, used.assurance, from: address, spareCodes: []))
    }

    /// After the password: the second factor, or setting one up.
    private func afterPassword(_ account: Account, from address: String) -> SignInStep {
        account.hasSecondFactor
            ? next(.code, account, from: address) : enrolment(account, from: address)
    }

    private func enrolment(
        _ account: Account,
        from address: String,
        by code: GivenCode? = nil
    ) -> SignInStep {
        let key = random.bytes(OneTimeSecret.bytes)
        return next(.enrolment(key: key, code: code), account, from: address)
    }

    /// Whether a second factor may be set up: where there is none, or by the code for it.
    private static func mayEnrol(
        _ code: GivenCode?,
        _ account: Account,
        at now: Timestamp
    ) -> Bool {
        guard let code else { return !account.hasSecondFactor }
        return account.givenCode == code && now <= code.until
    }

    private func next(
        _ stage: PendingSignIns.Stage,
        _ account: Account,
        from address: String
    ) -> SignInStep {
        let token = PendingToken(random)
        let pending = PendingSignIns.Pending(
            account: account.id,
            stage: stage,
            address: address,
            startedAt: time.uptime
        )
        state.withLock { $0.pending.add(pending, as: token) }
        switch stage {
        case .code: return .needsCode(token)
        case .newPassword: return .needsNewPassword(token)
        case .enrolment(let key, _): return .needsEnrolment(token, offer(key, account))
        }
    }

    func offer(_ key: [UInt8], _ account: Account) -> FactorOffer {
        FactorOffer(key: key, name: account.signInName, issuer: settings.issuer)
    }

    func newSpareCodes() -> [String] {
        (0..<Limits.spareCodes).map { _ in SpokenCode.make(random) }
    }

    /// Checks a new password and hashes it.
    func newHash(
        _ password: Password,
        for account: Account
    ) async throws(StaffRefusal) -> PasswordHash {
        if let fault = password.fault(for: account.signInName, atLeast: settings.passwordLength) {
            throw fault
        }
        if let old = account.passwordHash, try await hasher.isRight(password, old) {
            throw .passwordUnchanged
        }
        return try await hasher.hash(password)
    }

    private func handedOver(_ password: Password, of account: Account) -> GivenCode? {
        guard let code = account.givenCode, code.use.isForPassword else { return nil }
        let now = time.now
        let opens = password.withText { code.opens(with: $0, of: account.id, at: now) }
        return opens ? code : nil
    }

    func find(_ token: PendingToken) -> PendingSignIns.Pending? {
        let now = time.uptime
        return state.withLock { $0.pending.find(token, at: now) }
    }

    private func takeOut(_ token: PendingToken) -> PendingSignIns.Pending? {
        let now = time.uptime
        return state.withLock { $0.pending.take(token, at: now) }
    }
}
