import Audit
import COATH
import Primitives
import TestKit
import Testing

@testable import Staff

/// An office with its people, over a driven clock and the cheapest hash.
struct Office {
    let book: TestBook
    let time: SimulatedTime
    let desk: StaffDesk

    static let address = "192.0.2.7"
    static let password = "川の向こうの三本杉と青い屋根"
    static let console = StaffActor.console(
        Agent(.person, name: "架空 施設長", role: code("clerk"), assurance: .none)
    )

    static func desk(
        _ book: TestBook,
        _ time: SimulatedTime,
        hasher: PasswordHasher = PasswordHasher(cost: .least),
        site: PasskeySite? = Authenticator.site,
        seed: UInt64 = 7
    ) async throws -> StaffDesk {
        let member = try #require(PartyID("mmfj5uar6cfqz3qioz2us4voxom"))
        var settings = StaffSettings(issuer: "架空記念病院")
        settings.site = site
        return try await StaffDesk.open(
            book,
            of: member,
            settings: settings,
            hasher: hasher,
            seams: (time: time, random: SeededRandom(seed: seed))
        )
    }

    static func code(_ text: String) -> RoleCode {
        RoleCode(text) ?? Agent.system.role
    }

    static func new(
        _ name: String,
        _ roles: Set<StaffRole> = [.sender],
        named: String = "佐藤 花子"
    ) throws -> NewAccount {
        let name = try #require(SignInName(name))
        let desk = try #require(DeskID("liaison"))
        return try #require(
            NewAccount(name, named: named, profession: code("nurse"), roles: roles, desks: [desk])
        )
    }

    func add(_ name: String, _ roles: Set<StaffRole> = [.sender]) async throws -> HandedCode {
        try await desk.add(try Office.new(name, roles), by: Office.console)
    }

    /// A person who has gone through the first sign-in and stays signed in.
    func person(_ name: String, _ roles: Set<StaffRole> = [.sender]) async throws -> Person {
        let code = try await add(name, roles)
        let first = try await signIn(name, code.text)
        guard case .needsNewPassword(let pending) = first else { throw Unexpected() }
        let second = try await desk.setPassword(try Office.typed(Office.password), for: pending)
        guard case .needsEnrolment(let next, let offer) = second else { throw Unexpected() }
        let key = Office.key(of: offer)
        let third = try await desk.enrol(Office.code(key, at: time.now), for: next)
        guard case .done(let signedIn) = third else { throw Unexpected() }
        return Person(
            name: name,
            account: code.account,
            key: key,
            token: signedIn.token,
            spareCodes: signedIn.spareCodes
        )
    }

    func signIn(
        _ name: String,
        _ password: String = Office.password,
        from address: String = Office.address
    ) async throws -> SignInStep {
        try await desk.signIn(name, password: try Office.typed(password), from: address)
    }

    /// Both factors, half a minute after the last use of the second.
    func comeBack(_ person: Person) async throws -> SessionToken {
        time.advance(by: .seconds(30))
        guard case .needsCode(let pending) = try await signIn(person.name) else {
            throw Unexpected()
        }
        let code = Office.code(person.key, at: time.now)
        let step = try await desk.giveCode(code, for: pending, from: Office.address)
        guard case .done(let signedIn) = step else { throw Unexpected() }
        return signedIn.token
    }

    static func typed(_ text: String) throws -> Password { try #require(Password(text)) }

    struct Unexpected: Error {}

    struct Person {
        let name: String
        let account: AccountID
        let key: [UInt8]
        let token: SessionToken
        let spareCodes: [String]
    }

    /// What the app on the person's telephone shows.
    static func code(_ key: [UInt8], at now: Timestamp) -> String {
        var digits = [CChar](repeating: 0, count: 7)
        unsafe key.withUnsafeBytes { key in
            let bytes = unsafe key.baseAddress?.assumingMemoryBound(to: CChar.self)
            unsafe _ = oath_totp_generate(bytes, key.count, time_t(now.seconds), 30, 0, 6, &digits)
        }
        return String(decoding: digits.prefix(6).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func key(of offer: FactorOffer) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for letter in offer.key.utf8 where letter != UInt8(ascii: " ") {
            let value = letter >= 65 ? letter - 65 : letter - 24
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(buffer >> bits))
            buffer &= (1 << bits) - 1
        }
        return bytes
    }
}

extension Office {
    init(hasher: PasswordHasher = PasswordHasher(cost: .least)) async throws {
        book = TestBook()
        time = SimulatedTime()
        desk = try await Office.desk(book, time, hasher: hasher)
    }
}
