import Audit
import Primitives
import TestKit
import Testing

@testable import Staff

struct PasskeyTests {
    /// A person with a passkey beside the app.
    private static func enrolled(
        _ office: Office,
        _ name: String = "sato",
        id: UInt8 = 9
    ) async throws -> (Office.Person, Authenticator) {
        let person = try await office.person(name)
        let device = try await Authenticator(id: id)
        try await enrol(device, person, office)
        return (person, device)
    }

    private static func offer(
        _ person: Office.Person,
        _ office: Office
    ) async throws -> (StaffSession, PasskeyQuestion) {
        let session = try office.desk.session(for: person.token)
        let question = try await office.desk.passkeyOffer(
            for: session,
            password: try Office.typed(Office.password),
            at: Office.address
        )
        return (session, question)
    }

    private static func enrol(
        _ device: Authenticator,
        _ person: Office.Person,
        _ office: Office,
        type: String = "webauthn.create"
    ) async throws {
        let (session, question) = try await offer(person, office)
        let made = try device.make(question, type: type)
        try await office.desk.enrolPasskey(made, named: "外来の鍵", of: session)
    }

    private static func question(_ office: Office) async throws -> (PendingToken, PasskeyQuestion) {
        guard case .needsCode(let pending) = try await office.signIn("sato") else {
            throw Office.Unexpected()
        }
        return (pending, try #require(try office.desk.passkeyQuestion(for: pending)))
    }

    @Test
    func `a passkey is set up once and signs in ever after`() async throws {
        let office = try await Office()
        var (person, device) = try await Self.enrolled(office)
        #expect(office.book.news().last == "credential.added passkey")
        let session = try office.desk.session(for: person.token)
        #expect(try office.desk.passkeys(of: session).map(\.label) == ["外来の鍵"])
        for _ in 0..<2 {
            let (pending, question) = try await Self.question(office)
            let shown = try await device.show(question)
            let step = try await office.desk.givePasskey(shown, for: pending, from: "x")
            guard case .done(let signedIn) = step else { throw Office.Unexpected() }
            let here = try office.desk.session(for: signedIn.token)
            #expect(here.agent.assurance == .passkey)
            #expect(office.book.news() == ["session.secondFactor passkey", "session.login"])
        }
        // The app stays good beside it.
        _ = try await office.comeBack(person)
        let stored = try #require(office.book.stored(person.account))
        #expect(try Account(reading: stored.bytes).passkeys[0].counter == 2)
    }

    @Test
    func `the browser is asked for this host, this person and no maker's statement`() async throws {
        let office = try await Office()
        let (person, _) = try await Self.enrolled(office)
        let (_, offer) = try await Self.offer(person, office)
        #expect(offer.json["rp"]?["id"]?.string == "localhost")
        #expect(offer.json["attestation"]?.string == "none")
        #expect(offer.json["pubKeyCredParams"]?.array?.count == 1)
        #expect(offer.json["user"]?["name"]?.string == "sato")
        #expect(offer.json["excludeCredentials"]?.array?.count == 1)
        #expect(Base64.decode(offer.json["challenge"]?.string ?? "")?.count == 32)
        let (_, question) = try await Self.question(office)
        #expect(question.json["rpId"]?.string == "localhost")
        #expect(question.json["userVerification"]?.string == "required")
        #expect(question.json["allowCredentials"]?.array?.count == 1)
    }

    @Test
    func `a cloned counter is refused, a key that never counts is not`() async throws {
        let office = try await Office()
        var (_, device) = try await Self.enrolled(office)
        device.counter = 7
        var copy = device
        for (isCopy, isGood) in [(false, true), (true, false), (false, true), (true, false)] {
            let (pending, question) = try await Self.question(office)
            let shown =
                isCopy ? try await copy.show(question) : try await device.show(question)
            if isGood {
                _ = try await office.desk.givePasskey(shown, for: pending, from: "x")
            } else {
                await #expect(throws: StaffRefusal.notAuthenticated) {
                    _ = try await office.desk.givePasskey(shown, for: pending, from: "x")
                }
                #expect(office.book.news().last == "session.secondFactor 4 wrong")
            }
        }
    }

    @Test
    func `a passkey without a counter signs in again and again`() async throws {
        let office = try await Office()
        var (_, device) = try await Self.enrolled(office)
        for _ in 0..<3 {
            let (pending, question) = try await Self.question(office)
            let shown = try await device.show(question, counts: false)
            _ = try await office.desk.givePasskey(shown, for: pending, from: "x")
        }
    }

    /// What is wrong with a signature, each alone.
    enum Fault: CaseIterable, Sendable {
        case type, origin, crossOrigin, host, absent, unverified, otherKey, otherName, challenge
        case late, twice
    }

    @Test(arguments: Fault.allCases)
    func `one thing wrong and nobody gets in`(_ fault: Fault) async throws {
        let office = try await Office()
        var (_, device) = try await Self.enrolled(office)
        var (pending, question) = try await Self.question(office)
        var type = "webauthn.get"
        switch fault {
        case .type: type = "webauthn.create"
        case .origin: device.origin = "https://localhost:8441"
        case .crossOrigin: device.more = #","crossOrigin":true"#
        case .host: device.host = "evil.example"
        case .absent: device.flags = 0b100
        case .unverified: device.flags = 0b001
        case .otherKey: device = try await Authenticator()
        case .otherName: device = try await Authenticator(id: 8)
        case .challenge: question = try await Self.question(office).1
        case .late: office.time.advance(by: Limits.passkeyLife)
        case .twice:
            let shown = try await device.show(question)
            _ = try await office.desk.givePasskey(shown, for: pending, from: "y")
            let (next, _) = try await Self.question(office)
            pending = next
        }
        let shown = try await device.show(question, type: type)
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.desk.givePasskey(shown, for: pending, from: "x")
        }
    }

    @Test
    func `what browsers add to their data is left alone`() async throws {
        let office = try await Office()
        var (_, device) = try await Self.enrolled(office)
        device.more = #","crossOrigin":false,"other_keys_can_be_added_here":"do not compare""#
        let (pending, question) = try await Self.question(office)
        let shown = try await device.show(question)
        _ = try await office.desk.givePasskey(shown, for: pending, from: "x")
    }

    @Test(arguments: ["type", "origin", "host", "unverified", "taken"])
    func `a passkey that is not made for this is not taken`(_ fault: String) async throws {
        let office = try await Office()
        let (_, first) = try await Self.enrolled(office)
        let person = try await office.person("suzuki")
        var device = try await Authenticator(id: 3)
        switch fault {
        case "origin": device.origin = "http://localhost:8440"
        case "host": device.host = "localhost.example"
        case "unverified": device.flags = 0b001
        case "taken": device = first
        default: break
        }
        let made = device
        let type = fault == "type" ? "webauthn.get" : "webauthn.create"
        await #expect(throws: StaffRefusal.passkeyRefused) {
            try await Self.enrol(made, person, office, type: type)
        }
        let session = try office.desk.session(for: person.token)
        let (_, question) = try await Self.offer(person, office)
        let good = try await Authenticator(id: 4).make(question)
        try await office.desk.enrolPasskey(good, named: "鍵", of: session)
        // One offer, one passkey.
        await #expect(throws: StaffRefusal.passkeyRefused) {
            try await office.desk.enrolPasskey(good, named: "鍵", of: session)
        }
    }

    @Test
    func `a point off the curve and data cut short are no passkey`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let device = try await Authenticator()
        let (_, question) = try await Self.offer(person, office)
        let data = try device.make(question).authenticatorData
        #expect(PasskeyCheck.read(data, for: "localhost") != nil)
        var off = data
        off[off.count - 1] ^= 1
        #expect(PasskeyCheck.read(off, for: "localhost") == nil)
        for count in stride(from: 0, to: data.count, by: 7) {
            #expect(PasskeyCheck.read(Array(data.prefix(count)), for: "localhost") == nil)
        }
    }

    @Test
    func `the password comes before a new passkey, and ten are enough`() async throws {
        let office = try await Office()
        let person = try await office.person("sato")
        let session = try office.desk.session(for: person.token)
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.desk.passkeyOffer(
                for: session,
                password: try Office.typed("ちがうパスワード"),
                at: Office.address
            )
        }
        for number in 1...Limits.passkeys {
            try await Self.enrol(try await Authenticator(id: UInt8(number)), person, office)
        }
        await #expect(throws: StaffRefusal.passkeysFull) {
            _ = try await Self.offer(person, office)
        }
        let name = try office.desk.passkeys(of: session)[0].name
        try await office.desk.removePasskey(name, of: session)
        try await office.desk.removePasskey(name, of: session)
        #expect(office.book.news().last == "credential.removed passkey")
        #expect(try office.desk.passkeys(of: session).count == Limits.passkeys - 1)
    }

    @Test
    func `a passkey ends the screen lock`() async throws {
        let office = try await Office()
        var (person, device) = try await Self.enrolled(office)
        office.time.advance(by: .minutes(20))
        let locked = try office.desk.session(for: person.token)
        let question = try #require(try office.desk.passkeyQuestion(for: locked))
        let shown = try await device.show(question)
        let token = try await office.desk.unlock(person.token, passkey: shown, from: "x")
        #expect(try !office.desk.session(for: token).isLocked)
        #expect(office.book.news().last == "session.login unlocked")
        await #expect(throws: StaffRefusal.notAuthenticated) {
            _ = try await office.desk.unlock(token, passkey: shown, from: "x")
        }
    }

    @Test
    func `a new second factor ends passkeys too, and without an address there are none`()
        async throws
    {
        let office = try await Office()
        let (person, _) = try await Self.enrolled(office)
        let code = try await office.desk.issueCode(.factor, for: person.account, by: Office.console)
        let (pending, _) = try await Self.question(office)
        let step = try await office.desk.giveCode(code.text, for: pending, from: "x")
        guard case .needsEnrolment(let next, let offer) = step else { throw Office.Unexpected() }
        let digits = Office.code(Office.key(of: offer), at: office.time.now)
        _ = try await office.desk.enrol(digits, for: next)
        let session = try office.desk.session(for: person.token)
        #expect(try office.desk.passkeys(of: session).isEmpty)
        #expect(try office.desk.passkeyQuestion(for: session) == nil)

        let bare = Office(
            book: office.book,
            time: office.time,
            desk: try await Office.desk(office.book, office.time, site: nil, seed: 8)
        )
        let other = try await bare.person("suzuki")
        await #expect(throws: StaffRefusal.passkeysUnavailable) {
            _ = try await Self.offer(other, bare)
        }
    }

    @Test(arguments: [
        ("https://renkei.example.jp", "renkei.example.jp"),
        ("https://localhost:8440", "localhost"), ("http://localhost:8440", nil),
        ("https://192.0.2.1", nil), ("https://a/b", nil), ("https://a:b", nil), ("https://", nil),
        ("https://A.example", nil), ("https://[::1]:8440", nil), ("https://a:1:2", nil),
        ("https://-a.example", nil), ("https://a..example", nil),
    ])
    func `pages have passkeys at a name over TLS`(_ origin: String, _ host: String?) {
        #expect(PasskeySite(origin: origin)?.host == host)
    }

    @Test
    func `challenges are bounded and lost after five minutes`() throws {
        var challenges = OfferedBytes()
        let random = SeededRandom(seed: 2)
        let first = SessionToken(random).digest
        challenges.add([1], for: first, at: .zero)
        for number in 0..<Limits.signInsUnderway {
            challenges.add([2], for: SessionToken(random).digest, at: .milliseconds(number + 1))
        }
        #expect(challenges.count == Limits.signInsUnderway)
        #expect(challenges.take(for: first, at: .zero) == nil)
        let holder = SessionToken(random).digest
        challenges.add([3], for: holder, at: .zero)
        #expect(challenges.take(for: holder, at: Limits.passkeyLife - .milliseconds(1)) == [3])
        challenges.add([3], for: holder, at: .zero)
        #expect(challenges.take(for: holder, at: Limits.passkeyLife) == nil)
    }
}
