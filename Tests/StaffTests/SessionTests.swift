import Audit
import Primitives
import TestKit
import Testing

@testable import Staff

/// Signed-in people: the lock, the end, the rights, the forms.
struct SessionTests {
    @Test
    func `a quarter of an hour without a request locks, the password unlocks`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        office.time.advance(by: .minutes(15) - .milliseconds(1))
        #expect(try !office.desk.session(for: person.token).isLocked)
        office.time.advance(by: .minutes(15))
        let locked = try office.desk.session(for: person.token)
        #expect(locked.isLocked)
        #expect(!locked.may(.send))
        await #expect(throws: StaffRefusal.sessionLocked) {
            try await office.desk.demand(.send, of: locked)
        }
        try await office.desk.keepHouse()
        try await office.desk.keepHouse()
        #expect(office.book.news() == ["session.locked"])
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.desk.unlock(
                person.token,
                password: try Office.typed("ちがうパスワード"),
                from: Office.address
            )
        }
        let token = try await office.desk.unlock(
            person.token,
            password: try Office.typed(Office.password),
            from: Office.address
        )
        #expect(office.book.news() == ["session.login 4 wrong", "session.login unlocked"])
        let session = try office.desk.session(for: token)
        #expect(!session.isLocked)
        #expect(session.id == locked.id)
        // Pages that were open before go on being good.
        #expect(session.formToken.text == locked.formToken.text)
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
    }

    @Test
    func `after twelve hours one signs in again, however busy`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        for _ in 0..<71 {
            office.time.advance(by: .minutes(10))
            #expect(try !office.desk.session(for: person.token).isLocked)
        }
        office.time.advance(by: .minutes(10))
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
        #expect(office.desk.sessions(of: person.account).isEmpty)
        try await office.desk.keepHouse()
        #expect(office.book.news() == ["session.ended lapsed"])
    }

    @Test
    func `nobody at another door makes a locked screen wait`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        try await office.desk.lock(person.token)
        for number in 0..<5 {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.signIn("sato", "ちがうパスワードちがう", from: "x\(number)")
            }
        }
        await #expect(throws: StaffRefusal.waiting(.seconds(15))) {
            _ = try await office.signIn("sato", from: "y")
        }
        func unlock(_ password: String) async throws -> SessionToken {
            try await office.desk.unlock(
                person.token,
                password: try Office.typed(password),
                from: Office.address
            )
        }
        for _ in 0..<5 {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await unlock("ちがうパスワードちがう")
            }
        }
        await #expect(throws: StaffRefusal.waiting(.seconds(15))) {
            _ = try await unlock(Office.password)
        }
        office.time.advance(by: .seconds(15))
        _ = try await unlock(Office.password)
    }

    @Test
    func `one locks and signs out by hand`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        try await office.desk.lock(person.token)
        try await office.desk.lock(person.token)
        #expect(try office.desk.session(for: person.token).isLocked)
        try await office.desk.signOut(person.token)
        try await office.desk.signOut(person.token)
        #expect(office.book.news() == ["session.locked", "session.ended signedOut"])
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
    }

    @Test
    func `one sees and ends the own other sessions, nobody else's`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let other = try await office.person("suzuki")
        let second = try await office.comeBack(person)
        let third = try await office.comeBack(person)
        let here = try office.desk.session(for: third)
        let lines = office.desk.sessions(of: person.account)
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.address == Office.address })
        let others = office.desk.sessions(of: other.account)
        #expect(try await office.desk.endOthers(than: here, only: others[0].id) == 0)
        #expect(try await office.desk.endOthers(than: here, only: lines[0].id) == 1)
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
        #expect(try await office.desk.endOthers(than: here) == 1)
        #expect(throws: StaffRefusal.sessionEnded) { _ = try office.desk.session(for: second) }
        #expect(try office.desk.session(for: third).id == here.id)
        #expect(try office.desk.session(for: other.token).id == others[0].id)
    }

    @Test
    func `a right that is missing names who has it, and is on record`() async throws {
        let office = try await Office()
        let person = try await office.person("sato", [.reader])
        let session = try office.desk.session(for: person.token)
        _ = office.book.news()
        try await office.desk.demand(.readSheets, of: session)
        await #expect(throws: StaffRefusal.rightMissing(.send)) {
            try await office.desk.demand(.send, of: session)
        }
        #expect(StaffRefusal.rightMissing(.send).summary.contains("sender, deskLead"))
        #expect(office.book.news() == ["right.refused 4 send"])
    }

    @Test
    func `a form of another session is refused`() async throws {
        let office = try await Office()
        let one = try await office.person("sato")
        let two = try await office.person("suzuki")
        let session = try office.desk.session(for: one.token)
        try office.desk.check(session.formToken.text, of: session)
        let other = try office.desk.session(for: two.token)
        for form in [other.formToken.text, nil, "", one.token.text] {
            #expect(throws: StaffRefusal.formForeign) {
                try office.desk.check(form, of: session)
            }
        }
    }

    @Test
    func `the oldest of too many sessions ends`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        for _ in 1...Limits.sessionsPerAccount {
            _ = try await office.comeBack(person)
            office.time.advance(by: .seconds(1))
        }
        #expect(office.desk.sessions(of: person.account).count == Limits.sessionsPerAccount)
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
        #expect(office.book.news().contains("session.ended replaced"))
    }

    @Test
    func `all sessions together are bounded`() throws {
        var sessions = Sessions(idle: .minutes(15), life: .hours(12))
        let random = SeededRandom(seed: 5)
        for number in 0...Limits.sessions {
            let session = Sessions.Session(
                id: .make(random),
                account: .make(random),
                form: FormToken(random),
                assurance: .twoFactor,
                address: "x",
                signedInAt: SimulatedTime.start,
                startedAt: .milliseconds(number),
                seenAt: SimulatedTime.start,
                seen: .milliseconds(number)
            )
            let ended = sessions.add(session, as: SessionToken(random))
            #expect(ended.count == (number == Limits.sessions ? 1 : 0))
        }
        #expect(sessions.count == Limits.sessions)
    }

    @Test
    func `a token is 43 characters of 32 bytes and never printed`() {
        let token = SessionToken(SeededRandom(seed: 4))
        #expect(SessionToken(token.text)?.digest == token.digest)
        #expect("\(token)" == "SecretToken")
        for text in ["", "a", token.text + "A", String(token.text.dropLast()) + "=", "../x"] {
            #expect(SessionToken(text) == nil)
        }
    }

    @Test
    func `screen settings are kept with the account`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let session = try office.desk.session(for: person.token)
        _ = office.book.news()
        let large = Account.Preferences(language: .english, textSize: .large)
        try await office.desk.setPreferences(large, of: session)
        let changed = try office.desk.session(for: person.token)
        #expect(changed.preferences == large)
        try await office.desk.setPreferences(large, of: changed)
        #expect(office.book.news() == ["account.changed preferences"])
    }

    @Test
    func `a new own password wants the old one and ends the other sessions`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let second = try await office.comeBack(person)
        let session = try office.desk.session(for: second)
        let new = try Office.typed("山の手前の四つ角と赤い郵便受け")
        _ = office.book.news()
        func change(_ old: String, _ new: Password) async throws {
            try await office.desk.changePassword(
                of: session,
                from: try Office.typed(old),
                to: new,
                at: Office.address
            )
        }
        await #expect(throws: StaffRefusal.notAuthenticated) {
            try await change("ちがうパスワード", new)
        }
        await #expect(throws: StaffRefusal.passwordUnchanged) {
            try await change(Office.password, try Office.typed(Office.password))
        }
        _ = office.book.news()
        try await change(Office.password, new)
        #expect(
            office.book.news() == ["credential.reset password", "session.ended credentials"]
        )
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
        #expect(try office.desk.session(for: second).id == session.id)
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.signIn("sato")
        }
    }

    @Test
    func `a new app takes the place of the old one with its first code`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let session = try office.desk.session(for: person.token)
        func offer() async throws -> [UInt8] {
            Office.key(
                of: try await office.desk.factorOffer(
                    for: session,
                    password: try Office.typed(Office.password),
                    at: Office.address
                )
            )
        }
        _ = try await offer()
        await #expect(throws: StaffRefusal.codeWrong) {
            try await office.desk.renewFactor("12345", of: session)
        }
        let key = try await offer()
        let code = Office.code(key, at: office.time.now)
        _ = office.book.news()
        try await office.desk.renewFactor(code, of: session)
        #expect(office.book.news() == ["credential.reset oneTimeCode"])
        await #expect(throws: StaffRefusal.codeWrong) {
            try await office.desk.renewFactor(code, of: session)
        }
        office.time.advance(by: .seconds(30))
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        await #expect(throws: StaffRefusal.notAuthenticated) {
            let old = Office.code(person.key, at: office.time.now)
            _ = try await office.desk.giveCode(old, for: pending, from: Office.address)
        }
        let new = Office.code(key, at: office.time.now)
        _ = try await office.desk.giveCode(new, for: pending, from: Office.address)
    }

    @Test
    func `new spare codes end the old ones`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let session = try office.desk.session(for: person.token)
        let codes = try await office.desk.renewSpareCodes(
            of: session,
            password: try Office.typed(Office.password),
            at: Office.address
        )
        #expect(Set(codes).isDisjoint(with: person.spareCodes))
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
        _ = try await office.desk.giveCode(codes[0], for: pending, from: Office.address)
    }
}
