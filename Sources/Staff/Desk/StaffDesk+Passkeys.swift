import Audit
import Cryptography
import Primitives

// Passkeys: a second factor beside the authenticator app, and a key for the screen lock.
extension StaffDesk {
    /// Whether these pages have a public address, without which there are no passkeys.
    package var hasPasskeys: Bool { settings.site != nil }

    /// What the browser is asked to make a passkey from. The password first: nobody adds one at a
    /// screen that was left open.
    ///
    /// - Throws: `passkeysUnavailable` where the pages have no public address, `passkeysFull`;
    ///   `notAuthenticated`, `waiting`.
    package func passkeyOffer(
        for session: StaffSession,
        password: Password,
        at address: String
    ) async throws(StaffRefusal) -> PasskeyQuestion {
        guard let site = settings.site else { throw .passkeysUnavailable }
        guard !session.isLocked else { throw .sessionLocked }
        let account = try await proved(session, by: password, from: address)
        guard account.passkeys.count < Limits.passkeys else { throw .passkeysFull }
        let challenge = challenge(for: session.holder)
        return .make(account, challenge, at: site, named: settings.issuer)
    }

    /// Takes a passkey that was made from the last offer.
    ///
    /// - Throws: `passkeyRefused`, also for one that somebody has already; `badName` for its label.
    package func enrolPasskey(
        _ made: MadePasskey,
        named label: String,
        of session: StaffSession
    ) async throws(StaffRefusal) {
        guard let site = settings.site else { throw .passkeysUnavailable }
        guard !session.isLocked else { throw .sessionLocked }
        guard label.isPersonName else { throw .badName }
        guard let challenge = takeChallenge(for: session.holder),
            ClientData.isRight(made.clientData, .create, challenge: challenge, at: site),
            let new = PasskeyCheck.read(made.authenticatorData, for: site.host),
            !isTaken(new.id)
        else { throw .passkeyRefused }
        let passkey = Passkey(
            id: new.id,
            key: new.key,
            counter: new.counter,
            label: label,
            createdAt: time.now
        )
        _ = try await change(session.account) { account throws(StaffRefusal) in
            guard account.passkeys.count < Limits.passkeys else { throw .passkeysFull }
            guard !account.passkeys.contains(where: { $0.id == passkey.id }) else {
                throw .passkeyRefused
            }
            account.passkeys.append(passkey)
            return [facts(.credentialAdded, by: session.agent, on: account.id, because: "passkey")]
        }
    }

    package func passkeys(of session: StaffSession) throws(StaffRefusal) -> [PasskeyLine] {
        try account(session.account).passkeys.map(PasskeyLine.init)
    }

    /// Takes a passkey away. Taking away what is not there is done.
    package func removePasskey(
        _ name: String,
        of session: StaffSession
    ) async throws(StaffRefusal) {
        guard !session.isLocked else { throw .sessionLocked }
        let id = Base64.decode(name)
        guard try account(session.account).passkeys.contains(where: { $0.id == id }) else { return }
        _ = try await change(session.account) { account throws(StaffRefusal) in
            account.passkeys.removeAll { $0.id == id }
            return [
                facts(.credentialRemoved, by: session.agent, on: account.id, because: "passkey")
            ]
        }
    }

    /// What the browser is asked in the second step of a sign-in.
    ///
    /// - Returns: nil where the person has no passkey.
    package func passkeyQuestion(
        for token: PendingToken
    ) throws(StaffRefusal) -> PasskeyQuestion? {
        guard let pending = find(token), case .code = pending.stage else { throw .signInLapsed }
        return try question(of: pending.account, for: token.digest)
    }

    /// The same for the screen lock.
    package func passkeyQuestion(
        for session: StaffSession
    ) throws(StaffRefusal) -> PasskeyQuestion? {
        try question(of: session.account, for: session.holder)
    }

    /// The second step of a sign-in, with a passkey in place of a code.
    ///
    /// - Throws: as `giveCode`.
    package func givePasskey(
        _ shown: ShownPasskey,
        for token: PendingToken,
        from address: String
    ) async throws(StaffRefusal) -> SignInStep {
        let challenge = takeChallenge(for: token.digest)
        return try await secondFactor(for: token, from: address) { account in
            isRight(shown, challenge, &account) ? .passkey : nil
        }
    }

    /// Ends the screen lock with a passkey.
    ///
    /// - Throws: as with the password.
    package func unlock(
        _ token: SessionToken,
        passkey shown: ShownPasskey,
        from address: String
    ) async throws(StaffRefusal) -> SessionToken {
        let session = try self.session(for: token)
        let before = try self.account(session.account)
        let attempt = try await admit(session.id.text, before, from: address)
        let challenge = takeChallenge(for: session.holder)
        do throws(StaffRefusal) {
            _ = try await change(before.id) { account throws(StaffRefusal) in
                guard account.state == .active, isRight(shown, challenge, &account) else {
                    throw .notAuthenticated
                }
                var act = facts(
                    .sessionLogin,
                    by: session.agent,
                    on: account.id,
                    because: "unlocked"
                )
                act.network = address
                return [act]
            }
        } catch {
            guard error == .notAuthenticated else {
                forgive(attempt)
                throw error
            }
            try await fail(.sessionLogin, before, from: address)
            throw error
        }
        succeed(attempt)
        return try unlocked(token)
    }
}

extension StaffDesk {
    private func question(
        of account: AccountID,
        for holder: Digest
    ) throws(StaffRefusal) -> PasskeyQuestion? {
        let passkeys = try self.account(account).passkeys
        guard let site = settings.site, !passkeys.isEmpty else { return nil }
        return .show(passkeys, challenge(for: holder), at: site)
    }

    /// Whether a signature answers the challenge by a passkey of the account, which then remembers
    /// how often it has signed.
    private func isRight(
        _ shown: ShownPasskey,
        _ challenge: [UInt8]?,
        _ account: inout Account
    ) -> Bool {
        guard let site = settings.site, let challenge,
            let place = account.passkeys.firstIndex(where: { $0.id == shown.id }),
            ClientData.isRight(shown.clientData, .get, challenge: challenge, at: site),
            let counter = PasskeyCheck.counter(
                shown.authenticatorData,
                shown.signature,
                by: account.passkeys[place].key,
                over: shown.clientData,
                for: site.host
            ),
            account.passkeys[place].mayFollow(counter)
        else { return false }
        account.passkeys[place].counter = counter
        return true
    }

    private func isTaken(_ id: [UInt8]) -> Bool {
        state.withLock { state in
            state.shelf.accounts.contains { $0.passkeys.contains { $0.id == id } }
        }
    }

    private func challenge(for holder: Digest) -> [UInt8] {
        let challenge = random.bytes(32)
        let now = time.uptime
        state.withLock { $0.challenges.add(challenge, for: holder, at: now) }
        return challenge
    }

    private func takeChallenge(for holder: Digest) -> [UInt8]? {
        let now = time.uptime
        return state.withLock { $0.challenges.take(for: holder, at: now) }
    }
}
