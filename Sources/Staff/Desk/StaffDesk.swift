import Audit
import Cryptography
package import Primitives

/// All acts of an organisation's people on their accounts and sessions. One per organisation and
/// process: sessions and waits live in it.
package final class StaffDesk: Sendable {
    let book: any AccountBook
    let organisation: PartyID
    let hasher: PasswordHasher
    let settings: StaffSettings
    let time: any TimeSource
    let random: any RandomSource
    /// What a password is compared with where there is none: it takes as long.
    let nobody: PasswordHash
    let state: Lock<State>
    /// What administrators do with accounts, one act after the other.
    let administration = AsyncLock()

    struct State: Sendable {
        var shelf = AccountShelf()
        var sessions: Sessions
        var pending = PendingSignIns()
        var throttle = SignInThrottle()
        var challenges = OfferedBytes()
        /// Keys of apps that are set up anew by people who are signed in.
        var newFactors = OfferedBytes()
    }

    /// Reads all accounts.
    package static func open(
        _ book: any AccountBook,
        of organisation: PartyID,
        settings: StaffSettings,
        hasher: PasswordHasher = PasswordHasher(),
        seams: (time: any TimeSource, random: any RandomSource)
    ) async throws(StaffRefusal) -> StaffDesk {
        guard let none = Password(Base64.encode(seams.random.bytes(32))) else {
            preconditionFailure("random bytes have a text")
        }
        let nobody = try await hasher.hash(none)
        let desk = StaffDesk(
            book,
            organisation,
            settings,
            (hasher: hasher, nobody: nobody),
            seams
        )
        try await desk.reload()
        return desk
    }

    private init(
        _ book: any AccountBook,
        _ organisation: PartyID,
        _ settings: StaffSettings,
        _ passwords: (hasher: PasswordHasher, nobody: PasswordHash),
        _ seams: (time: any TimeSource, random: any RandomSource)
    ) {
        self.book = book
        self.organisation = organisation
        self.settings = settings
        hasher = passwords.hasher
        nobody = passwords.nobody
        time = seams.time
        random = seams.random
        state = Lock(State(sessions: Sessions(idle: settings.idle, life: settings.life)))
    }

    /// Reads the book again; what is newer here stays.
    func reload() async throws(StaffRefusal) {
        let stored = try await asking { () async throws(AccountBookFault) in
            try await book.accounts()
        }
        var kept: [AccountShelf.Kept] = []
        for account in stored {
            do throws(DecodingRefusal) {
                let read = try Account(reading: account.bytes)
                kept.append(AccountShelf.Kept(account: read, revision: account.revision))
            } catch { throw .book(error) }
        }
        state.withLock { state in
            for entry in kept { state.shelf.put(entry) }
        }
    }

    /// Decides on an account as it is, stores what became of it, and decides again where another
    /// change came first.
    ///
    /// - Parameters:
    ///   - id: the account.
    ///   - decide: changes the account and says what goes on record; may run more than once.
    /// - Returns: the account as it was stored.
    /// - Throws: what `decide` throws; `accountChanged`, `accountUnknown`, `book`.
    func change(
        _ id: AccountID,
        _ decide: (inout Account) throws(StaffRefusal) -> [AuditFacts]
    ) async throws(StaffRefusal) -> Account {
        for _ in 0...Limits.conflictRetries {
            let kept = try kept(id)
            var account = kept.account
            let acts = try decide(&account)
            if try await save(account, over: kept.revision, acts) { return account }
            try await reload()
        }
        throw .accountChanged
    }

    /// - Returns: false when another change came first.
    func save(
        _ account: Account,
        over revision: Int64?,
        _ acts: [AuditFacts]
    ) async throws(StaffRefusal) -> Bool {
        do throws(AccountBookFault) {
            try await book.save(account.bytes, as: account.id, expecting: revision, acts)
        } catch {
            switch error {
            case .conflict: return false
            case .failed(let inner): throw .book(inner)
            }
        }
        state.withLock { state in
            state.shelf.put(AccountShelf.Kept(account: account, revision: (revision ?? 0) + 1))
        }
        return true
    }

    func record(_ acts: [AuditFacts]) async throws(StaffRefusal) {
        guard !acts.isEmpty else { return }
        try await asking { () async throws(AccountBookFault) in try await book.record(acts) }
    }

    func kept(_ id: AccountID) throws(StaffRefusal) -> AccountShelf.Kept {
        guard let kept = state.withLock({ $0.shelf.find(id) }) else { throw .accountUnknown }
        return kept
    }

    func account(_ id: AccountID) throws(StaffRefusal) -> Account { try kept(id).account }

    func facts(
        _ event: AuditEvent,
        by agent: Agent,
        on account: AccountID,
        because reason: String? = nil
    ) -> AuditFacts {
        var facts = AuditFacts(
            event,
            by: agent,
            for: organisation,
            on: .account(account),
            at: time.now
        )
        facts.reason = reason.flatMap { AuditReason($0) }
        return facts
    }

    private func asking<Answer: Sendable>(
        _ question: () async throws(AccountBookFault) -> Answer
    ) async throws(StaffRefusal) -> Answer {
        do throws(AccountBookFault) { return try await question() } catch {
            switch error {
            case .conflict: throw .accountChanged
            case .failed(let inner): throw .book(inner)
            }
        }
    }
}

/// What an organisation may set, with its defaults.
package struct StaffSettings: Sendable {
    /// Shown in the authenticator app beside the sign-in name.
    package var issuer: String
    /// Without a request for so long the screen is locked.
    package var idle = Limits.idleUntilLock
    package var life = Limits.sessionLife
    package var passwordLength = Limits.passwordScalarsLeast
    /// Where the pages are; nil: there are no passkeys.
    package var site: PasskeySite?

    package init(issuer: String) { self.issuer = issuer }
}

/// The accounts as last read or stored.
struct AccountShelf: Sendable {
    struct Kept: Sendable {
        let account: Account
        let revision: Int64
    }

    private var all: [AccountID: Kept] = [:]
    private var names: [SignInName: AccountID] = [:]
    /// Of accounts that are being added.
    private var reserved: Set<SignInName> = []

    var count: Int { all.count }
    var accounts: [Account] {
        all.values.map(\.account).sorted { $0.signInName < $1.signInName }
    }

    func find(_ id: AccountID) -> Kept? { all[id] }
    func find(_ name: SignInName) -> Kept? { names[name].flatMap { all[$0] } }

    static func isFull(_ count: Int) -> Bool { count >= Limits.accounts }

    mutating func reserve(_ name: SignInName) -> Bool {
        names[name] == nil && reserved.insert(name).inserted
    }

    mutating func release(_ name: SignInName) { reserved.remove(name) }

    /// An older one than is here is left out.
    mutating func put(_ kept: Kept) {
        guard kept.revision > all[kept.account.id]?.revision ?? 0 else { return }
        all[kept.account.id] = kept
        names[kept.account.signInName] = kept.account.id
    }
}
