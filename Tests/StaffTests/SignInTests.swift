import Audit
import Primitives
import TestKit
import Testing

@testable import Staff

/// The steps of a sign-in.
struct SignInTests {
    @Test
    func `the first sign-in sets password and second factor and prints eight codes`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        #expect(person.spareCodes.count == Limits.spareCodes)
        #expect(
            office.book.news() == [
                "account.created", "credential.added givenCode", "credential.reset password",
                "credential.added oneTimeCode", "credential.added spareCodes", "session.login",
            ]
        )
        let session = try office.desk.session(for: person.token)
        #expect(session.displayName == "佐藤 花子")
        #expect(session.agent.assurance == .twoFactor)
        #expect(session.agent.role.text == "nurse")
        #expect(session.agent.desk?.text == "liaison")
        #expect(session.may(.send))
        #expect(!session.may(.manageStaff))
    }

    @Test
    func `later both factors are asked for, each step under a new token`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        let token = try await office.comeBack(person)
        #expect(token.text != person.token.text)
        #expect(office.book.news() == ["session.secondFactor oneTimeCode", "session.login"])
        let line = try await office.desk.find(
            try #require(SignInName("sato")),
            by: Office.console
        )
        #expect(line.lastSignInAt == office.time.now)
        #expect(line.sessions == 2)
    }

    @Test
    func `unknown, wrong and suspended are one answer, and on record alike`() async throws {
        let office = try await Office()
        _ = try await office.person("sato")
        let gone = try await office.person("suzuki")
        try await office.desk.suspend(gone.account, by: Office.console)
        _ = try await office.add("new")
        _ = office.book.news()
        for (name, password) in [
            ("nobody", Office.password), ("sato", "ちがうパスワードちがう"),
            ("suzuki", Office.password), ("new", Office.password), ("佐藤", Office.password),
        ] {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.signIn(name, password, from: "198.51.100.\(name.utf8.count)")
            }
            #expect(office.book.acts.last?.network?.hasPrefix("198.51.100.") == true)
            #expect(office.book.news() == ["session.login 4 wrong"])
        }
    }

    @Test
    func `a wrong password costs as much as an unknown name`() async throws {
        let hasher = PasswordHasher(cost: .least, capacity: 1)
        let office = try await Office(hasher: hasher)
        _ = try await office.add("sato")
        // Both compare with a hash of the same cost; without one there would be nothing to see.
        #expect(office.desk.nobody.text.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        let stored = try await hasher.hash(try Office.typed(Office.password))
        #expect(stored.text.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
    }

    /// Nobody learns from the time of an answer whom an office employs: whatever is wrong, one
    /// hash is compared.
    @Test
    func `whatever is wrong with a sign-in, one password is hashed`() async throws {
        let count = Lock(0)
        let office = try await Office(
            hasher: PasswordHasher(cost: .least) { count.withLock { $0 += 1 } }
        )
        _ = try await office.person("sato")
        _ = try await office.add("new")
        let gone = try await office.person("gone")
        try await office.desk.leave(gone.account, by: Office.console)
        let away = try await office.person("away")
        try await office.desk.suspend(away.account, by: Office.console)
        for name in ["sato", "new", "gone", "away", "nobody", "佐藤", "", "a b", "%s"] {
            count.withLock { $0 = 0 }
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.signIn(name, "ちがう言葉をここに並べる", from: name)
            }
            #expect(count.withLock { $0 } == 1, "\(name)")
        }
        // And with the right one: the pages show the next step after the same work.
        for name in ["sato", "gone", "away"] {
            count.withLock { $0 = 0 }
            _ = await signedIn(office, name)
            #expect(count.withLock { $0 } == 1, "\(name)")
        }
    }

    private func signedIn(_ office: Office, _ name: String) async -> SignInStep? {
        do { return try await office.signIn(name, from: "other " + name) } catch { return nil }
    }

    @Test
    func `after five failures nothing is looked at until the wait is over`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        for _ in 0..<5 {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.signIn("sato", "ちがうパスワードちがう")
            }
        }
        for _ in 0..<3 {
            await #expect(throws: StaffRefusal.waiting(.seconds(15))) {
                _ = try await office.signIn("sato")
            }
        }
        #expect(
            office.book.news()
                == Array(repeating: "session.login 4 wrong", count: 5)
                + ["session.login 8 waiting"]
        )
        office.time.advance(by: .seconds(15))
        _ = try await office.comeBack(person)
    }

    @Test
    func `a code is taken once even by two who come at the same moment`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        office.time.advance(by: .seconds(30))
        guard case .needsCode(let first) = try await office.signIn("sato"),
            case .needsCode(let second) = try await office.signIn("sato")
        else { throw Office.Unexpected() }
        let code = Office.code(person.key, at: office.time.now)
        let desk = office.desk
        office.book.meanwhile {
            do { _ = try await desk.giveCode(code, for: first, from: Office.address) } catch {
                Issue.record("the first one gets in")
            }
        }
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await desk.giveCode(code, for: second, from: Office.address)
        }
        #expect(desk.sessions(of: person.account).count == 2)
    }

    @Test
    func `a used step leads nowhere, and neither does one that took ten minutes`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        office.time.advance(by: .seconds(30))
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        let code = Office.code(person.key, at: office.time.now)
        _ = try await office.desk.giveCode(code, for: pending, from: Office.address)
        await #expect(throws: StaffRefusal.signInLapsed) {
            _ = try await office.desk.giveCode(code, for: pending, from: Office.address)
        }
        guard case .needsCode(let slow) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        office.time.advance(by: Limits.signInLife - .milliseconds(1))
        guard case .needsCode = try office.desk.step(of: slow) else { throw Office.Unexpected() }
        office.time.advance(by: .milliseconds(1))
        #expect(throws: StaffRefusal.signInLapsed) { _ = try office.desk.step(of: slow) }
        await #expect(throws: StaffRefusal.signInLapsed) {
            _ = try await office.desk.giveCode("000000", for: slow, from: Office.address)
        }
        let foreign = PendingToken(SeededRandom(seed: 99))
        await #expect(throws: StaffRefusal.signInLapsed) {
            _ = try await office.desk.setPassword(try Office.typed(Office.password), for: foreign)
        }
        await #expect(throws: StaffRefusal.signInLapsed) {
            _ = try await office.desk.enrol("000000", for: foreign)
        }
    }

    @Test
    func `five wrong codes end the step`() async throws {
        let office = try await Office()
        _ = try await office.person("sato")
        _ = office.book.news()
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        for number in 0..<Limits.codeTries {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.desk.giveCode("abc", for: pending, from: "x\(number)")
            }
        }
        #expect(
            office.book.news()
                == Array(repeating: "session.secondFactor 4 wrong", count: Limits.codeTries)
        )
        await #expect(throws: StaffRefusal.signInLapsed) {
            _ = try await office.desk.giveCode("abc", for: pending, from: "y")
        }
    }

    @Test
    func `each spare code opens once`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        for (number, code) in person.spareCodes.enumerated() {
            guard case .needsCode(let pending) = try await office.signIn("sato") else {
                throw Office.Unexpected()
            }
            _ = try await office.desk.giveCode(code, for: pending, from: "x\(number)")
        }
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.desk.giveCode(
                person.spareCodes[0],
                for: pending,
                from: Office.address
            )
        }
        #expect(office.book.news().contains("session.secondFactor spareCode"))
    }

    @Test
    func `the first code must fit the app that is set up`() async throws {
        let office = try await Office()
        let code = try await office.add("sato")
        guard case .needsNewPassword(let first) = try await office.signIn("sato", code.text),
            case .needsEnrolment(let pending, let offer) = try await office.desk.setPassword(
                try Office.typed(Office.password),
                for: first
            )
        else { throw Office.Unexpected() }
        await #expect(throws: StaffRefusal.codeWrong) {
            _ = try await office.desk.enrol("123", for: pending)
        }
        guard case .needsEnrolment(_, let again) = try office.desk.step(of: pending) else {
            throw Office.Unexpected()
        }
        #expect(again.key == offer.key)
        let right = Office.code(Office.key(of: offer), at: office.time.now)
        guard case .done = try await office.desk.enrol(right, for: pending) else {
            throw Office.Unexpected()
        }
    }

    @Test
    func `a new password that does not do leaves the step open`() async throws {
        let office = try await Office()
        let code = try await office.add("sato")
        guard case .needsNewPassword(let pending) = try await office.signIn("sato", code.text)
        else { throw Office.Unexpected() }
        await #expect(throws: StaffRefusal.passwordTooShort(atLeast: 13)) {
            _ = try await office.desk.setPassword(try Office.typed("みじかい"), for: pending)
        }
        await #expect(throws: StaffRefusal.passwordCommon) {
            _ = try await office.desk.setPassword(try Office.typed("password12345"), for: pending)
        }
        _ = try await office.desk.setPassword(try Office.typed(Office.password), for: pending)
    }

    @Test
    func `when nothing can be put on record nobody gets in`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        office.time.advance(by: .seconds(30))
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        office.book.setDown(true)
        let code = Office.code(person.key, at: office.time.now)
        await #expect(throws: StaffRefusal.book(TestBook.Down())) {
            _ = try await office.desk.giveCode(code, for: pending, from: Office.address)
        }
        #expect(office.desk.sessions(of: person.account).count == 1)
        office.book.setDown(false)
        guard
            case .done = try await office.desk.giveCode(code, for: pending, from: Office.address)
        else { throw Office.Unexpected() }
    }

    @Test
    func `sign-ins underway are bounded`() async throws {
        var pending = PendingSignIns()
        let random = SeededRandom(seed: 5)
        let account = try #require(AccountID("0190f3c2-7a51-4e0b-9d5e-3f1c0a7b9e11"))
        var first: PendingToken?
        for number in 0...Limits.signInsUnderway {
            let token = PendingToken(random)
            first = first ?? token
            let entry = PendingSignIns.Pending(
                account: account,
                stage: .code,
                address: "x",
                startedAt: .milliseconds(number)
            )
            pending.add(entry, as: token)
        }
        #expect(pending.count == Limits.signInsUnderway)
        #expect(pending.find(try #require(first), at: .zero) == nil)
    }
}
