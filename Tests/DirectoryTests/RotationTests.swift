import Cryptography
import Primitives
import TestKit
import Testing

@testable import Directory

/// How a further key of a known member comes into use, and how it does not.
struct RotationTests {
    /// A world in which the clinic has a further key, held as yet.
    struct Turn {
        var world: World
        let usage: MemberKeyUsage
        let key: KeyHandle
        let certificate: Certificate
        let next: StatementSigner

        var clinic: WorldMember { world.member(.clinic) }
        var old: Certificate {
            usage == .signing ? clinic.signing.certificate : clinic.encryption.certificate
        }

        static func make(_ usage: MemberKeyUsage, recovers: Bool = false) async throws -> Turn {
            var world = try await World.make()
            let clinic = world.member(.clinic)
            let use: KeyUse = usage == .signing ? .signing : .encryption
            let key = try await clinic.store.generate(use, label: "next")
            let certificate = try await world.exchange.issue(
                usage.profile,
                to: clinic.id,
                point: try clinic.store.point(key),
                from: world.start.adding(.hours(-1))
            )
            if recovers {
                var membership = world.exchange.membership(of: clinic)
                membership.recovery = [certificate.keyID]
                try world.apply(
                    .statement(try await world.exchange.registrar.sign(membership, at: world.start))
                )
            }
            try world.apply(.certificate(clinic.id, certificate))
            let identity = SigningIdentity(
                certificate: certificate,
                issuing: world.exchange.memberAuthority.certificate
            )
            let next = StatementSigner(store: clinic.store, key: key, identity: identity)
            return Turn(
                world: world,
                usage: usage,
                key: key,
                certificate: certificate,
                next: next
            )
        }

        func body(from: Duration = .zero) -> Rotation {
            let from = world.start.adding(from)
            let until = from.adding(.days(30))
            return Rotation(of: clinic.id, old.keyID, to: certificate, usage, times: (from, until))
        }

        /// As an honest gateway says it.
        func statement(from: Duration = .zero) async throws -> SignedStatement {
            var body = body(from: from)
            if usage == .signing {
                body = body.countersigned(by: try await next.sign(body, at: world.start))
            }
            return try await clinic.signer.sign(body, at: world.start)
        }

        mutating func rotate(from: Duration = .zero) async throws {
            try world.apply(.statement(try await statement(from: from)))
        }

        func sealedTo(after: Duration) throws -> Certificate {
            try world.directory.encryptionCertificate(
                for: clinic.id,
                at: world.start.adding(after),
                until: world.start
            )
        }
    }

    @Test func `a signing key follows by the word of both`() async throws {
        var turn = try await Turn.make(.signing)
        #expect(turn.world.directory.isHeld(turn.certificate))
        try await turn.rotate()
        let directory = turn.world.directory
        #expect(!directory.isHeld(turn.certificate))
        let party = PartyID(turn.clinic.id)
        #expect(directory.signingCertificate(of: party, at: turn.world.start) == turn.certificate)
        // Both speak: what the old one signed is on its way.
        for signer in [turn.next, turn.clinic.signer] {
            let statement = try await signer.sign(turn.clinic.entry, at: turn.world.start)
            #expect(throws: Never.self) { try directory.verify(statement, at: turn.world.start) }
        }
    }

    @Test func `said again, also in other words, a rotation changes nothing`() async throws {
        var turn = try await Turn.make(.encryption)
        try await turn.rotate(from: .hours(24))
        try await turn.rotate(from: .hours(48))
        #expect(try turn.sealedTo(after: .hours(25)) == turn.certificate)
    }

    @Test func `a signing key that does not speak itself is refused`() async throws {
        let turn = try await Turn.make(.signing)
        let thief = try await Turn.make(.signing, recovers: false)
        let alone = try await turn.clinic.signer.sign(turn.body(), at: turn.world.start)
        // The words of another time, signed by the new key.
        let other = try await turn.next.sign(turn.body(from: .hours(1)), at: turn.world.start)
        let mixed = try await turn.clinic.signer.sign(
            turn.body().countersigned(by: other),
            at: turn.world.start
        )
        // The old key's own words for the new key's.
        let twice = try await turn.clinic.signer.sign(
            turn.body().countersigned(by: alone),
            at: turn.world.start
        )
        let cases: [(SignedStatement, StatementRefusal)] = [
            (alone, .wrongSigner), (mixed, .hashDiffers), (twice, .wrongSigner),
        ]
        for (statement, refusal) in cases {
            #expect(throws: DirectoryRefusal.statement(refusal)) {
                try turn.world.directory.applying(.statement(statement), at: turn.world.start)
            }
        }
        // The new key alone is no member's word: it is held.
        let itself = try await thief.next.sign(thief.body(), at: thief.world.start)
        #expect(throws: DirectoryRefusal.statement(.untrusted)) {
            try thief.world.directory.applying(.statement(itself), at: thief.world.start)
        }
    }

    @Test func `nobody seals to a new key before its time, and both are taken for a month`()
        async throws
    {
        var turn = try await Turn.make(.encryption)
        try await turn.rotate(from: .hours(24))
        #expect(try turn.sealedTo(after: .hours(23)) == turn.old)
        #expect(try turn.sealedTo(after: .hours(24)) == turn.certificate)
        func accepted(_ after: Duration) throws -> [Certificate] {
            try turn.world.directory.encryptionCertificates(
                for: turn.clinic.id,
                at: turn.world.start.adding(after),
                until: turn.world.start
            )
        }
        #expect(try accepted(.hours(23)) == [turn.old])
        #expect(try accepted(.days(31)) == [turn.certificate, turn.old])
        #expect(try accepted(.days(31) + .seconds(1)) == [turn.certificate])
    }

    @Test func `a rotation names two keys of its member and of one use`() async throws {
        let turn = try await Turn.make(.encryption)
        let world = turn.world
        let hospital = world.member(.hospital)
        let times = (from: world.start, oldAcceptedUntil: world.start)
        let clinic = turn.clinic
        let cases: [(Rotation, StatementSigner, DirectoryRefusal)] = [
            (
                Rotation(
                    of: clinic.id,
                    clinic.signing.certificate.keyID,
                    to: turn.certificate,
                    .encryption,
                    times: times
                ), clinic.signer, .wrongSubject
            ),
            (
                Rotation(
                    of: clinic.id,
                    hospital.encryption.certificate.keyID,
                    to: turn.certificate,
                    .encryption,
                    times: times
                ), clinic.signer, .wrongSubject
            ),
            (
                Rotation(
                    of: hospital.id,
                    hospital.encryption.certificate.keyID,
                    to: turn.certificate,
                    .encryption,
                    times: times
                ), hospital.signer, .wrongSubject
            ),
            (
                Rotation(
                    of: clinic.id,
                    world.exchange.root.certificate.keyID,
                    to: turn.certificate,
                    .encryption,
                    times: times
                ), clinic.signer, .unknownCertificate
            ),
        ]
        for (body, signer, refusal) in cases {
            let statement = try await signer.sign(body, at: world.start)
            #expect(throws: refusal) {
                try world.directory.applying(.statement(statement), at: world.start)
            }
        }
    }

    @Test func `a transport key has no rotation, an encryption key no second signature`() throws {
        for (place, value) in [("/usage", "transport"), ("/usage", "encryption")] {
            let json = Samples.rotation.setting(place, to: .string(value))
            #expect(throws: DecodingRefusal.self) { try Rotation(content: json) }
        }
        let early = Samples.rotation.setting("/oldAcceptedUntil", to: "2026-01-01T00:00:00.000Z")
        #expect(throws: DecodingRefusal(.badForm, at: "/oldAcceptedUntil")) {
            try Rotation(content: early)
        }
        let other = Samples.rotation.setting("/memberId", to: .string(Samples.otherMember))
        #expect(throws: DecodingRefusal(.badForm, at: "/memberId")) {
            try Rotation(content: other)
        }
    }

    @Test func `a key begun anew is used after the comparison by telephone alone`() async throws {
        let turn = try await Turn.make(.signing, recovers: true)
        var directory = turn.world.directory
        let statement = try await turn.next.sign(turn.clinic.entry, at: turn.world.start)
        #expect(directory.isHeld(turn.certificate))
        #expect(directory.unchecked(of: turn.clinic.id) == [turn.certificate.sha256])
        #expect(throws: StatementRefusal.untrusted) {
            try directory.verify(statement, at: turn.world.start)
        }
        directory.believe([turn.certificate.sha256])
        #expect(!directory.isHeld(turn.certificate))
        #expect(directory.unchecked(of: turn.clinic.id).isEmpty)
        #expect(throws: Never.self) { try directory.verify(statement, at: turn.world.start) }
    }

    @Test func `what an office has checked makes no other tree of the same leaves`() async throws {
        var turn = try await Turn.make(.signing, recovers: true)
        // The recovered key speaks for its member in the tree, checked here or not.
        var entry = turn.clinic.entry
        entry = DirectoryEntry(
            of: turn.clinic.id,
            number: 2,
            telephone: try required(TelephoneNumber("06-9999-0001")),
            desks: entry.desks,
            reviewedAt: entry.reviewedAt
        )
        entry.gateway = turn.clinic.entry.gateway
        let statement = try await turn.next.sign(entry, at: turn.world.start)
        try turn.world.apply(.statement(statement))
        let summary = try #require(turn.world.directory.member(turn.clinic.id))
        #expect(summary.entry?.entryNumber == 2)
        // Whoever stole the name does not choose the telephone of the comparison.
        #expect(summary.telephone == turn.clinic.entry.telephone)
    }

    @Test func `a recipient whose key is to be checked says so`() async throws {
        var turn = try await Turn.make(.encryption, recovers: true)
        let revocation = Revocation(
            issuer: PartyID(turn.world.exchange.id),
            of: (turn.clinic.id, turn.old.sha256),
            since: turn.world.start,
            reason: .superseded,
            requestedAt: turn.world.start
        )
        let signed = try await turn.world.exchange.registrar.sign(revocation, at: turn.world.start)
        try turn.world.apply(.statement(signed))
        #expect(throws: DirectoryRefusal.recipientKeyChanged) { try turn.sealedTo(after: .zero) }
        var directory = turn.world.directory
        directory.believeRegistrar()
        let sealedTo = try directory.encryptionCertificate(
            for: turn.clinic.id,
            at: turn.world.start,
            until: turn.world.start
        )
        #expect(sealedTo == turn.certificate)
        let words = DirectoryRefusal.recipientKeyChanged
        #expect(words.code == "recipientKeyChanged" && words.isTemporary)
        #expect(!words.summary.isEmpty && words.advice.contains("fingerprint"))
    }
}
