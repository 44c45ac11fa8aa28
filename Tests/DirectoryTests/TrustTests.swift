import Cryptography
import Primitives
import TestKit
import Testing

@testable import Directory

/// Which key may be used for what, and when.
struct TrustTests {
    @Test func `a statement counts by the time it is judged at`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let statement = try await clinic.signer.sign(clinic.entry, at: world.start)
        let signing = clinic.signing.certificate
        #expect(try world.directory.verify(statement, at: signing.notBefore) == signing)
        #expect(try world.directory.verify(statement, at: signing.notAfter) == signing)
        for time in [
            signing.notBefore.adding(.seconds(-1)), signing.notAfter.adding(.seconds(1)),
        ] {
            #expect(throws: StatementRefusal.certificateExpired) {
                try world.directory.verify(statement, at: time)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a key revoked by statement is refused from its since on`(byMember: Bool) async throws {
        var world = try await World.make()
        let clinic = world.member(.clinic)
        let statement = try await clinic.signer.sign(clinic.entry, at: world.start)
        let since = world.start.adding(.hours(-2))
        let signer = byMember ? clinic.signer : world.exchange.registrar
        let issuer = byMember ? PartyID(clinic.id) : PartyID(world.exchange.id)
        let revocation = Revocation(
            issuer: issuer,
            of: (clinic.id, clinic.signing.certificate.sha256),
            since: since,
            reason: .keyCompromise,
            requestedAt: world.start
        )
        // The registrar's or the old key's word of today reaches back to the day of the loss.
        try world.apply(.statement(try await signer.sign(revocation, at: world.start)))

        #expect(world.directory.revocation(of: clinic.signing.certificate)?.since == since)
        #expect(throws: StatementRefusal.revoked) {
            try world.directory.verify(statement, at: since)
        }
        let before = since.adding(.milliseconds(-1))
        #expect(try world.directory.verify(statement, at: before) == clinic.signing.certificate)
        #expect(
            world.directory.signingCertificate(of: PartyID(clinic.id), at: world.start) == nil
        )
    }

    @Test func `since moves back and never forward`() async throws {
        var world = try await World.make()
        let clinic = world.member(.clinic)
        let registrar = world.exchange.registrar
        for (hours, expected) in [(-2, -2), (-1, -2), (-3, -3)] {
            let revocation = Revocation(
                issuer: PartyID(world.exchange.id),
                of: (clinic.id, clinic.encryption.certificate.sha256),
                since: world.start.adding(.hours(hours)),
                reason: .superseded,
                requestedAt: world.start
            )
            try world.apply(.statement(try await registrar.sign(revocation, at: world.start)))
            let since = world.directory.revocation(of: clinic.encryption.certificate)?.since
            #expect(since == world.start.adding(.hours(expected)))
        }
    }

    @Test func `a revocation names a certificate of its member`() async throws {
        let world = try await World.make()
        let certificate = world.member(.clinic).signing.certificate
        let cases: [(MemberID, Digest, DirectoryRefusal)] = [
            (world.member(.hospital).id, certificate.sha256, .wrongSubject),
            (world.member(.clinic).id, SHA256.hash([1]), .unknownCertificate),
        ]
        for (member, sha256, refusal) in cases {
            let revocation = Revocation(
                issuer: PartyID(world.exchange.id),
                of: (member, sha256),
                since: world.start,
                reason: .unspecified,
                requestedAt: world.start
            )
            let statement = try await world.exchange.registrar.sign(revocation, at: world.start)
            #expect(throws: refusal) {
                try world.directory.applying(.statement(statement), at: world.start)
            }
        }
    }

    @Test func `a key revoked by list is refused from its since on`() async throws {
        var world = try await World.make()
        let clinic = world.member(.clinic)
        let since = world.start.adding(.hours(-1))
        let list = try await world.exchange.list(
            of: world.exchange.memberAuthority,
            number: 2,
            at: world.start,
            revoked: [
                RevokedCertificate(
                    serial: clinic.encryption.certificate.serial,
                    reason: .keyCompromise,
                    since: since
                )
            ]
        )
        try world.apply(.list(list))
        #expect(throws: DirectoryRefusal.recipientKeyUnusable) {
            try world.directory.encryptionCertificate(
                for: clinic.id,
                at: world.start,
                until: world.start
            )
        }
        let verdict = world.directory.verdict(
            for: clinic.encryption.certificate,
            role: .memberEncryption,
            at: since.adding(.seconds(-2))
        )
        guard case .trusted = verdict else {
            Issue.record("before *since* the key is \(verdict)")
            return
        }
    }

    @Test func `a key that witnesses have not seen is not sealed to`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let end = clinic.encryption.certificate.notAfter
        func key(witnessed: DirectoryView?) throws(DirectoryRefusal) -> Certificate {
            try world.directory.encryptionCertificate(
                for: clinic.id,
                at: world.start,
                until: end,
                witnessed: witnessed
            )
        }
        #expect(try key(witnessed: world.directory) == clinic.encryption.certificate)
        let empty = DirectoryView(root: world.directory.root)
        #expect(throws: DirectoryRefusal.keyUnwitnessed) { try key(witnessed: empty) }
    }

    @Test func `a key that ends too soon is not sealed to`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let end = clinic.encryption.certificate.notAfter
        #expect(
            try world.directory.encryptionCertificate(for: clinic.id, at: world.start, until: end)
                == clinic.encryption.certificate
        )
        #expect(throws: DirectoryRefusal.recipientKeyUnusable) {
            try world.directory.encryptionCertificate(
                for: clinic.id,
                at: world.start,
                until: end.adding(.milliseconds(1))
            )
        }
    }

    @Test(arguments: [
        (MemberStatus.active, MemberConnection.gateway, DirectoryRefusal?.none),
        (.suspended, .gateway, .memberSuspended),
        (.left, .gateway, .unknownRecipient),
        (.active, .paper, .paperOnlyRecipient),
    ])
    func `a member receives as it stands`(
        status: MemberStatus,
        connection: MemberConnection,
        refusal: DirectoryRefusal?
    ) async throws {
        var world = try await World.make()
        let clinic = world.member(.clinic)
        var membership = world.exchange.membership(of: clinic)
        membership.standing.status = status
        membership.standing.connection = connection
        let signed = try await world.exchange.registrar.sign(membership, at: world.start)
        try world.apply(.statement(signed))
        do throws(DirectoryRefusal) {
            _ = try world.directory.encryptionCertificate(
                for: clinic.id,
                at: world.start,
                until: world.start
            )
            #expect(refusal == nil)
        } catch {
            #expect(error == refusal)
        }
    }

    @Test func `strangers, and members on paper, are not sealed to`() async throws {
        let world = try await World.make()
        let stranger = MemberID.make(SeededRandom(seed: 42))
        for (member, refusal) in [
            (stranger, DirectoryRefusal.unknownRecipient),
            (world.paperMember, .paperOnlyRecipient),
        ] {
            #expect(throws: refusal) {
                try world.directory.encryptionCertificate(
                    for: member,
                    at: world.start,
                    until: world.start
                )
            }
        }
    }

    @Test func `a role is not another role`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let verdict = world.directory.verdict(
            for: clinic.signing.certificate,
            role: .memberEncryption,
            at: world.start
        )
        #expect(verdict == .untrusted(.wrongRole))
    }

    @Test func `TLS keys are judged by their path, since their renewals are no leaves`()
        async throws
    {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let store = MemoryKeyStore(seed: [6])
        let key = try await store.generate(.transport, label: "tls")
        let renewed = try await world.exchange.issue(
            .memberTransport,
            to: clinic.id,
            point: try store.point(key),
            from: world.start
        )
        let verdict = world.directory.verdict(
            for: renewed,
            role: .memberTransport,
            at: world.start
        )
        guard case .trusted = verdict else {
            Issue.record("the renewed key is \(verdict)")
            return
        }
    }

    @Test func `without a list nothing is said, neither good nor bad`() async throws {
        let world = try await World.make()
        let exchange = world.exchange
        var directory = DirectoryView(root: exchange.root.certificate)
        try directory.apply(
            .authority(exchange.memberAuthority.certificate),
            at: world.start
        )
        #expect(directory.listAge(at: world.start) == nil)
        #expect(directory.freshness(at: world.start) == .unknown)
        #expect(throws: DirectoryRefusal.untrusted) {
            try directory.apply(
                .certificate(world.member(.clinic).id, world.member(.clinic).signing.certificate),
                at: world.start
            )
        }
    }

    @Test(arguments: [
        (Duration.zero, RevocationFreshness.fresh), (.hours(24), .fresh),
        (.hours(24) + .milliseconds(1), .stale), (.hours(72), .stale),
        (.hours(72) + .milliseconds(1), .unknown), (.minutes(-5), .fresh),
        (.minutes(-5) - .milliseconds(1), .unknown),
    ])
    func `freshness is a matter of age`(age: Duration, freshness: RevocationFreshness) {
        #expect(RevocationFreshness(age: age) == freshness)
        #expect(RevocationFreshness(age: nil) == .unknown)
    }

    @Test func `the age of the lists is that of the oldest, without the root's`() async throws {
        // Lists count whole seconds.
        let start = Timestamp(milliseconds: SimulatedTime.start.seconds * 1000)
        var world = try await World.make(at: start)
        #expect(world.directory.listAge(at: start) == .hours(1))
        let exchange = world.exchange
        let later = start.adding(.hours(5))
        let list = try await exchange.list(of: exchange.memberAuthority, number: 2, at: later)
        try world.apply(.list(list))
        #expect(world.directory.listAge(at: later) == .hours(6))
        let other = try await exchange.list(of: exchange.serviceAuthority, number: 2, at: later)
        try world.apply(.list(other))
        #expect(world.directory.listAge(at: later) == .hours(1))
    }

    @Test(arguments: DirectoryRefusal.all)
    func `every refusal says what happened and what to do`(refusal: DirectoryRefusal) {
        #expect(!refusal.code.isEmpty && !refusal.summary.isEmpty && !refusal.advice.isEmpty)
        let mayPass = [
            DirectoryRefusal.memberSuspended, .recipientKeyUnusable, .recipientKeyChanged,
            .keyUnwitnessed,
        ]
        #expect(refusal.isTemporary == mayPass.contains(refusal))
    }
}

extension DirectoryRefusal {
    static let all: [DirectoryRefusal] = [
        .unknownRecipient, .paperOnlyRecipient, .memberSuspended, .recipientKeyUnusable,
        .recipientKeyChanged, .keyUnwitnessed, .recipientCannotRead,
        .statement(.badSignature), .untrusted, .wrongSubject, .keyTaken, .unknownCertificate,
        .unknownMember, .numberNotRising,
    ]
}
