import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Gateway

/// Which step of a renewal comes next, from what the key store and the directory hold.
@Suite struct KeyRenewalTests {
    /// A member's keys of one use, and certificates for some of them.
    struct Keys {
        let world: World
        let store = MemoryKeyStore(seed: "renewal".bytes)
        let usage: MemberKeyUsage
        private(set) var own: [KeyRenewal.Own] = []

        init(_ usage: MemberKeyUsage) async throws {
            world = try await World.make()
            self.usage = usage
        }

        func key(_ number: Int) async throws -> KeyHandle {
            try await store.generate(usage.use, label: KeyLabels.label(usage, number))
        }

        mutating func certify(
            _ handle: KeyHandle,
            isHeld: Bool,
            isRevoked: Bool = false,
            from: Duration = .zero
        ) async throws {
            let certificate = try await world.exchange.issue(
                usage.profile,
                to: world.member(.clinic).id,
                point: try store.point(handle),
                from: world.start.adding(from)
            )
            own.append(
                KeyRenewal.Own(
                    handle: handle,
                    certificate: certificate,
                    isHeld: isHeld,
                    isRevoked: isRevoked
                )
            )
        }

        mutating func lose(_ handle: KeyHandle) async throws {
            try await store.destroy(handle)
            own.removeAll { $0.handle == handle }
        }

        func step(
            after: Duration,
            isForced: Bool = false,
            lost: Certificate? = nil
        ) -> KeyRenewal.Step? {
            KeyRenewal(usage: usage, own: own, lost: lost, keys: store.numbered(usage))
                .step(at: world.start.adding(after), isForced: isForced)
        }
    }

    @Test(arguments: [(MemberKeyUsage.signing, 60), (.encryption, 273)])
    func `a key is made within five days of its profile's age`(
        usage: MemberKeyUsage,
        day: Int
    ) async throws {
        var keys = try await Keys(usage)
        try await keys.certify(try await keys.key(1), isHeld: false)
        #expect(keys.step(after: .days(day) + .zero - .seconds(1)) == nil)
        #expect(keys.step(after: .days(day + 5)) == .make(2))
        #expect(keys.step(after: .zero, isForced: true) == .make(2))
        let due = try #require(keys.own.first).certificate.renewalDue
        #expect(due.since(keys.world.start) >= .days(day))
        #expect(due.since(keys.world.start) < .days(day + 5))
    }

    @Test func `a step that was cut short is the next one`() async throws {
        var keys = try await Keys(.signing)
        let first = try await keys.key(1)
        try await keys.certify(first, isHeld: false)
        let second = try await keys.key(2)
        #expect(keys.step(after: .zero) == .request(second))
        try await keys.certify(second, isHeld: true)
        let (old, new) = (keys.own[0].certificate, keys.own[1].certificate)
        #expect(keys.step(after: .zero) == .rotate(second, new, from: old))
        // A certificate that ended before it was said to follow is given up.
        #expect(keys.step(after: .days(89)) == .rotate(second, new, from: old))
    }

    @Test func `a rotation done leaves nothing to do, and what lapsed half way is made anew`()
        async throws
    {
        var keys = try await Keys(.encryption)
        try await keys.certify(try await keys.key(1), isHeld: false)
        try await keys.certify(try await keys.key(2), isHeld: false)
        #expect(keys.step(after: .days(1)) == nil)
        try await keys.certify(try await keys.key(3), isHeld: true, isRevoked: true)
        #expect(keys.step(after: .days(1)) == nil)
        #expect(keys.step(after: .days(1), isForced: true) == .make(4))
    }

    @Test func `a lost signing key needs a new paper, a lost encryption key renews itself`()
        async throws
    {
        var signing = try await Keys(.signing)
        try await signing.certify(try await signing.key(1), isHeld: false, isRevoked: true)
        #expect(signing.step(after: .zero, isForced: true) == nil)
        var ended = try await Keys(.signing)
        try await ended.certify(try await ended.key(1), isHeld: false)
        #expect(ended.step(after: .days(91)) == nil)
        var encryption = try await Keys(.encryption)
        try await encryption.certify(try await encryption.key(1), isHeld: false, isRevoked: true)
        #expect(encryption.step(after: .zero) == .make(2))
    }

    @Test func `after a lost encryption key comes another, by the word of the signing key`()
        async throws
    {
        var keys = try await Keys(.encryption)
        let lost = try await keys.key(1)
        try await keys.certify(lost, isHeld: false)
        let old = try #require(keys.own.first).certificate
        try await keys.lose(lost)
        #expect(keys.step(after: .days(1), lost: old) == .make(1))
        let next = try await keys.key(2)
        #expect(keys.step(after: .days(1), lost: old) == .request(next))
        try await keys.certify(next, isHeld: true)
        let new = try #require(keys.own.last).certificate
        #expect(keys.step(after: .days(1), lost: old) == .rotate(next, new, from: old))
        // What ended before it was said to follow is given up.
        #expect(keys.step(after: .days(900), lost: old) == .make(3))
        #expect(keys.step(after: .days(1)) == nil)
        // Nobody can speak for a lost signing key.
        let signing = try await Keys(.signing)
        #expect(signing.step(after: .days(1), lost: old) == nil)
    }

    @Test func `before the directory is here nothing is renewed`() async throws {
        let keys = try await Keys(.signing)
        _ = try await keys.key(1)
        #expect(keys.step(after: .days(80)) == nil)
    }
}
