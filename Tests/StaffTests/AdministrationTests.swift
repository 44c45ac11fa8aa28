import Audit
import Primitives
import TestKit
import Testing

@testable import Staff

/// What administrators do to accounts.
struct AdministrationTests {
    @Test
    func `only who manages staff does so`() async throws {
        let office = try await Office()
        let boss = try await office.person("boss", [.administrator])
        let person = try await office.person("sato", [.deskLead, .auditor, .operator])
        let actor = StaffActor.person(try office.desk.session(for: person.token))
        _ = office.book.news()
        let missing = StaffRefusal.rightMissing(.manageStaff)
        await #expect(throws: missing) {
            _ = try await office.desk.add(try Office.new("x"), by: actor)
        }
        await #expect(throws: missing) { _ = try await office.desk.list(by: actor) }
        await #expect(throws: missing) {
            try await office.desk.suspend(boss.account, by: actor)
        }
        await #expect(throws: missing) {
            try await office.desk.setRoles([.administrator], of: person.account, by: actor)
        }
        await #expect(throws: missing) {
            _ = try await office.desk.issueCode(.start, for: boss.account, by: actor)
        }
        await #expect(throws: missing) {
            try await office.desk.endSessions(of: boss.account, by: actor)
        }
        #expect(
            office.book.news() == Array(repeating: "right.refused 4 manageStaff", count: 6)
        )
        let chief = StaffActor.person(try office.desk.session(for: boss.token))
        #expect(try await office.desk.list(by: chief).map(\.signInName.text) == ["boss", "sato"])
    }

    @Test
    func `a name is given once, also of two who come at the same moment`() async throws {
        let office = try await Office()
        let desk = office.desk
        let new = try Office.new("sato")
        office.book.meanwhile {
            await #expect(throws: StaffRefusal.signInNameTaken) {
                _ = try await desk.add(new, by: Office.console)
            }
        }
        let code = try await desk.add(new, by: Office.console)
        try await desk.leave(code.account, by: Office.console)
        await #expect(throws: StaffRefusal.signInNameTaken) {
            _ = try await desk.add(new, by: Office.console)
        }
        #expect("\(code)" == "HandedCode")
    }

    @Test
    func `who is suspended is out at once, and back after`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        try await office.desk.suspend(person.account, by: Office.console)
        #expect(
            office.book.news() == ["account.disabled suspended", "session.ended disabled"]
        )
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try office.desk.session(for: person.token)
        }
        try await office.desk.resume(person.account, by: Office.console)
        #expect(office.book.news() == ["account.changed resumed"])
        _ = try await office.comeBack(person)
    }

    @Test
    func `who is suspended in the midst of signing in does not get in`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        office.time.advance(by: .seconds(30))
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        let desk = office.desk
        office.book.meanwhile {
            do { try await desk.suspend(person.account, by: Office.console) } catch {
                Issue.record("an account is suspended")
            }
        }
        let code = Office.code(person.key, at: office.time.now)
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await desk.giveCode(code, for: pending, from: Office.address)
        }
        #expect(desk.sessions(of: person.account).isEmpty)
    }

    @Test
    func `who has left is out for good, with nothing left to sign in with`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        try await office.desk.leave(person.account, by: Office.console)
        let line = try await office.desk.list(by: Office.console)[0]
        #expect(line.state == .left)
        #expect(!line.hasPassword && !line.hasSecondFactor)
        #expect(line.spareCodes == 0)
        for act in [office.desk.resume, office.desk.suspend] {
            await #expect(throws: StaffRefusal.accountLeft) {
                try await act(person.account, Office.console)
            }
        }
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.signIn("sato")
        }
        let nobody = try #require(AccountID("0190f3c2-7a51-4e0b-9d5e-3f1c0a7b9e11"))
        await #expect(throws: StaffRefusal.accountUnknown) {
            try await office.desk.leave(nobody, by: Office.console)
        }
    }

    @Test
    func `an account is reviewed every half year`() async throws {
        let office = try await Office()
        let id = try await office.add("sato").account
        func isDue() async throws -> Bool {
            try await office.desk.list(by: Office.console)[0].isReviewDue
        }
        office.time.advance(by: Limits.accountReview - .milliseconds(1))
        #expect(try await !isDue())
        office.time.advance(by: .milliseconds(1))
        #expect(try await isDue())
        _ = office.book.news()
        try await office.desk.review(id, by: Office.console)
        #expect(office.book.news() == ["account.reviewed"])
        #expect(try await !isDue())
        office.time.advance(by: Limits.accountReview)
        #expect(try await isDue())
        try await office.desk.leave(id, by: Office.console)
        #expect(try await !isDue())
    }

    @Test
    func `the last administrator stays one`() async throws {
        let office = try await Office()
        let boss = try await office.add("boss", [.administrator]).account
        for _ in 0..<2 {
            await #expect(throws: StaffRefusal.lastAdministrator) {
                try await office.desk.suspend(boss, by: Office.console)
            }
            await #expect(throws: StaffRefusal.lastAdministrator) {
                try await office.desk.leave(boss, by: Office.console)
            }
            await #expect(throws: StaffRefusal.lastAdministrator) {
                try await office.desk.setRoles([.auditor], of: boss, by: Office.console)
            }
        }
        _ = try await office.add("second", [.administrator])
        try await office.desk.setRoles([.auditor], of: boss, by: Office.console)
    }

    @Test
    func `name, roles and desks change for the sessions that run`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        _ = office.book.news()
        let desks = try ["main", "emergency", "main"].map { try #require(DeskID($0)) }
        try await office.desk.setRoles([.reader], of: person.account, by: Office.console)
        try await office.desk.setDesks(desks, of: person.account, by: Office.console)
        try await office.desk.rename(
            person.account,
            to: "鈴木 花子",
            profession: Office.code("msw"),
            by: Office.console
        )
        #expect(
            office.book.news() == ["account.roleChanged", "account.changed", "account.changed"]
        )
        let session = try office.desk.session(for: person.token)
        #expect(session.roles == [.reader])
        #expect(session.desks.map(\.text) == ["main", "emergency"])
        #expect(session.agent.name == "鈴木 花子")
        #expect(session.agent.role.text == "msw")
        await #expect(throws: StaffRefusal.badName) {
            try await office.desk.rename(
                person.account,
                to: "",
                profession: Office.code("msw"),
                by: Office.console
            )
        }
    }

    @Test(arguments: [GivenCodeUse.start, .password, .factor, .once])
    func `a code opens what it was given for, once`(_ use: GivenCodeUse) async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let code = try await office.desk.issueCode(use, for: person.account, by: Office.console)
        #expect(office.book.news().last == "credential.reset givenCode")
        office.time.advance(by: .minutes(1))
        let steps = try await Self.use(code.text, office)
        #expect(steps == Self.expected[use])
        // It is used up: where it opened anything, nothing opens by it now.
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.signIn("sato", code.text, from: "y")
        }
        if !use.isForPassword, case .needsCode(let pending) = try await office.signIn("sato") {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.desk.giveCode(code.text, for: pending, from: "y")
            }
        }
    }

    private static let expected: [GivenCodeUse: [String]] = [
        .start: ["password", "newPassword", "enrolment"],
        .password: ["password", "newPassword", "code"],
        .factor: ["code", "enrolment"],
        .once: ["code", "done"],
    ]

    /// Where the code is taken, and what is asked for then.
    private static func use(_ code: String, _ office: Office) async throws -> [String] {
        do {
            let first = try await office.signIn("sato", code)
            guard case .needsNewPassword(let pending) = first else { return ["password"] }
            let new = try Office.typed("山の手前の四つ角と赤い郵便受け")
            let next = try await office.desk.setPassword(new, for: pending)
            return try await ["password", "newPassword", finish(next, office)]
        } catch {
            guard case .needsCode(let pending) = try await office.signIn("sato") else {
                return []
            }
            let next = try await office.desk.giveCode(code, for: pending, from: "x")
            return try await ["code", finish(next, office)]
        }
    }

    /// Sets up what there is to set up.
    private static func finish(_ step: SignInStep, _ office: Office) async throws -> String {
        if case .needsEnrolment(let pending, let offer) = step {
            let code = Office.code(Office.key(of: offer), at: office.time.now)
            _ = try await office.desk.enrol(code, for: pending)
        }
        return word(step)
    }

    @Test
    func `until the new factor is set up the password alone does not do`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let code = try await office.desk.issueCode(.factor, for: person.account, by: Office.console)
        guard case .needsCode(let pending) = try await office.signIn("sato"),
            case .needsEnrolment(let next, let offer) = try await office.desk.giveCode(
                code.text,
                for: pending,
                from: "x"
            ),
            case .needsCode(let other) = try await office.signIn("sato"),
            case .needsEnrolment(let late, let second) = try await office.desk.giveCode(
                code.text,
                for: other,
                from: "x"
            )
        else { throw Office.Unexpected() }
        // The old one still opens.
        _ = try await office.comeBack(person)
        let right = Office.code(Office.key(of: offer), at: office.time.now)
        _ = try await office.desk.enrol(right, for: next)
        await #expect(throws: StaffRefusal.signInLapsed) {
            let code = Office.code(Office.key(of: second), at: office.time.now)
            _ = try await office.desk.enrol(code, for: late)
        }
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.comeBack(person)
        }
    }

    private static func word(_ step: SignInStep) -> String {
        switch step {
        case .needsCode: "code"
        case .needsNewPassword: "newPassword"
        case .needsEnrolment: "enrolment"
        case .done: "done"
        }
    }

    @Test(arguments: [(Duration.zero, true), (.milliseconds(1), false)])
    func `a code lasts 24 hours`(_ more: Duration, _ opens: Bool) async throws {
        let office = try await Office()
        let code = try await office.add("sato")
        #expect(code.until == office.time.now.adding(.hours(24)))
        office.time.advance(by: .hours(24) + more)
        if opens {
            _ = try await office.signIn("sato", code.text)
        } else {
            await #expect(throws: StaffRefusal.notAuthenticated) {
                _ = try await office.signIn("sato", code.text)
            }
        }
    }

    @Test
    func `two who hold one code set one password`() async throws {
        let office = try await Office()
        let code = try await office.add("sato")
        guard case .needsNewPassword(let one) = try await office.signIn("sato", code.text),
            case .needsNewPassword(let two) = try await office.signIn("sato", code.text)
        else { throw Office.Unexpected() }
        _ = try await office.desk.setPassword(try Office.typed(Office.password), for: one)
        await #expect(throws: StaffRefusal.signInLapsed) {
            let other = try Office.typed("山の手前の四つ角と赤い郵便受け")
            _ = try await office.desk.setPassword(other, for: two)
        }
    }

    @Test
    func `a desk opened anew finds its accounts, and no sessions`() async throws {
        let office = try await Office()
        #expect(office.desk.isEmpty)
        let person = try await office.person("sato")
        #expect(!office.desk.isEmpty)
        let again = Office(
            book: office.book,
            time: office.time,
            desk: try await Office.desk(office.book, office.time)
        )
        #expect(throws: StaffRefusal.sessionEnded) {
            _ = try again.desk.session(for: person.token)
        }
        _ = try await again.comeBack(person)
        office.book.setDown(true)
        await #expect(throws: StaffRefusal.book(TestBook.Down())) {
            _ = try await Office.desk(office.book, office.time)
        }
    }

    @Test
    func `a change that another process made is read before it is decided on`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let other = try await Office.desk(office.book, office.time)
        try await other.setRoles([.reader, .auditor], of: person.account, by: Office.console)
        try await office.desk.setDesks([], of: person.account, by: Office.console)
        #expect(try office.desk.session(for: person.token).roles == [.reader, .auditor])
    }

    @Test
    func `where others keep changing an account the act gives up`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        office.book.keepsChanging(person.account)
        await #expect(throws: StaffRefusal.accountChanged) {
            try await office.desk.setDesks([], of: person.account, by: Office.console)
        }
        #expect(StaffRefusal.accountChanged.isTemporary)
    }

    @Test
    func `there are as many accounts as there may be`() {
        #expect(AccountShelf.isFull(Limits.accounts))
        #expect(!AccountShelf.isFull(Limits.accounts - 1))
        #expect(StaffRefusal.accountsFull.code == "accountsFull")
    }
}
